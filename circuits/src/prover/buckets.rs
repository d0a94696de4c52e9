//! The buckets of one window: points sorted by digit, added up in affine form with shared inversions.

use ark_ec::short_weierstrass::{Affine, Bucket, Projective};
use ark_ff::{AdditiveGroup, Field, Zero};

use super::ProveError;
use super::cancel::CancelToken;
use super::endomorphism::Endomorphism;
use super::msm::Point;
use crate::curve::Coordinate;

/// Below this many additions a shared inversion costs more than it saves.
const FEWEST_SHARED: usize = 64;

/// Below this many buckets they are summed up one after another.
const FEWEST_BUCKETS: usize = 128;

/// Bucket `d` holds the points whose digit is `d` or `−d`, the latter negated.
pub(super) struct Buckets<P: Endomorphism> {
    /// The points of all buckets, bucket after bucket, from `first` on.
    points: Vec<Point<P>>,
    first: usize,
    /// How many of them belong to each bucket; bucket `d` is entry `d − 1`.
    lengths: Vec<u32>,
}

impl<P: Endomorphism> Buckets<P> {
    /// Sorts the points into `count` buckets; points with digit zero are left out.
    pub(super) fn fill(points: &[Point<P>], digits: &[i16], count: usize) -> Self {
        let mut lengths = vec![0u32; count];
        for bucket in digits.iter().filter_map(|digit| bucket_of(*digit)) {
            lengths[bucket] += 1;
        }
        let mut next = Vec::with_capacity(count);
        let mut filled = 0;
        for length in &lengths {
            next.push(filled);
            filled += *length as usize;
        }
        let mut sorted = vec![(P::BaseField::ZERO, P::BaseField::ZERO); filled];
        for (point, digit) in points.iter().zip(digits) {
            if let Some(bucket) = bucket_of(*digit) {
                sorted[next[bucket]] = if *digit < 0 { (point.0, -point.1) } else { *point };
                next[bucket] += 1;
            }
        }
        Self { points: sorted, first: 0, lengths }
    }

    /// `Σ d · (sum of bucket d)`.
    ///
    /// # Errors
    /// [`ProveError::Cancelled`].
    pub(super) fn sum(mut self, cancel: &CancelToken) -> Result<Projective<P>, ProveError> {
        cancel.check()?;
        let mut products = Vec::new();
        while self.pairs() >= FEWEST_SHARED {
            cancel.check()?;
            self.halve(&mut products);
        }
        drop(products);
        if self.lengths.len() < FEWEST_BUCKETS {
            return Ok(self.running_sum());
        }
        // With d = high·2ᵏ + low the sum is 2ᵏ·Σ high·(…) + Σ low·(…): two sums over few buckets, again with shared inversions.
        let low_bits = self.lengths.len().ilog2() / 2;
        let high_count = self.lengths.len() >> low_bits;
        let [high, low] = self.split_digits(low_bits);
        let points = &self.points[self.first..];
        let mut total = Self::fill(points, &high, high_count).sum(cancel)?;
        for _ in 0..low_bits {
            total.double_in_place();
        }
        Ok(total + Self::fill(points, &low, (1 << low_bits) - 1).sum(cancel)?)
    }

    /// The high and the low digit of each point that is left.
    fn split_digits(&self, low_bits: u32) -> [Vec<i16>; 2] {
        let digits = self.lengths.iter().zip(1i16..).flat_map(|(length, digit)| (0..*length).map(move |_| digit));
        digits.map(|digit| (digit >> low_bits, digit & ((1 << low_bits) - 1))).unzip::<_, _, Vec<_>, Vec<_>>().into()
    }

    /// The same sum for few buckets, from the last to the first.
    fn running_sum(&self) -> Projective<P> {
        let mut running = Bucket::<P>::ZERO;
        let mut total = Bucket::<P>::ZERO;
        let mut end = self.points.len();
        for length in self.lengths.iter().rev() {
            let start = end - *length as usize;
            for (x, y) in &self.points[start..end] {
                running += &Affine::<P>::new_unchecked(*x, *y);
            }
            end = start;
            total += &running;
        }
        total.into()
    }

    fn pairs(&self) -> usize {
        self.lengths.iter().map(|length| *length as usize / 2).sum()
    }

    /// Adds neighbours of the same bucket, so that each bucket has half as many points.
    ///
    /// All slopes share one inversion: the products of the denominators are collected on the way up and taken apart on the way down,
    /// where the additions are done at once, so that they overlap with the chain of products.
    fn halve(&mut self, products: &mut Vec<P::BaseField>) {
        products.clear();
        let mut product = P::BaseField::ONE;
        let mut start = self.first;
        for length in &self.lengths {
            let end = start + *length as usize;
            for pair in self.points[start..end].chunks_exact(2) {
                products.push(product);
                product = product.product(&denominator::<P>(&pair[0], &pair[1]));
            }
            start = end;
        }
        let mut inverse = product.inverse().unwrap_or(P::BaseField::ZERO);
        let (mut end, mut kept) = (self.points.len(), self.points.len());
        for length in self.lengths.iter_mut().rev() {
            let start = end - *length as usize;
            let last = kept;
            if *length % 2 == 1 {
                kept -= 1;
                end -= 1;
                self.points[kept] = self.points[end];
            }
            while start < end {
                let (left, right) = (self.points[end - 2], self.points[end - 1]);
                end -= 2;
                let product = products.pop().unwrap_or(P::BaseField::ZERO);
                let own = inverse.product(&product);
                inverse = inverse.product(&denominator::<P>(&left, &right));
                if let Some(sum) = add::<P>(&left, &right, &own) {
                    kept -= 1;
                    self.points[kept] = sum;
                }
            }
            #[expect(clippy::cast_possible_truncation, reason = "no longer than it was")]
            {
                *length = (last - kept) as u32;
            }
        }
        self.first = kept;
    }
}

fn bucket_of(digit: i16) -> Option<usize> {
    usize::from(digit.unsigned_abs()).checked_sub(1)
}

/// What the slope of the line through two points divides by; never zero.
fn denominator<P: Endomorphism>(left: &Point<P>, right: &Point<P>) -> P::BaseField {
    let difference = right.0 - left.0;
    if !difference.is_zero() {
        difference
    } else if left.1 == right.1 {
        left.1.double()
    } else {
        P::BaseField::ONE
    }
}

/// The sum of two points, given the inverse of their [`denominator`]; none if it is the identity. The curves here have a = 0.
fn add<P: Endomorphism>(left: &Point<P>, right: &Point<P>, inverse: &P::BaseField) -> Option<Point<P>> {
    let slope = if left.0 != right.0 {
        (right.1 - left.1).product(inverse)
    } else if left.1 == right.1 {
        let square = left.0.squared();
        (square.double() + square).product(inverse)
    } else {
        return None;
    };
    let x = slope.squared() - left.0 - right.0;
    Some((x, slope.product(&(left.0 - x)) - left.1))
}
