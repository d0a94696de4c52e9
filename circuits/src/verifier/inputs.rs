//! The public signals' part of the equation: a sum of fixed points, so that small multiples of each can be kept.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AdditiveGroup, CurveGroup};
use ark_ff::{PrimeField, Zero};

/// Bits of a digit, and of a hexadecimal digit.
const DIGIT_BITS: usize = 4;
/// Multiples kept per point: 1 to 15.
const MULTIPLES: usize = (1 << DIGIT_BITS) - 1;

/// For each fixed point its multiples from 1 to 15.
pub(super) struct FixedPoints {
    multiples: Vec<[G1Affine; MULTIPLES]>,
}

impl FixedPoints {
    pub(super) fn new(points: &[G1Affine]) -> Self {
        let multiples = points
            .iter()
            .map(|point| {
                let mut current = G1Projective::zero();
                let projective: [G1Projective; MULTIPLES] = core::array::from_fn(|_| {
                    current += point;
                    current
                });
                let affine = G1Projective::normalize_batch(&projective);
                core::array::from_fn(|index| affine.get(index).copied().unwrap_or_default())
            })
            .collect();
        Self { multiples }
    }

    /// `Σ scalarᵢ · pointᵢ`; all points share the doublings (Straus' method).
    pub(super) fn sum(&self, scalars: &[Fr]) -> G1Projective {
        let scalars: Vec<[u64; 4]> = scalars.iter().map(|scalar| scalar.into_bigint().0).collect();
        let mut total = G1Projective::zero();
        for limb in (0..4).rev() {
            for position in (0..64 / DIGIT_BITS).rev() {
                for _ in 0..DIGIT_BITS {
                    total.double_in_place();
                }
                for (multiples, scalar) in self.multiples.iter().zip(&scalars) {
                    let digit = usize::try_from(scalar[limb] >> (position * DIGIT_BITS) & 15).unwrap_or_default();
                    if let Some(multiple) = digit.checked_sub(1).and_then(|index| multiples.get(index)) {
                        total += multiple;
                    }
                }
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{AdditiveGroup, Field, UniformRand};

    use super::*;

    #[test]
    fn the_sum_is_the_definition_s() {
        let mut rng = ark_std::test_rng();
        let points: Vec<G1Affine> = (0..12).map(|_| G1Affine::rand(&mut rng)).collect();
        let table = FixedPoints::new(&points);
        let mut scalars: Vec<Fr> = (0..12).map(|_| Fr::rand(&mut rng)).collect();
        scalars[0] = Fr::ZERO;
        scalars[1] = Fr::ONE;
        scalars[2] = -Fr::ONE;
        scalars[3] = Fr::from(16u64);
        let expected: G1Projective = points.iter().zip(&scalars).map(|(point, scalar)| *point * scalar).sum();
        assert_eq!(table.sum(&scalars), expected);
        assert_eq!(table.sum(&[Fr::ZERO; 12]), G1Projective::zero());
    }
}
