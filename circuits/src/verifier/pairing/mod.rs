//! The product of pairings. Unlike the library's loop it borrows prepared points, so that the key's are not copied each time, and
//! shares the squarings among all pairs, not four at a time.

use ark_ec::AffineRepr;
use ark_ec::bn::{BnConfig, G2Prepared};
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ff::Field;

use crate::curve::{Curve, CurveParameters, Fq12, G1Affine, G2Affine};

/// The lines of a point of the second group: what the loop needs of it.
pub(super) type Lines = G2Prepared<CurveParameters>;

/// The lines of a point.
pub(super) fn lines(point: &G2Affine) -> Lines {
    Lines::from(*point)
}

/// The product of the pairs' Miller loops. A pair with the identity counts as one.
pub(super) fn miller_loop(pairs: &[(G1Affine, &Lines)]) -> Fq12 {
    let mut pairs: Vec<_> =
        pairs.iter().filter(|(point, lines)| !point.is_zero() && !lines.is_zero()).map(|(point, lines)| (point, lines.ell_coeffs.iter())).collect();
    let mut product = Fq12::ONE;
    let mut multiply = |product: &mut Fq12| {
        for (point, lines) in &mut pairs {
            // The lines are as many as the loop takes.
            let Some((at_y, at_x, constant)) = lines.next() else { continue };
            let (mut at_y, mut at_x) = (*at_y, *at_x);
            at_y.mul_assign_by_fp(&point.y);
            at_x.mul_assign_by_fp(&point.x);
            product.mul_by_034(&at_y, &at_x, constant);
        }
    };
    for (round, digit) in CurveParameters::ATE_LOOP_COUNT.iter().rev().skip(1).enumerate() {
        if round > 0 {
            product.square_in_place();
        }
        multiply(&mut product);
        if *digit != 0 {
            multiply(&mut product);
        }
    }
    // The two last lines: through the images of the point under Frobenius.
    multiply(&mut product);
    multiply(&mut product);
    product
}

/// The value of the pairing from the output of its loops.
pub(super) fn finish(product: &Fq12) -> Option<Fq12> {
    Curve::final_exponentiation(MillerLoopOutput(*product)).map(|output| output.0)
}

#[cfg(test)]
mod tests {
    use ark_ec::CurveGroup;
    use ark_ff::UniformRand;

    use super::*;
    use crate::curve::{G1Projective, G2Projective, to_library};

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
        for count in 0..6 {
            let mut first: Vec<G1Affine> = (0..count).map(|_| G1Projective::rand(&mut rng).into_affine()).collect();
            let second: Vec<G2Affine> = (0..count).map(|_| G2Projective::rand(&mut rng).into_affine()).collect();
            if count == 5 {
                first[2] = G1Affine::identity();
            }
            let prepared: Vec<Lines> = second.iter().map(lines).collect();
            let pairs: Vec<_> = first.iter().copied().zip(&prepared).collect();
            let product = finish(&miller_loop(&pairs)).expect("not zero");
            let product = product.to_base_prime_field_elements().map(|value| to_library(&value));
            assert!(product.eq(expected(&first, &second).to_base_prime_field_elements()), "{count} pairs");
        }
    }
}
