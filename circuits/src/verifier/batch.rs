//! Many proofs at once: one multi-pairing over a random linear combination, and a search for the bad one when it fails.
//!
//! With independent random 128-bit weights a batch that contains a bad proof passes with probability at most 2^-128. A batch of n
//! costs n + 3 Miller loops and one final exponentiation instead of 3n and n.

use ark_bn254::{Bn254, Fr, G1Projective, G2Affine};
use ark_ec::CurveGroup;
use ark_ec::pairing::Pairing;
use ark_ff::{AdditiveGroup, One, PrimeField};
use rand::CryptoRng;
use rayon::prelude::*;

use super::{Verifier, VerifyError, with_one};
use crate::{FieldElement, PUBLIC_SIGNALS, Proof};

/// Below this many proofs one by one is as fast as a batch.
const SMALLEST_BATCH: usize = 2;

impl Verifier {
    /// Checks many proofs together. Answers the positions, in order, of those that do not prove their signals; none if all do.
    ///
    /// `rng` must be unpredictable to whoever made the proofs. When the batch fails it is halved until the bad proofs are found,
    /// so a batch with one bad proof costs a few times a good one.
    ///
    /// # Errors
    /// [`VerifyError::SignalCount`] when an entry does not have exactly [`PUBLIC_SIGNALS`] signals.
    pub fn verify_batch(&self, batch: &[(&[FieldElement], &Proof)], rng: &mut impl CryptoRng) -> Result<Vec<usize>, VerifyError> {
        let entries = batch
            .iter()
            .map(|(signals, proof)| {
                let signals: &[FieldElement; PUBLIC_SIGNALS] = (*signals).try_into().map_err(|_| VerifyError::SignalCount { found: signals.len() })?;
                Ok(Entry { signals, proof })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut bad = Vec::new();
        self.find_bad(&entries, 0, rng, &mut bad);
        Ok(bad)
    }

    fn find_bad(&self, entries: &[Entry<'_>], offset: usize, rng: &mut impl CryptoRng, bad: &mut Vec<usize>) {
        if entries.len() < SMALLEST_BATCH {
            let invalid = entries.iter().filter(|entry| self.verify_signals(entry.signals, entry.proof).is_err());
            bad.extend(invalid.map(|_| offset));
        } else if !self.all_hold(entries, rng) {
            let (left, right) = entries.split_at(entries.len() / 2);
            self.find_bad(left, offset, rng, bad);
            self.find_bad(right, offset + left.len(), rng, bad);
        }
    }

    /// `Π e(zᵢAᵢ, Bᵢ) = e(α, β)^Σz · e(Σ zᵢ·inputsᵢ, γ) · e(Σ zᵢCᵢ, δ)`
    fn all_hold(&self, entries: &[Entry<'_>], rng: &mut impl CryptoRng) -> bool {
        let weights: Vec<Fr> = entries.iter().map(|_| weight(rng)).collect();
        let total: Fr = weights.iter().sum();

        let mut inputs = [Fr::ZERO; PUBLIC_SIGNALS];
        for (entry, weight) in entries.iter().zip(&weights) {
            for (sum, signal) in inputs.iter_mut().zip(entry.signals) {
                *sum += *signal.as_fr() * weight;
            }
        }
        let key = &self.key.vk;
        let inputs = self.inputs.sum(&with_one(total, &inputs));
        let weighted: Vec<[G1Projective; 2]> =
            entries.par_iter().zip(&weights).map(|(entry, weight)| [entry.proof.a * weight, entry.proof.c * weight]).collect();
        let last: G1Projective = weighted.iter().map(|[_, last]| *last).sum();
        let mut first: Vec<G1Projective> = weighted.iter().map(|[first, _]| *first).collect();
        first.extend([-inputs, -last, -(key.alpha_g1 * total)]);
        let first = G1Projective::normalize_batch(&first);
        let mut second: Vec<G2Affine> = entries.iter().map(|entry| entry.proof.b).collect();
        second.extend([key.gamma_g2, key.delta_g2, key.beta_g2]);
        Bn254::multi_pairing(first, second).0.is_one()
    }
}

struct Entry<'a> {
    signals: &'a [FieldElement; PUBLIC_SIGNALS],
    proof: &'a Proof,
}

/// A random weight of 128 bits.
fn weight(rng: &mut impl CryptoRng) -> Fr {
    let mut bytes = [0u8; 16];
    rng.fill_bytes(&mut bytes);
    Fr::from_le_bytes_mod_order(&bytes)
}
