//! The public signals' part of the equation: a sum of fixed points, so that small multiples of each can be kept.

use ark_ec::{AdditiveGroup, CurveGroup};
use ark_ff::{PrimeField, Zero};

use crate::curve::{Fr, G1Affine, G1Projective};

/// Multiples kept per point: 1 to 255, one for each value of a byte but zero.
const MULTIPLES: usize = 255;
/// Bytes of half a scalar.
const HALF_BYTES: usize = 16;

/// For each fixed point, and for 2¹²⁸ times the point, the multiples from 1 to 255: 32 KiB a point.
pub(super) struct FixedPoints {
    multiples: Vec<[Vec<G1Affine>; 2]>,
}

impl FixedPoints {
    pub(super) fn new(points: &[G1Affine]) -> Self {
        let mut projective = Vec::with_capacity(points.len() * 2 * MULTIPLES);
        for point in points {
            let mut start = G1Projective::from(*point);
            for _ in 0..2 {
                let mut current = G1Projective::zero();
                for _ in 0..MULTIPLES {
                    current += start;
                    projective.push(current);
                }
                for _ in 0..HALF_BYTES * 8 {
                    start.double_in_place();
                }
            }
        }
        let affine = G1Projective::normalize_batch(&projective);
        Self { multiples: affine.chunks(2 * MULTIPLES).map(|both| both.split_at(MULTIPLES)).map(|(low, high)| [low.to_vec(), high.to_vec()]).collect() }
    }

    /// `Σ scalarᵢ · pointᵢ`; all points, and both halves of each scalar, share the doublings (Straus' method).
    pub(super) fn sum(&self, scalars: &[Fr]) -> G1Projective {
        let scalars: Vec<[u64; 4]> = scalars.iter().map(|scalar| scalar.into_bigint().0).collect();
        let mut total = G1Projective::zero();
        for byte in (0..HALF_BYTES).rev() {
            for _ in 0..u8::BITS {
                total.double_in_place();
            }
            let shift = byte % 8 * 8;
            for (multiples, scalar) in self.multiples.iter().zip(&scalars) {
                for (multiples, limbs) in multiples.iter().zip(scalar.chunks_exact(2)) {
                    let digit = usize::try_from(limbs[byte / 8] >> shift & 255).unwrap_or_default();
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
        scalars[3] = Fr::from(256u64);
        let expected: G1Projective = points.iter().zip(&scalars).map(|(point, scalar)| *point * scalar).sum();
        assert_eq!(table.sum(&scalars), expected);
        assert_eq!(table.sum(&[Fr::ZERO; 12]), G1Projective::zero());
    }

    #[test]
    fn equal_and_opposite_points_are_added_up() {
        let point = G1Affine::rand(&mut ark_std::test_rng());
        let table = FixedPoints::new(&[point, point, -point, point, -point]);
        let scalars = [3u64, 3, 3, 5, 5].map(Fr::from);
        assert_eq!(table.sum(&scalars), point * Fr::from(3u64));
    }
}
