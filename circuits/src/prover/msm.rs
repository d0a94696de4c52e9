//! Sums of many points times many scalars, the bulk of a proof.
//!
//! Pippenger's method with signed digits. The points of all buckets of a window are added pair by pair in affine form with one shared
//! inversion per round (Montgomery's trick), so an addition costs about six multiplications instead of eleven. Windows run in
//! parallel and look at the cancel token before they start. Not constant-time, as no prover of this kind is.

use ark_bn254::Fr;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ec::{AdditiveGroup, AffineRepr, CurveConfig};
use ark_ff::{PrimeField, Zero};
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::ProveError;
use super::buckets::Buckets;
use super::cancel::CancelToken;

/// A point by its coordinates; never the identity.
pub(super) type Point<P> = (<P as CurveConfig>::BaseField, <P as CurveConfig>::BaseField);

/// Bits of a scalar, and one for the carry of the last signed digit.
const SCALAR_BITS: usize = 255;

/// `Σ scalarᵢ · pointᵢ` over several lists at once. Lists of different length are cut to the shorter.
pub(super) fn sum<P: SWCurveConfig<ScalarField = Fr>>(lists: &[(&[Affine<P>], &[Fr])], cancel: &CancelToken) -> Result<Projective<P>, ProveError> {
    let total = lists.iter().map(|(points, scalars)| points.len().min(scalars.len())).sum();
    let mut points = Vec::with_capacity(total);
    let mut scalars = Zeroizing::new(Vec::with_capacity(total));
    for (point, scalar) in lists.iter().flat_map(|(points, scalars)| points.iter().zip(*scalars)) {
        if !point.is_zero() && !scalar.is_zero() {
            points.push((point.x, point.y));
            scalars.push(scalar.into_bigint().0);
        }
    }
    let window_bits = window_bits(points.len());
    let windows = SCALAR_BITS.div_ceil(window_bits);
    let digits = Zeroizing::new(signed_digits(&scalars, window_bits));
    let sums: Vec<Projective<P>> = (0..windows)
        .into_par_iter()
        .map(|window| {
            cancel.check()?;
            let digits = &digits[window * points.len()..(window + 1) * points.len()];
            Ok(Buckets::<P>::fill(&points, digits, 1 << (window_bits - 1)).sum())
        })
        .collect::<Result<_, ProveError>>()?;
    Ok(sums.into_iter().rev().fold(Projective::zero(), |mut total, sum| {
        for _ in 0..window_bits {
            total.double_in_place();
        }
        total + sum
    }))
}

/// The window that needs the fewest multiplications: about six to add a point to its bucket, about 22 to sum up a bucket.
fn window_bits(points: usize) -> usize {
    (4..=13).min_by_key(|bits| SCALAR_BITS.div_ceil(*bits) * (6 * points + 22 * (1 << (bits - 1)))).unwrap_or(8)
}

/// The digits of all scalars, window by window, each between −2^(bits−1) + 1 and 2^(bits−1).
fn signed_digits(scalars: &[[u64; 4]], bits: usize) -> Vec<i16> {
    let windows = SCALAR_BITS.div_ceil(bits);
    let half = 1i16 << (bits - 1);
    let mut digits = vec![0i16; windows * scalars.len()];
    for (index, limbs) in scalars.iter().enumerate() {
        let mut carry = 0i16;
        for window in 0..windows {
            let (limb, offset) = (window * bits / 64, window * bits % 64);
            let mut value = limbs.get(limb).map_or(0, |limb| limb >> offset);
            if offset + bits > 64 {
                value |= limbs.get(limb + 1).map_or(0, |limb| limb << (64 - offset));
            }
            #[expect(clippy::cast_possible_truncation, reason = "masked to at most 13 bits")]
            let digit = (value & ((1 << bits) - 1)) as i16 + carry;
            carry = i16::from(digit > half);
            digits[window * scalars.len() + index] = digit - carry * (half * 2);
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use ark_bn254::{G1Affine, G1Projective, G2Affine, G2Projective};
    use ark_ec::{CurveGroup, VariableBaseMSM};
    use ark_ff::{Field, UniformRand};

    use super::*;

    fn check<P: SWCurveConfig<ScalarField = Fr>>(points: &[Affine<P>], scalars: &[Fr])
    where
        Projective<P>: VariableBaseMSM<MulBase = Affine<P>, ScalarField = Fr>,
    {
        let expected: Projective<P> = points.iter().zip(scalars).map(|(point, scalar)| *point * scalar).sum();
        assert_eq!(sum(&[(points, scalars)], &CancelToken::new()), Ok(expected), "{} points", points.len());
        let (first, second) = points.split_at(points.len() / 2);
        let (low, high) = scalars.split_at(points.len() / 2);
        assert_eq!(sum(&[(first, low), (second, high)], &CancelToken::new()), Ok(expected));
    }

    fn awkward_scalars(count: usize) -> Vec<Fr> {
        let mut rng = ark_std::test_rng();
        (0..count as u64)
            .map(|index| match index % 8 {
                0 => Fr::ZERO,
                1 => Fr::ONE,
                2 => -Fr::ONE,
                3 => Fr::from(index),
                4 => Fr::from(2u64).pow([index % 254]),
                5 => Fr::from(2u64).pow([index % 254]) - Fr::ONE,
                _ => Fr::rand(&mut rng),
            })
            .collect()
    }

    #[test]
    fn sums_equal_the_definition_for_awkward_scalars() {
        let mut rng = ark_std::test_rng();
        for count in [0, 1, 2, 3, 17, 200, 1500] {
            let points: Vec<G1Affine> = (0..count).map(|_| G1Projective::rand(&mut rng).into_affine()).collect();
            check(&points, &awkward_scalars(count));
            let points: Vec<G2Affine> = (0..count.min(200)).map(|_| G2Projective::rand(&mut rng).into_affine()).collect();
            check(&points, &awkward_scalars(points.len()));
        }
    }

    #[test]
    fn equal_opposite_and_identity_points_are_added_right() {
        let generator = G1Affine::generator();
        for points in [
            vec![generator; 100],
            (0..100).map(|index| if index % 2 == 0 { generator } else { -generator }).collect(),
            vec![G1Affine::identity(); 100],
            (0..99).map(|index| [generator, -generator, G1Affine::identity()][index % 3]).collect(),
        ] {
            for scalar in [Fr::ONE, -Fr::ONE, Fr::from(3u64)] {
                check(&points, &vec![scalar; points.len()]);
            }
            check(&points, &awkward_scalars(points.len()));
        }
    }

    #[test]
    fn a_cancelled_sum_is_no_sum() {
        let cancel = CancelToken::new();
        cancel.cancel();
        let points = [G1Affine::generator(); 4];
        assert_eq!(sum(&[(&points, &awkward_scalars(4))], &cancel), Err(ProveError::Cancelled));
    }
}
