//! Values of the pairing as polynomials: products and squares with one reduction per four products of coordinates.
//!
//! The library multiplies by Karatsuba's method in three storeys: fewest products, but many sums and copies between them. Where up to
//! four products share a reduction the plain sums over all pairs of coefficients are faster (the idea is Longa's, eprint 2022/367).

use ark_ff::{AdditiveGroup, Field, Fp6Config};

use crate::curve::{Fq, Fq2, Fq6, Fq6Config, Fq12, sum_of_products};

/// `f₀ + f₁w + … + f₅w⁵` with `w⁶ = ξ = 9 + u`.
#[derive(Clone, Copy)]
pub(super) struct Value([Fq2; 6]);

/// A coefficient `c + du` as a factor: `(a + bu)(c + du) = (ac − bd) + (ad + bc)u` is two sums of products, one with `−d`.
#[derive(Clone, Copy)]
pub(super) struct Factor {
    real: Fq,
    imaginary: Fq,
    negated: Fq,
}

/// A line `1 + aw + bw³` as a factor: its coefficients, and each times `ξ` for products beyond `w⁵`.
pub(super) struct LineFactor {
    first: [Factor; 2],
    third: [Factor; 2],
}

/// A value as a factor: its coefficients times `ξ`, for products beyond `w⁵`, and as they are.
pub(super) struct ValueFactor {
    beyond: [Factor; 6],
    within: [Factor; 6],
}

impl Factor {
    fn new(value: &Fq2) -> Self {
        Self { real: value.c0, imaginary: value.c1, negated: -value.c1 }
    }

    fn beyond(value: &Fq2) -> Self {
        Self::new(&times_nonresidue(value))
    }
}

impl LineFactor {
    pub(super) fn new(first: &Fq2, third: &Fq2) -> Self {
        let both = |value| [Factor::new(value), Factor::beyond(value)];
        Self { first: both(first), third: both(third) }
    }
}

impl ValueFactor {
    pub(super) fn new(value: &Value) -> Self {
        Self { beyond: value.0.each_ref().map(Factor::beyond), within: value.0.each_ref().map(Factor::new) }
    }

    /// What the coefficient of `w` to the power `less` needs to become one of `w` to the power `degree`, which is beyond `w⁵` if
    /// `less` is the greater.
    fn at(&self, degree: usize, less: usize) -> &Factor {
        match degree.checked_sub(less) {
            Some(index) => &self.within[index],
            None => &self.beyond[degree + 6 - less],
        }
    }
}

fn times_nonresidue(value: &Fq2) -> Fq2 {
    Fq6Config::mul_fp2_by_nonresidue(*value)
}

fn product(left: &Fq2, right: &Factor) -> Fq2 {
    let left = [&left.c0, &left.c1];
    Fq2::new(sum_of_products(left, [&right.real, &right.negated]), sum_of_products(left, [&right.imaginary, &right.real]))
}

/// `a·x + b·y`
fn sum_of_two((a, x): (&Fq2, &Factor), (b, y): (&Fq2, &Factor)) -> Fq2 {
    let left = [&a.c0, &a.c1, &b.c0, &b.c1];
    Fq2::new(sum_of_products(left, [&x.real, &x.negated, &y.real, &y.negated]), sum_of_products(left, [&x.imaginary, &x.real, &y.imaginary, &y.real]))
}

/// `a² + b·x`; `(c + du)² = (c + d)(c − d) + 2cd·u`.
fn square_and_product(a: &Fq2, (b, x): (&Fq2, &Factor)) -> Fq2 {
    Fq2::new(
        sum_of_products([&(a.c0 + a.c1), &b.c0, &b.c1], [&(a.c0 - a.c1), &x.real, &x.negated]),
        sum_of_products([&a.c0.double(), &b.c0, &b.c1], [&a.c1, &x.imaginary, &x.real]),
    )
}

impl Value {
    pub(super) const ONE: Self = {
        let mut coefficients = [Fq2::ZERO; 6];
        coefficients[0] = Fq2::new(Fq::ONE, Fq::ZERO);
        Self(coefficients)
    };

    pub(super) fn square(&self) -> Self {
        let f = &self.0;
        let [_, f1, f2, f3, f4, f5] = &f.each_ref().map(Factor::new);
        let [x3, x4, x5] = &[3, 4, 5].map(|index| Factor::beyond(&f[index]));
        let [d0, d1, d2, d3, d4, _] = &f.map(|coefficient| coefficient.double());
        Self([
            sum_of_two((d1, x5), (d2, x4)) + square_and_product(&f[0], (&f[3], x3)),
            sum_of_two((d0, f1), (d2, x5)) + product(d3, x4),
            sum_of_two((d0, f2), (d3, x5)) + square_and_product(&f[1], (&f[4], x4)),
            sum_of_two((d0, f3), (d1, f2)) + product(d4, x5),
            sum_of_two((d0, f4), (d1, f3)) + square_and_product(&f[2], (&f[5], x5)),
            sum_of_two((d0, f5), (d1, f4)) + product(d2, f3),
        ])
    }

    pub(super) fn multiply(&self, other: &ValueFactor) -> Self {
        let f = &self.0;
        Self(core::array::from_fn(|degree| {
            let term = |index: usize| (&f[index], other.at(degree, index));
            sum_of_two(term(0), term(1)) + sum_of_two(term(2), term(3)) + sum_of_two(term(4), term(5))
        }))
    }

    pub(super) fn multiply_by_line(&self, LineFactor { first, third }: &LineFactor) -> Self {
        let [f0, f1, f2, f3, f4, f5] = &self.0;
        let ([a, beyond_a], [b, beyond_b]) = (first, third);
        Self([
            *f0 + sum_of_two((f5, beyond_a), (f3, beyond_b)),
            *f1 + sum_of_two((f0, a), (f4, beyond_b)),
            *f2 + sum_of_two((f1, a), (f5, beyond_b)),
            *f3 + sum_of_two((f2, a), (f0, b)),
            *f4 + sum_of_two((f3, a), (f1, b)),
            *f5 + sum_of_two((f4, a), (f2, b)),
        ])
    }

    /// The square of a value whose order divides `q⁴ − q² + 1` (Granger, Scott, PKC 2010): of three pairs each the square
    /// in the extension by `w³`.
    pub(super) fn cyclotomic_square(&self) -> Self {
        let f = &self.0;
        let [(s0, s3), (s1, s4), (s2, s5)] = [(0, 3), (1, 4), (2, 5)].map(|(a, b)| square_of_pair(&f[a], &f[b]));
        // 3s − 2f and 3s + 2f
        let minus = |s: &Fq2, f: &Fq2| (*s - f).double() + s;
        let plus = |s: &Fq2, f: &Fq2| (*s + f).double() + s;
        let s5 = times_nonresidue(&s5);
        Self([minus(&s0, &f[0]), plus(&s5, &f[1]), minus(&s1, &f[2]), plus(&s3, &f[3]), minus(&s2, &f[4]), plus(&s4, &f[5])])
    }

    /// The value to the power `q⁶`: the inverse, of a value whose order divides `q⁶ + 1`.
    pub(super) fn conjugate(&self) -> Self {
        let [f0, f1, f2, f3, f4, f5] = self.0;
        Self([f0, -f1, f2, -f3, f4, -f5])
    }
}

/// `(a + bw³)² = (a² + ξb²) + 2ab·w³`
fn square_of_pair(a: &Fq2, b: &Fq2) -> (Fq2, Fq2) {
    (square_and_product(a, (b, &Factor::beyond(b))), product(&a.double(), &Factor::new(b)))
}

impl From<&Fq12> for Value {
    fn from(value: &Fq12) -> Self {
        let (even, odd) = (&value.c0, &value.c1);
        Self([even.c0, odd.c0, even.c1, odd.c1, even.c2, odd.c2])
    }
}

impl From<&Value> for Fq12 {
    fn from(value: &Value) -> Self {
        let [f0, f1, f2, f3, f4, f5] = value.0;
        Self::new(Fq6::new(f0, f2, f4), Fq6::new(f1, f3, f5))
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{CyclotomicMultSubgroup, UniformRand};

    use super::*;

    fn random() -> [Fq12; 20] {
        let mut rng = ark_std::test_rng();
        core::array::from_fn(|_| Fq12::rand(&mut rng))
    }

    #[test]
    fn products_are_the_library_s() {
        let values = random();
        for pair in values.windows(2) {
            let (a, b) = (Value::from(&pair[0]), Value::from(&pair[1]));
            assert_eq!(Fq12::from(&a), pair[0]);
            assert_eq!(Fq12::from(&a.square()), pair[0].square());
            assert_eq!(Fq12::from(&a.multiply(&ValueFactor::new(&b))), pair[0] * pair[1]);
            assert_eq!(Fq12::from(&a.multiply(&ValueFactor::new(&Value::ONE))), pair[0]);
        }
    }

    #[test]
    fn products_with_lines_are_the_library_s() {
        let one = Fq2::new(Fq::ONE, Fq::ZERO);
        for value in random() {
            let (a, b) = (value.c1.c2, value.c0.c1);
            let mut expected = value;
            expected.mul_by_034(&one, &a, &b);
            assert_eq!(Fq12::from(&Value::from(&value).multiply_by_line(&LineFactor::new(&a, &b))), expected);
        }
    }

    /// Of values to the power `(q⁶ − 1)(q² + 1)`, whose order divides `q⁴ − q² + 1`.
    #[test]
    fn cyclotomic_squares_and_inverses_are_the_library_s() {
        for value in random() {
            let mut conjugate = value;
            conjugate.conjugate_in_place();
            let quotient = conjugate * value.inverse().unwrap();
            let value = quotient.frobenius_map(2) * quotient;
            assert_eq!(Fq12::from(&Value::from(&value).cyclotomic_square()), value.cyclotomic_square());
            assert_eq!(Fq12::from(&Value::from(&value).cyclotomic_square()), value.square());
            assert_eq!(Fq12::from(&Value::from(&value).conjugate()), value.inverse().unwrap());
        }
    }
}
