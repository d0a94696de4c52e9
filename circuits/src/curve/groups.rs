//! The two groups and the curve's parameters, with the library's constants.

use ark_bn254 as library;
use ark_ec::CurveConfig;
use ark_ec::bn::{Bn, BnConfig, TwistType};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::AdditiveGroup;

use super::fields::{Fq, Fq2, Fq2Config, Fq6Config, Fq12Config, Fr, pair};
use super::prime::from_library;

/// The curve with its pairing.
pub(crate) type Curve = Bn<CurveParameters>;
/// A point of the first group.
pub(crate) type G1Affine = Affine<FirstGroup>;
/// A point of the first group, without division.
pub(crate) type G1Projective = Projective<FirstGroup>;
/// A point of the second group.
pub(crate) type G2Affine = Affine<SecondGroup>;
/// A point of the second group, without division.
#[cfg(test)]
pub(crate) type G2Projective = Projective<SecondGroup>;

/// BN254, as Ethereum's precompiled contracts and circom have it.
pub(crate) struct CurveParameters;

impl BnConfig for CurveParameters {
    const X: &'static [u64] = library::Config::X;
    const X_IS_NEGATIVE: bool = library::Config::X_IS_NEGATIVE;
    const ATE_LOOP_COUNT: &'static [i8] = library::Config::ATE_LOOP_COUNT;
    const TWIST_MUL_BY_Q_X: Fq2 = pair(&library::Config::TWIST_MUL_BY_Q_X);
    const TWIST_MUL_BY_Q_Y: Fq2 = pair(&library::Config::TWIST_MUL_BY_Q_Y);
    const TWIST_TYPE: TwistType = library::Config::TWIST_TYPE;
    type Fp = Fq;
    type Fp2Config = Fq2Config;
    type Fp6Config = Fq6Config;
    type Fp12Config = Fq12Config;
    type G1Config = FirstGroup;
    type G2Config = SecondGroup;
}

/// Points over [`Fq`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct FirstGroup;

impl CurveConfig for FirstGroup {
    type BaseField = Fq;
    type ScalarField = Fr;
    const COFACTOR: &'static [u64] = library::g1::Config::COFACTOR;
    const COFACTOR_INV: Fr = from_library(&library::g1::Config::COFACTOR_INV);
}

impl SWCurveConfig for FirstGroup {
    const COEFF_A: Fq = Fq::ZERO;
    const COEFF_B: Fq = from_library(&library::g1::Config::COEFF_B);
    const GENERATOR: G1Affine = first_group(&library::g1::Config::GENERATOR);
    type ZeroFlag = ();

    #[inline]
    fn mul_by_a(_: Fq) -> Fq {
        Fq::ZERO
    }

    /// Every point of the curve is in the group.
    fn is_in_correct_subgroup_assuming_on_curve(_: &G1Affine) -> bool {
        true
    }
}

impl FirstGroup {
    /// The endomorphism multiplies x by this, and the point by [`Self::LAMBDA`].
    const BETA: Fq = from_library(&library::g1::Config::ENDO_COEFFS[0]);
    /// What the endomorphism multiplies a point by.
    pub(crate) const LAMBDA: Fr = from_library(&library::g1::Config::LAMBDA);

    /// `λ` times the point.
    pub(crate) fn endomorphism(point: &G1Affine) -> G1Affine {
        G1Affine::new_unchecked(point.x * Self::BETA, point.y)
    }
}

/// Points over [`Fq2`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SecondGroup;

impl CurveConfig for SecondGroup {
    type BaseField = Fq2;
    type ScalarField = Fr;
    const COFACTOR: &'static [u64] = library::g2::Config::COFACTOR;
    const COFACTOR_INV: Fr = from_library(&library::g2::Config::COFACTOR_INV);
}

impl SWCurveConfig for SecondGroup {
    const COEFF_A: Fq2 = Fq2::ZERO;
    const COEFF_B: Fq2 = pair(&library::g2::Config::COEFF_B);
    const GENERATOR: G2Affine = second_group(&library::g2::Config::GENERATOR);
    type ZeroFlag = ();

    #[inline]
    fn mul_by_a(_: Fq2) -> Fq2 {
        Fq2::ZERO
    }

    /// Whether `(x + 1)P + ψ(xP) + ψ²(xP) = ψ³(2xP)` (Dai, Lin, Zhao, Zhou, eprint 2022/348). In the group ψ multiplies by q, and the
    /// equation holds. A point of the curve for which it holds has an order that divides the resultant of the equation's polynomial
    /// and ψ's characteristic one, which has no factor in common with the cofactor.
    fn is_in_correct_subgroup_assuming_on_curve(point: &G2Affine) -> bool {
        let times_x = Self::mul_affine(point, CurveParameters::X);
        let once = Self::endomorphism_of(&times_x);
        let twice = Self::endomorphism_of(&once);
        times_x + point + once + twice == Self::endomorphism_of(&twice).double()
    }
}

impl SecondGroup {
    /// The Frobenius endomorphism ψ, seen through the twist: `q` times the point.
    pub(crate) fn endomorphism(point: &G2Affine) -> G2Affine {
        G2Affine::new_unchecked(frobenius(point.x) * CurveParameters::TWIST_MUL_BY_Q_X, frobenius(point.y) * CurveParameters::TWIST_MUL_BY_Q_Y)
    }

    fn endomorphism_of(point: &Projective<Self>) -> Projective<Self> {
        let (x, y) = (frobenius(point.x) * CurveParameters::TWIST_MUL_BY_Q_X, frobenius(point.y) * CurveParameters::TWIST_MUL_BY_Q_Y);
        Projective::new_unchecked(x, y, frobenius(point.z))
    }
}

fn frobenius(mut value: Fq2) -> Fq2 {
    value.c1 = -value.c1;
    value
}

/// A point of the library's first group; the identity is `(0, 0)` in both.
pub(crate) const fn first_group(point: &library::G1Affine) -> G1Affine {
    G1Affine::new_unchecked(from_library(&point.x), from_library(&point.y))
}

/// A point of the library's second group.
pub(crate) const fn second_group(point: &library::G2Affine) -> G2Affine {
    G2Affine::new_unchecked(pair(&point.x), pair(&point.y))
}

#[cfg(test)]
mod tests {
    use ark_ec::{AffineRepr, CurveGroup};
    use ark_ff::{Field, UniformRand};

    use super::*;

    #[test]
    fn the_subgroup_check_agrees_with_the_library_s() {
        let mut rng = ark_std::test_rng();
        let mut outside = 0;
        for _ in 0..40 {
            let inside: library::G2Affine = library::G2Projective::rand(&mut rng).into_affine();
            assert!(second_group(&inside).is_in_correct_subgroup_assuming_on_curve());
            let Some(point) = library::G2Affine::get_point_from_x_unchecked(library::Fq2::rand(&mut rng), true) else { continue };
            assert!(!point.is_in_correct_subgroup_assuming_on_curve());
            assert!(second_group(&point).is_on_curve());
            assert!(!second_group(&point).is_in_correct_subgroup_assuming_on_curve());
            outside += 1;
        }
        assert!(outside > 5);
    }

    /// A point of small order passes no check: with an order that divides the cofactor the endomorphism has other factors.
    #[test]
    fn points_of_the_cofactor_s_order_are_outside() {
        let mut rng = ark_std::test_rng();
        let order = <Fr as ark_ff::PrimeField>::MODULUS;
        let points = core::iter::repeat_with(|| library::G2Affine::get_point_from_x_unchecked(library::Fq2::rand(&mut rng), false)).flatten();
        for point in points.take(5) {
            let point = SecondGroup::mul_affine(&second_group(&point), order.as_ref()).into_affine();
            assert!(!point.is_zero() && point.is_on_curve());
            assert!(!point.is_in_correct_subgroup_assuming_on_curve());
        }
    }

    #[test]
    fn the_endomorphisms_multiply() {
        let mut rng = ark_std::test_rng();
        let point = G1Projective::rand(&mut rng).into_affine();
        assert_eq!((point * FirstGroup::LAMBDA).into_affine(), FirstGroup::endomorphism(&point));
        let point = G2Projective::rand(&mut rng);
        // q and 6x² have the same remainder by the order.
        let expected = point * (Fr::from(6u64) * Fr::from(CurveParameters::X[0]).square());
        assert_eq!(SecondGroup::endomorphism_of(&point), expected);
        assert_eq!(SecondGroup::endomorphism(&point.into_affine()), expected);
    }
}
