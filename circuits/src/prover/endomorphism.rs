//! Halving and quartering scalars by the curves' endomorphisms, which cost a multiplication or two.
//!
//! On both groups an endomorphism multiplies by a constant λ (Gallant, Lambert, Vanstone, CRYPTO 2001; Galbraith, Scott, Pairing
//! 2008). A scalar k is `Σ kⱼ·λʲ` with short kⱼ, so `k·P = Σ kⱼ·(λʲ·P)`: more points, but fewer windows in all. The short kⱼ are
//! `(k, 0, …)` minus the nearest vector, by rounding, of the lattice of all vectors with `Σ vⱼ·λʲ = 0`.

use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::PrimeField;

use super::msm::Point;
use crate::curve::{Coordinate, FirstGroup, Fr, SecondGroup};

/// The most parts a scalar is split into; fewer parts leave the rest zero.
const MOST_PARTS: usize = 4;

/// A group with an endomorphism for which [`Endomorphism::split`] finds short parts.
pub(super) trait Endomorphism: SWCurveConfig<ScalarField = Fr, BaseField: Coordinate> {
    /// How many parts a scalar has.
    const PARTS: usize;
    /// Every part is below two to this power, its sign aside.
    const PART_BITS: usize;
    /// Short vectors `v` with `Σ vⱼ·λʲ = 0`.
    const LATTICE: &'static [[i128; MOST_PARTS]];
    /// Per vector of the lattice, `2²⁵⁶·c` rounded, where `k·c` is how often the vector goes into `(k, 0, …)`: its sign (true if
    /// negative) and its size, lowest limb first.
    const QUOTIENTS: &'static [(bool, [u64; 4])];

    /// `λ` times the point.
    fn image(point: &Point<Self>) -> Point<Self>;

    /// The parts `kⱼ` of a scalar.
    fn split(scalar: &Fr) -> [i128; MOST_PARTS] {
        let limbs = scalar.into_bigint().0;
        // Both fit into 128 bits in the end, so that all before may wrap.
        let mut parts = [0i128; MOST_PARTS];
        parts[0] = i128::from(limbs[0]) | i128::from(limbs[1]) << 64;
        for (vector, (negative, quotient)) in Self::LATTICE.iter().zip(Self::QUOTIENTS) {
            let times = times_fraction(&limbs, quotient);
            let times = if *negative { times.wrapping_neg() } else { times };
            for (part, coordinate) in parts.iter_mut().zip(vector) {
                *part = part.wrapping_sub(times.wrapping_mul(*coordinate));
            }
        }
        parts
    }
}

/// `left · right / 2²⁵⁶`, rounded to the nearest number, modulo 2¹²⁸.
fn times_fraction(left: &[u64; 4], right: &[u64; 4]) -> i128 {
    let mut product = [0u64; 8];
    // Half of the divisor, so that cutting off rounds.
    product[3] = 1 << 63;
    for (offset, factor) in right.iter().enumerate() {
        let mut carry = 0u64;
        for (index, limb) in left.iter().enumerate() {
            let sum = u128::from(product[offset + index]) + u128::from(*limb) * u128::from(*factor) + u128::from(carry);
            #[expect(clippy::cast_possible_truncation, reason = "the low half")]
            {
                product[offset + index] = sum as u64;
            }
            carry = u64::try_from(sum >> 64).unwrap_or_default();
        }
        product[offset + 4] = carry;
    }
    i128::from(product[4]) | i128::from(product[5]) << 64
}

impl Endomorphism for FirstGroup {
    const PARTS: usize = 2;
    const PART_BITS: usize = 127;
    const LATTICE: &'static [[i128; MOST_PARTS]] = &[
        [147_946_756_881_789_319_000_765_030_803_803_410_728, -9_931_322_734_385_697_763, 0, 0],
        [9_931_322_734_385_697_763, 147_946_756_881_789_319_010_696_353_538_189_108_491, 0, 0],
    ];
    const QUOTIENTS: &'static [(bool, [u64; 4])] = &[(false, [0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 2, 0]), (false, [0xd91d_232e_c7e0_b3d7, 2, 0, 0])];

    fn image(point: &Point<Self>) -> Point<Self> {
        let image = Self::endomorphism(&Affine::new_unchecked(point.0, point.1));
        (image.x, image.y)
    }
}

/// The parameter of the curve: its order is `36x⁴ + 36x³ + 18x² + 6x + 1`, and λ on the second group is `6x²`.
const X: i128 = 4_965_661_367_192_848_881;

const QUOTIENTS_G2: &[(bool, [u64; 4])] = &[
    (false, [0xd0cb_46fd_5190_6254, 0xc444_fab1_8d26_9b9d, 0x0, 0x0]),
    (false, [0x0013_78f5_ee78_976e, 0x22df_9f94_2d7d_77c7, 0x3d00_6315_61b2_5729, 0x1]),
    (false, [0x3651_0546_a934_78ab, 0x916f_cfca_16be_bbe4, 0x9e80_318a_b0d9_2b94, 0x0]),
    (true, [0xf7ae_23ce_89af_ae7d, 0xc444_fab1_8d26_9b9a, 0x0, 0x0]),
];

impl Endomorphism for SecondGroup {
    const PARTS: usize = 4;
    const PART_BITS: usize = 65;
    const LATTICE: &'static [[i128; MOST_PARTS]] =
        &[[X + 1, X, X, -2 * X], [2 * X + 1, -X, -X - 1, -X], [2 * X, 2 * X + 1, 2 * X + 1, 2 * X + 1], [X - 1, 4 * X + 2, 1 - 2 * X, X - 1]];
    const QUOTIENTS: &'static [(bool, [u64; 4])] = QUOTIENTS_G2;

    fn image(point: &Point<Self>) -> Point<Self> {
        let image = Self::endomorphism(&Affine::new_unchecked(point.0, point.1));
        (image.x, image.y)
    }
}

#[cfg(test)]
mod tests {
    use ark_ec::CurveGroup;
    use ark_ff::{AdditiveGroup, Field, UniformRand};

    use super::*;
    use crate::curve::{G1Projective, G2Projective};

    fn signed(part: i128) -> Fr {
        let size = Fr::from(part.unsigned_abs());
        if part < 0 { -size } else { size }
    }

    fn check<P: Endomorphism>(lambda: Fr, point: Affine<P>) {
        let image = P::image(&(point.x, point.y));
        assert_eq!(Affine::<P>::new_unchecked(image.0, image.1), (point * lambda).into_affine());
        for vector in P::LATTICE {
            let sum: Fr = vector.iter().rev().fold(Fr::ZERO, |sum, coordinate| sum * lambda + signed(*coordinate));
            assert_eq!(sum, Fr::ZERO);
        }
        let mut rng = ark_std::test_rng();
        let edges = (0..254).flat_map(|bit| {
            let power = Fr::from(2u64).pow([bit]);
            [power, -power, power - Fr::ONE, Fr::ONE - power]
        });
        for scalar in edges.chain((0..2000).map(|_| Fr::rand(&mut rng))) {
            let parts = P::split(&scalar);
            assert!(parts.iter().all(|part| part.unsigned_abs() < 1 << P::PART_BITS), "{scalar}: {parts:?}");
            assert!(parts[P::PARTS..].iter().all(|part| *part == 0));
            assert_eq!(parts.iter().rev().fold(Fr::ZERO, |sum, part| sum * lambda + signed(*part)), scalar);
        }
    }

    #[test]
    fn the_parts_are_short_and_make_up_the_scalar() {
        let mut rng = ark_std::test_rng();
        check(FirstGroup::LAMBDA, G1Projective::rand(&mut rng).into_affine());
        check(Fr::from(6u64) * Fr::from(X.unsigned_abs()).square(), G2Projective::rand(&mut rng).into_affine());
    }
}
