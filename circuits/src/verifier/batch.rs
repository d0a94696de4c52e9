//! Many proofs at once: one multi-pairing over a random linear combination, and a search for the bad one when it fails.
//!
//! With independent random 128-bit weights a batch that contains a bad proof passes with probability at most 2^-128. A batch of n
//! costs n + 3 Miller loops and one final exponentiation instead of 3n and n.

use ark_ec::{AdditiveGroup, CurveGroup};
use ark_ff::{Field, Zero};
use rand::CryptoRng;
use rayon::prelude::*;

use super::pairing::{self, Lines};
use super::{Verifier, VerifyError, with_one};
use crate::curve::{FirstGroup, Fq12, Fr, G1Affine, G1Projective, G2Affine, from_library};
use crate::{FieldElement, PUBLIC_SIGNALS, Proof};

/// Below this many proofs one by one is as fast as a batch.
const SMALLEST_BATCH: usize = 2;

/// A thread's share is no smaller: each share has inversions of its own, one per step of its points' walk.
const SMALLEST_SHARE: usize = 8;

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
        let weights: Vec<Weight> = entries.iter().map(|_| Weight::random(rng)).collect();
        let total: Fr = weights.iter().map(Weight::scalar).sum();
        let mut inputs = [Fr::ZERO; PUBLIC_SIGNALS];
        for (entry, weight) in entries.iter().zip(&weights) {
            let weight = weight.scalar();
            for (sum, signal) in inputs.iter_mut().zip(entry.signals) {
                *sum += from_library(signal.as_fr()) * weight;
            }
        }

        // Each thread takes an equal share, so that its pairs share squarings, doublings and an inversion.
        let share = entries.len().div_ceil(rayon::current_num_threads()).max(SMALLEST_SHARE);
        let shares: Vec<(Fq12, G1Projective)> =
            entries.par_chunks(share).zip(weights.par_chunks(share)).map(|(entries, weights)| share_of(entries, weights)).collect();
        let last: G1Projective = shares.iter().map(|(_, last)| *last).sum();
        let key = &self.key;
        let first = G1Projective::normalize_batch(&[key.alpha.sum(&[total]), key.inputs.sum(&with_one(total, &inputs)), last]);
        let pairs: Vec<(G1Affine, &Lines)> = first.into_iter().zip([&key.minus_beta, &key.minus_gamma, &key.minus_delta]).collect();
        let product = shares.iter().fold(pairing::miller_loop(&pairs), |product, (share, _)| product * share);
        pairing::finish(&product) == Some(Fq12::ONE)
    }
}

/// `Π` of the loops of `(zᵢAᵢ, Bᵢ)`, and `Σ zᵢCᵢ`.
fn share_of(entries: &[Entry<'_>], weights: &[Weight]) -> (Fq12, G1Projective) {
    let first: Vec<G1Projective> = entries.iter().zip(weights).map(|(entry, weight)| weighted_sum(&[(entry.proof.a, weight)])).collect();
    let first = G1Projective::normalize_batch(&first);
    let points: Vec<G2Affine> = entries.iter().map(|entry| entry.proof.b).collect();
    let lines = Lines::of_all(&points);
    let pairs: Vec<(G1Affine, &Lines)> = first.into_iter().zip(&lines).collect();
    let last: Vec<(G1Affine, &Weight)> = entries.iter().zip(weights).map(|(entry, weight)| (entry.proof.c, weight)).collect();
    (pairing::miller_loop(&pairs), weighted_sum(&last))
}

struct Entry<'a> {
    signals: &'a [FieldElement; PUBLIC_SIGNALS],
    proof: &'a Proof,
}

/// A random weight `low + λ·high`, where λ is the factor of the curve's endomorphism: a multiplication by it takes 64 doublings.
///
/// Different pairs are different weights: `low + λ·high = 0` has no solution but zero with both below 2¹²⁶ in size.
struct Weight {
    low: u64,
    high: u64,
}

impl Weight {
    fn random(rng: &mut impl CryptoRng) -> Self {
        Self { low: rng.next_u64(), high: rng.next_u64() }
    }

    fn scalar(&self) -> Fr {
        Fr::from(self.low) + Fr::from(self.high) * FirstGroup::LAMBDA
    }
}

/// `Σ weightᵢ · pointᵢ`, with shared doublings.
fn weighted_sum(points: &[(G1Affine, &Weight)]) -> G1Projective {
    let images: Vec<G1Affine> = points.iter().map(|(point, _)| FirstGroup::endomorphism(point)).collect();
    let mut sum = G1Projective::zero();
    for bit in (0..u64::BITS).rev() {
        sum.double_in_place();
        for ((point, weight), image) in points.iter().zip(&images) {
            if weight.low >> bit & 1 == 1 {
                sum += point;
            }
            if weight.high >> bit & 1 == 1 {
                sum += image;
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use ark_ff::UniformRand;

    use super::*;

    #[test]
    fn a_weighted_sum_is_the_definition_s() {
        let mut rng = ark_std::test_rng();
        let points: Vec<G1Affine> = (0..4).map(|_| G1Affine::rand(&mut rng)).collect();
        let weights = [Weight { low: 0, high: 0 }, Weight { low: 1, high: u64::MAX }, Weight { low: u64::MAX, high: 1 << 63 }, Weight { low: 5, high: 0 }];
        let expected: G1Projective = points.iter().zip(&weights).map(|(point, weight)| *point * weight.scalar()).sum();
        assert_eq!(weighted_sum(&points.iter().copied().zip(&weights).collect::<Vec<_>>()), expected);
    }
}
