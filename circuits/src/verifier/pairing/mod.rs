//! The product of pairings: the loop of Miller over lines kept with the points, and the final exponentiation.

mod exponentiation;
mod lines;
mod value;

use ark_ec::AffineRepr;
use ark_ec::bn::BnConfig;

pub(super) use self::lines::Lines;
use self::lines::Scale;
use self::value::Value;
use crate::curve::{CurveParameters, Fq12, G1Affine};

/// The product of the pairs' Miller loops, but for factors that [`finish`] makes one. A pair with the identity counts as one.
///
/// All pairs share the squarings.
pub(super) fn miller_loop(pairs: &[(G1Affine, &Lines)]) -> Fq12 {
    let pairs: Vec<_> = pairs.iter().filter(|(point, lines)| !point.is_zero() && !lines.0.is_empty()).collect();
    let points: Vec<G1Affine> = pairs.iter().map(|(point, _)| *point).collect();
    let mut pairs: Vec<_> = Scale::of_all(&points).into_iter().zip(pairs.iter().map(|(_, lines)| lines.0.iter())).collect();
    let mut product = Value::ONE;
    let mut multiply = |product: &mut Value| {
        for (scale, lines) in &mut pairs {
            // The lines are as many as the loop takes.
            let Some(line) = lines.next() else { continue };
            *product = product.multiply_by_line(&scale.line(line));
        }
    };
    for (round, digit) in CurveParameters::ATE_LOOP_COUNT.iter().rev().skip(1).enumerate() {
        if round > 0 {
            product = product.square();
        }
        multiply(&mut product);
        if *digit != 0 {
            multiply(&mut product);
        }
    }
    // The two last lines: through the images of the point under Frobenius.
    multiply(&mut product);
    multiply(&mut product);
    Fq12::from(&product)
}

/// The value of the pairing from the output of its loops; none from zero.
pub(super) fn finish(product: &Fq12) -> Option<Fq12> {
    exponentiation::exponentiate(product)
}

#[cfg(test)]
mod tests {
    use ark_ec::CurveGroup;
    use ark_ec::pairing::Pairing;
    use ark_ff::{Field, UniformRand};

    use super::*;
    use crate::curve::{G1Projective, G2Affine, G2Projective, to_library};

    /// The library's own value, over its own fields.
    fn expected(first: &[G1Affine], second: &[G2Affine]) -> ark_bn254::Fq12 {
        let coordinate = |value: &crate::curve::Fq| to_library(value);
        let pair = |value: &crate::curve::Fq2| ark_bn254::Fq2::new(coordinate(&value.c0), coordinate(&value.c1));
        let first = first.iter().map(|point| ark_bn254::G1Affine::new_unchecked(coordinate(&point.x), coordinate(&point.y)));
        let second = second.iter().map(|point| ark_bn254::G2Affine::new_unchecked(pair(&point.x), pair(&point.y)));
        ark_bn254::Bn254::multi_pairing(first, second).0
    }

    #[test]
    fn the_product_is_the_library_s() {
        let mut rng = ark_std::test_rng();
        // From a few on the points walk together.
        for count in [0, 1, 2, 3, 5, 6, 9] {
            let mut first: Vec<G1Affine> = (0..count).map(|_| G1Projective::rand(&mut rng).into_affine()).collect();
            let mut second: Vec<G2Affine> = (0..count).map(|_| G2Projective::rand(&mut rng).into_affine()).collect();
            if count >= 5 {
                first[2] = G1Affine::identity();
                second[4] = G2Affine::identity();
            }
            let prepared = Lines::of_all(&second);
            let pairs: Vec<_> = first.iter().copied().zip(&prepared).collect();
            let product = finish(&miller_loop(&pairs)).expect("not zero");
            let product = product.to_base_prime_field_elements().map(|value| to_library(&value));
            assert!(product.eq(expected(&first, &second).to_base_prime_field_elements()), "{count} pairs");
        }
    }
}
