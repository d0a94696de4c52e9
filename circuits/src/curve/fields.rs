//! The tower of fields over the coordinates, with the library's constants.

use ark_bn254 as library;
use ark_ff::{AdditiveGroup, Field, Fp2, Fp2Config, Fp6, Fp6Config, Fp12, Fp12Config, Fp256, MontBackend};

use super::prime::{Accelerated, from_library, nine_times_plus, sum_of_products};

/// Coordinates of the first group.
pub(crate) type Fq = Fp256<MontBackend<Accelerated<library::FqConfig>, 4>>;
/// Scalars of both groups.
pub(crate) type Fr = Fp256<MontBackend<Accelerated<library::FrConfig>, 4>>;
/// Coordinates of the second group.
pub(crate) type Fq2 = Fp2<Fq2Config>;
/// Between [`Fq2`] and [`Fq12`].
pub(crate) type Fq6 = Fp6<Fq6Config>;
/// Values of the pairing.
pub(crate) type Fq12 = Fp12<Fq12Config>;

/// A pair from the library's field.
pub(super) const fn pair(value: &library::Fq2) -> Fq2 {
    Fq2::new(from_library(&value.c0), from_library(&value.c1))
}

const fn pairs<const N: usize>(values: &[library::Fq2]) -> [Fq2; N] {
    let mut pairs = [Fq2::new(Fq::ONE, Fq::ONE); N];
    let mut index = 0;
    while index < N {
        pairs[index] = pair(&values[index]);
        index += 1;
    }
    pairs
}

/// A field of coordinates, with products whose factors stay where they are. The library's own in the extension copies them first,
/// and a copy of what was just computed has to wait.
pub(crate) trait Coordinate: Field {
    /// `self · other`
    #[must_use]
    fn product(&self, other: &Self) -> Self;

    /// `self²`
    #[must_use]
    fn squared(&self) -> Self {
        self.square()
    }
}

impl Coordinate for Fq {
    #[inline]
    fn product(&self, other: &Self) -> Self {
        *self * other
    }
}

impl Coordinate for Fq2 {
    #[inline]
    fn product(&self, other: &Self) -> Self {
        let (left, negated) = ([&self.c0, &self.c1], -other.c1);
        Self::new(sum_of_products(left, [&other.c0, &negated]), sum_of_products(left, [&other.c1, &other.c0]))
    }

    #[inline]
    fn squared(&self) -> Self {
        Self::new((self.c0 + self.c1) * (self.c0 - self.c1), self.c0.double() * self.c1)
    }
}

#[doc(hidden)]
pub(crate) struct Fq2Config;

impl Fp2Config for Fq2Config {
    type Fp = Fq;

    const NONRESIDUE: Fq = from_library(&library::Fq2Config::NONRESIDUE);
    const FROBENIUS_COEFF_FP2_C1: &'static [Fq] = &[Fq::ONE, Self::NONRESIDUE];

    /// The factor is −1.
    #[inline]
    fn mul_fp_by_nonresidue_in_place(value: &mut Fq) -> &mut Fq {
        value.neg_in_place()
    }
}

#[doc(hidden)]
#[derive(Clone, Copy)]
pub(crate) struct Fq6Config;

impl Fp6Config for Fq6Config {
    type Fp2Config = Fq2Config;

    const NONRESIDUE: Fq2 = pair(&library::Fq6Config::NONRESIDUE);
    const FROBENIUS_COEFF_FP6_C1: &'static [Fq2] = &pairs::<6>(library::Fq6Config::FROBENIUS_COEFF_FP6_C1);
    const FROBENIUS_COEFF_FP6_C2: &'static [Fq2] = &pairs::<6>(library::Fq6Config::FROBENIUS_COEFF_FP6_C2);

    /// The factor is 9 + u, so the product is `9c₀ − c₁ + (9c₁ + c₀)u`.
    #[inline]
    fn mul_fp2_by_nonresidue_in_place(value: &mut Fq2) -> &mut Fq2 {
        *value = Fq2::new(nine_times_plus(&value.c0, &-value.c1), nine_times_plus(&value.c1, &value.c0));
        value
    }
}

#[doc(hidden)]
#[derive(Clone, Copy)]
pub(crate) struct Fq12Config;

impl Fp12Config for Fq12Config {
    type Fp6Config = Fq6Config;

    const NONRESIDUE: Fq6 = Fq6::new(Fq2::ZERO, Fq2::ONE, Fq2::ZERO);
    const FROBENIUS_COEFF_FP12_C1: &'static [Fq2] = &pairs::<12>(library::Fq12Config::FROBENIUS_COEFF_FP12_C1);
}
