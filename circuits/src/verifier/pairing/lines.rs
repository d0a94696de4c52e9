//! The lines of points of the second group, each divided by its first coefficient, which the final exponentiation makes one anyway.

use ark_ec::AffineRepr;
use ark_ec::bn::{BnConfig, G2Prepared};
use ark_ff::{AdditiveGroup, Field, serial_batch_inversion_and_mul};

use super::value::LineFactor;
use crate::curve::{Coordinate, CurveParameters, Fq, Fq2, G1Affine, G2Affine, SecondGroup};

/// From this many points on, walking in affine form with shared inversions is faster.
const FEWEST_TOGETHER: usize = 6;

/// What the loop needs of a point: lines `1 + a·(x/y)·w + b·(1/y)·w³` for any point `(x, y)` of the first group; none for the identity.
pub(crate) struct Lines(pub(super) Vec<(Fq2, Fq2)>);

impl Lines {
    pub(crate) fn of(point: &G2Affine) -> Self {
        let lines = G2Prepared::<CurveParameters>::from(*point).ell_coeffs;
        // None of them is zero: the point has the group's order, so that no multiple the loop meets is the identity.
        let mut inverses: Vec<Fq2> = lines.iter().map(|(first, _, _)| *first).collect();
        serial_batch_inversion_and_mul(&mut inverses, &Fq2::ONE);
        Self(lines.iter().zip(&inverses).map(|((_, second, third), inverse)| (second.product(inverse), third.product(inverse))).collect())
    }

    pub(crate) fn of_all(points: &[G2Affine]) -> Vec<Self> {
        if points.len() < FEWEST_TOGETHER { points.iter().map(Self::of).collect() } else { Walk::with(points) }
    }
}

/// The way of many points through the loop at once: in each step the inverses of all slopes' denominators come from one.
struct Walk {
    current: Vec<(Fq2, Fq2)>,
    lines: Vec<Lines>,
    denominators: Vec<Fq2>,
}

impl Walk {
    fn with(points: &[G2Affine]) -> Vec<Lines> {
        let start: Vec<(Fq2, Fq2)> = points.iter().map(|point| (point.x, point.y)).collect();
        let negated: Vec<(Fq2, Fq2)> = start.iter().map(|(x, y)| (*x, -*y)).collect();
        let lines = points.iter().map(|_| Lines(Vec::new())).collect();
        let mut walk = Self { current: start.clone(), lines, denominators: Vec::with_capacity(points.len()) };
        for digit in CurveParameters::ATE_LOOP_COUNT.iter().rev().skip(1) {
            walk.double();
            match digit {
                1 => walk.add(&start),
                -1 => walk.add(&negated),
                _ => {}
            }
        }
        let images: Vec<G2Affine> = points.iter().map(SecondGroup::endomorphism).collect();
        walk.add(&images.iter().map(|image| (image.x, image.y)).collect::<Vec<_>>());
        let twice = images.iter().map(SecondGroup::endomorphism);
        walk.add(&twice.map(|image| (image.x, -image.y)).collect::<Vec<_>>());
        for (lines, _) in walk.lines.iter_mut().zip(points).filter(|(_, point)| point.is_zero()) {
            lines.0.clear();
        }
        walk.lines
    }

    fn double(&mut self) {
        self.denominators.clear();
        self.denominators.extend(self.current.iter().map(|(_, y)| y.double()));
        serial_batch_inversion_and_mul(&mut self.denominators, &Fq2::ONE);
        for ((point, lines), inverse) in self.current.iter_mut().zip(&mut self.lines).zip(&self.denominators) {
            let square = point.0.squared();
            let slope = (square.double() + square).product(inverse);
            *point = step(slope, point, &point.0, lines);
        }
    }

    fn add(&mut self, others: &[(Fq2, Fq2)]) {
        self.denominators.clear();
        self.denominators.extend(self.current.iter().zip(others).map(|(point, other)| point.0 - other.0));
        serial_batch_inversion_and_mul(&mut self.denominators, &Fq2::ONE);
        for (((point, other), lines), inverse) in self.current.iter_mut().zip(others).zip(&mut self.lines).zip(&self.denominators) {
            let slope = (point.1 - other.1).product(inverse);
            *point = step(slope, point, &other.0, lines);
        }
    }
}

/// Where the line of that slope through the point and another with the given `x` leads; the line is kept.
fn step(slope: Fq2, (x, y): &(Fq2, Fq2), other: &Fq2, lines: &mut Lines) -> (Fq2, Fq2) {
    let at_zero = slope.product(x) - y;
    lines.0.push((-slope, at_zero));
    let sum = slope.squared() - x - other;
    (sum, at_zero - slope.product(&sum))
}

/// `x/y` and `1/y` of a point of the first group.
pub(super) struct Scale {
    x: Fq,
    one: Fq,
}

impl Scale {
    /// The scales of points none of which is the identity. No `y` is zero either: the group has odd order.
    pub(super) fn of_all(points: &[G1Affine]) -> Vec<Self> {
        let mut inverses: Vec<Fq> = points.iter().map(|point| point.y).collect();
        serial_batch_inversion_and_mul(&mut inverses, &Fq::ONE);
        points.iter().zip(inverses).map(|(point, one)| Self { x: point.x * one, one }).collect()
    }

    /// The line at the point.
    pub(super) fn line(&self, (a, b): &(Fq2, Fq2)) -> LineFactor {
        let times = |value: &Fq2, scale: &Fq| Fq2::new(value.c0 * scale, value.c1 * scale);
        LineFactor::new(&times(a, &self.x), &times(b, &self.one))
    }
}
