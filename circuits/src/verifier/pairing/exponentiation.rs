//! The final exponentiation, which makes a value of the loop the pairing's.

use ark_ec::bn::BnConfig;
use ark_ff::Field;

use super::value::{Value, ValueFactor};
use crate::curve::{CurveParameters, Fq12};

/// Powers are taken with digits of this many bits, the sign included: 1, 3, 5 and 7 times the base are kept.
const DIGIT_BITS: u32 = 4;

/// `value^(2x(6x² + 3x + 1) · (q¹² − 1)/r)`; `None` for zero. The factor before `(q¹² − 1)/r` has no divisor in common with the order, so
/// that the result is one exactly when the pairing is. After Fuentes-Castañeda, Knapp, Rodríguez-Henríquez, "Faster hashing to G2"
/// (SAC 2011); the library takes the same power.
pub(super) fn exponentiate(value: &Fq12) -> Option<Fq12> {
    // The easy part: (q⁶ − 1)(q² + 1).
    let mut conjugate = *value;
    conjugate.conjugate_in_place();
    let quotient = conjugate * value.inverse()?;
    let value = Value::from(&(quotient.frobenius_map(2) * quotient));

    let y0 = to_minus_x(&value);
    let y1 = y0.cyclotomic_square();
    let y3 = y1.cyclotomic_square().multiply(&ValueFactor::new(&y1));
    let y4 = to_minus_x(&y3);
    let y6 = to_minus_x(&y4.cyclotomic_square()).conjugate();
    let y4 = ValueFactor::new(&y4);
    let y8 = y6.multiply(&y4).multiply(&ValueFactor::new(&y3.conjugate()));
    let y9 = y8.multiply(&ValueFactor::new(&y1));
    let y11 = y8.multiply(&y4).multiply(&ValueFactor::new(&value));
    let y15 = value.conjugate().multiply(&ValueFactor::new(&y9));

    let [y9, y8, y15] = [(&y9, 1), (&y8, 2), (&y15, 3)].map(|(value, power)| ValueFactor::new(&Value::from(&Fq12::from(value).frobenius_map(power))));
    Some(Fq12::from(&y11.multiply(&y9).multiply(&y8).multiply(&y15)))
}

/// The value to the power of minus the curve's parameter x.
fn to_minus_x(value: &Value) -> Value {
    let square = ValueFactor::new(&value.cyclotomic_square());
    let mut power = *value;
    let powers: [ValueFactor; 1 << (DIGIT_BITS - 2)] = core::array::from_fn(|index| {
        if index > 0 {
            power = power.multiply(&square);
        }
        ValueFactor::new(&power)
    });
    let mut result = Value::ONE;
    for digit in DIGITS.iter().rev() {
        result = result.cyclotomic_square();
        let power = &powers[usize::from(digit.unsigned_abs() / 2)];
        if *digit > 0 {
            result = result.multiply(power);
        } else if *digit < 0 {
            // To divide by the power: its inverse is its conjugate, and the conjugate of a product is that of the factors.
            result = result.conjugate().multiply(power).conjugate();
        }
    }
    result.conjugate()
}

/// The digits of the parameter, lowest first: zero or odd, below eight in size, of four in a row no more than one not zero.
const DIGITS: [i8; 64] = {
    assert!(CurveParameters::X.len() == 1 && !CurveParameters::X_IS_NEGATIVE);
    let mut digits = [0; 64];
    let mut rest = CurveParameters::X[0];
    let mut index = 0;
    while rest > 0 {
        if rest % 2 == 1 {
            let low = (rest % (1 << DIGIT_BITS)) as usize;
            digits[index] = NEAREST[low];
            rest = rest.wrapping_add_signed(-(NEAREST[low] as i64));
        }
        rest /= 2;
        index += 1;
    }
    digits
};

/// For each remainder of sixteen the number nearest to zero with that remainder.
const NEAREST: [i8; 1 << DIGIT_BITS] = [0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1];
