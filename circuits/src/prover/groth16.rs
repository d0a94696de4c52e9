//! The group operations of a Groth16 proof.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::CurveGroup;

use super::ProveError;
use super::cancel::CancelToken;
use super::key::ProvingKey;
use super::msm;
use crate::assignment::program::Assignment;

/// The three points of a proof, not yet checked.
pub(super) struct Points {
    pub(super) a: G1Affine,
    pub(super) b: G2Affine,
    pub(super) c: G1Affine,
}

/// Computes the proof for a satisfying assignment; `blinding` makes it zero-knowledge.
pub(super) fn prove(key: &ProvingKey, assignment: &Assignment, quotient: &[Fr], blinding: &[Fr; 2], cancel: &CancelToken) -> Result<Points, ProveError> {
    let [blinding_a, blinding_b] = *blinding;
    let wires = assignment.wires.as_slice();
    let private_wires = &wires[key.public_signals + 1..];

    let ((b_g2, c_g1), (a_g1, b_g1)) = rayon::join(
        || rayon::join(|| msm::sum(&[(&key.b_g2, wires)], cancel), || msm::sum(&[(&key.quotient, quotient), (&key.private, private_wires)], cancel)),
        || rayon::join(|| msm::sum(&[(&key.a, wires)], cancel), || msm::sum(&[(&key.b_g1, wires)], cancel)),
    );
    let (a_g1, b_g1, b_g2, c_g1) = (a_g1?, b_g1?, b_g2?, c_g1?);

    let a_g1 = a_g1 + key.alpha_g1 + key.delta_g1 * blinding_a;
    let b_g1 = b_g1 + key.beta_g1 + key.delta_g1 * blinding_b;
    let b_g2 = b_g2 + key.beta_g2 + key.delta_g2 * blinding_b;
    let c_g1 = c_g1 + a_g1 * blinding_b + b_g1 * blinding_a - key.delta_g1 * (blinding_a * blinding_b);
    Ok(Points { a: a_g1.into_affine(), b: b_g2.into_affine(), c: c_g1.into_affine() })
}
