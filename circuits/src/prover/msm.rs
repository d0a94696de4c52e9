//! Sums of many points times many scalars, the bulk of a proof.
//!
//! Pippenger's method with signed digits, over scalars that the curve's endomorphism made short. The points of all buckets of a
//! window are added pair by pair in affine form with one shared inversion per round (Montgomery's trick), so an addition costs about
//! six multiplications instead of eleven. Windows are independent of each other: the caller spreads those of several sums over its
//! threads. Not constant-time, as no prover of this kind is.

use std::sync::OnceLock;

use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ec::{AdditiveGroup, AffineRepr, CurveConfig};
use ark_ff::Zero;
use rayon::ScopeFifo;
use zeroize::Zeroizing;

use super::ProveError;
use super::buckets::Buckets;
use super::cancel::CancelToken;
use super::endomorphism::Endomorphism;
use crate::curve::Fr;

/// A point by its coordinates; never the identity.
pub(super) type Point<P> = (<P as CurveConfig>::BaseField, <P as CurveConfig>::BaseField);

/// `Σ scalarᵢ · pointᵢ`, prepared so that its windows can be computed in any order, on any thread.
pub(super) struct Sum<P: Endomorphism> {
    points: Vec<Point<P>>,
    /// The digits of all scalars, window by window.
    digits: Zeroizing<Vec<i16>>,
    window_bits: usize,
    windows: Vec<OnceLock<Result<Projective<P>, ProveError>>>,
}

impl<P: Endomorphism> Sum<P> {
    /// Takes several lists at once. Lists of different length are cut to the shorter.
    pub(super) fn new(lists: &[(&[Affine<P>], &[Fr])]) -> Self {
        let total: usize = lists.iter().map(|(points, scalars)| points.len().min(scalars.len())).sum();
        let mut points = Vec::with_capacity(total * P::PARTS);
        let mut parts = Zeroizing::new(Vec::with_capacity(total * P::PARTS));
        for (point, scalar) in lists.iter().flat_map(|(points, scalars)| points.iter().zip(*scalars)) {
            if point.is_zero() || scalar.is_zero() {
                continue;
            }
            let mut image = (point.x, point.y);
            let split = P::split(scalar);
            let needed = split.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
            for (index, part) in split.into_iter().take(needed).enumerate() {
                if index > 0 {
                    image = P::image(&image);
                }
                points.push(image);
                parts.push(part);
            }
        }
        let window_bits = window_bits::<P>(points.len());
        let digits = Zeroizing::new(signed_digits::<P>(&parts, window_bits));
        let windows = (0..window_count::<P>(window_bits)).map(|_| OnceLock::new()).collect();
        Self { points, digits, window_bits, windows }
    }

    /// Starts the computation of each window. A cancelled window ends soon.
    pub(super) fn spawn<'a>(&'a self, scope: &ScopeFifo<'a>, cancel: &'a CancelToken) {
        for (index, window) in self.windows.iter().enumerate() {
            scope.spawn_fifo(move |_| {
                window.get_or_init(|| self.window(index, cancel));
            });
        }
    }

    fn window(&self, index: usize, cancel: &CancelToken) -> Result<Projective<P>, ProveError> {
        cancel.check()?;
        let digits = &self.digits[index * self.points.len()..(index + 1) * self.points.len()];
        Buckets::<P>::fill(&self.points, digits, 1 << (self.window_bits - 1)).sum(cancel)
    }

    /// The sum, once all windows are there; those nobody computed are computed here.
    ///
    /// # Errors
    /// [`ProveError::Cancelled`].
    pub(super) fn finish(&self, cancel: &CancelToken) -> Result<Projective<P>, ProveError> {
        let mut total = Projective::zero();
        for (index, window) in self.windows.iter().enumerate().rev() {
            for _ in 0..self.window_bits {
                total.double_in_place();
            }
            total += (*window.get_or_init(|| self.window(index, cancel)))?;
        }
        Ok(total)
    }
}

/// How many windows cover a part and the carry of its last digit.
fn window_count<P: Endomorphism>(bits: usize) -> usize {
    (P::PART_BITS + 1).div_ceil(bits)
}

/// The window that needs the fewest multiplications: about six to add a point to its bucket, about 15 to sum up a bucket.
fn window_bits<P: Endomorphism>(points: usize) -> usize {
    (4..=13).min_by_key(|bits| window_count::<P>(*bits) * (6 * points + 15 * (1 << (bits - 1)))).unwrap_or(8)
}

/// The digits of all parts, window by window, each between −2^(bits−1) and 2^(bits−1).
fn signed_digits<P: Endomorphism>(parts: &[i128], bits: usize) -> Vec<i16> {
    let windows = window_count::<P>(bits);
    let half = 1i16 << (bits - 1);
    let mut digits = vec![0i16; windows * parts.len()];
    for (index, part) in parts.iter().enumerate() {
        let mut rest = part.unsigned_abs();
        let mut carry = 0i16;
        for window in 0..windows {
            #[expect(clippy::cast_possible_truncation, reason = "masked to at most 13 bits")]
            let digit = (rest & ((1 << bits) - 1)) as i16 + carry;
            rest >>= bits;
            carry = i16::from(digit > half);
            let digit = digit - carry * (half * 2);
            digits[window * parts.len() + index] = if *part < 0 { -digit } else { digit };
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use ark_ec::{CurveGroup, VariableBaseMSM};
    use ark_ff::{Field, UniformRand};

    use super::*;
    use crate::curve::{G1Affine, G1Projective, G2Affine, G2Projective};

    fn sum<P: Endomorphism>(lists: &[(&[Affine<P>], &[Fr])], cancel: &CancelToken) -> Result<Projective<P>, ProveError> {
        let sum = Sum::new(lists);
        rayon::scope_fifo(|scope| sum.spawn(scope, cancel));
        sum.finish(cancel)
    }

    fn check<P: Endomorphism>(points: &[Affine<P>], scalars: &[Fr])
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
