//! A verification key made ready: what each verification would otherwise compute again.

use ark_groth16::VerifyingKey;

use super::inputs::FixedPoints;
use super::pairing::{self, Lines};
use crate::curve::{Curve, Fq12};

/// The parts of the equation `e(A, B) = e(α, β) · e(inputs, γ) · e(C, δ)` that the key determines.
pub(super) struct PreparedKey {
    pub(super) alpha: FixedPoints,
    /// `e(α, β)`
    pub(super) alpha_beta: Fq12,
    /// Lines of `−β`, `−γ`, `−δ`.
    pub(super) minus_beta: Lines,
    pub(super) minus_gamma: Lines,
    pub(super) minus_delta: Lines,
    /// The points for the constant one and the public signals.
    pub(super) inputs: FixedPoints,
}

impl PreparedKey {
    /// `None` if the pairing of alpha and beta does not exist, which no checked key shows.
    pub(super) fn new(key: &VerifyingKey<Curve>) -> Option<Self> {
        let beta = Lines::of(&key.beta_g2);
        Some(Self {
            alpha: FixedPoints::new(&[key.alpha_g1]),
            alpha_beta: pairing::finish(&pairing::miller_loop(&[(key.alpha_g1, &beta)]))?,
            minus_beta: Lines::of(&-key.beta_g2),
            minus_gamma: Lines::of(&-key.gamma_g2),
            minus_delta: Lines::of(&-key.delta_g2),
            inputs: FixedPoints::new(&key.gamma_abc_g1),
        })
    }
}
