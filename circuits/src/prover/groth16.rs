//! The group operations of a Groth16 proof.
//!
//! The proof is made without blinding and then re-randomised: with uniform r₁, r₂ the points `A/r₁`, `r₁·(B + r₂·δ)`, `C + r₂·A` are
//! distributed exactly like a proof with fresh blinding, A and B uniform and independent and C given by them (theorem 3 of Bagheri,
//! Kohlweiss, Siim, Volkhov, eprint 2020/811). This way nothing is needed of B in the first group, a seventh of the work.

use ark_ec::CurveGroup;
use ark_ff::Field;

use super::ProveError;
use super::cancel::CancelToken;
use super::key::ProvingKey;
use super::msm::Sum;
use crate::assignment::program::Assignment;
use crate::curve::{Fr, G1Affine, G2Affine};

/// The three points of a proof, not yet checked.
pub(super) struct Points {
    pub(super) a: G1Affine,
    pub(super) b: G2Affine,
    pub(super) c: G1Affine,
}

/// Computes the proof for a satisfying assignment; `blinding` makes it zero-knowledge: two uniform scalars, the first not zero.
pub(super) fn prove(key: &ProvingKey, assignment: &Assignment, quotient: &[Fr], blinding: &[Fr; 2], cancel: &CancelToken) -> Result<Points, ProveError> {
    let [scale, shift] = *blinding;
    let inverse = scale.inverse().ok_or(ProveError::SelfCheck)?;
    let wires = assignment.wires.as_slice();
    let private_wires = &wires[key.public_signals + 1..];

    let (b, (a, c)) = rayon::join(
        || Sum::new(&[(&key.b_g2, wires)]),
        || (Sum::new(&[(&key.a, wires)]), Sum::new(&[(&key.quotient, quotient), (&key.private, private_wires)])),
    );
    // The longest windows first, so that no thread is left with one when the others have finished.
    rayon::scope_fifo(|scope| {
        b.spawn(scope, cancel);
        c.spawn(scope, cancel);
        a.spawn(scope, cancel);
    });
    let (a, b, c) = (a.finish(cancel)?, b.finish(cancel)?, c.finish(cancel)?);

    let a = a + key.alpha_g1;
    let (b, (a, c)) = rayon::join(|| (b + key.beta_g2 + key.delta_g2 * shift) * scale, || (a * inverse, c + a * shift));
    Ok(Points { a: a.into_affine(), b: b.into_affine(), c: c.into_affine() })
}
