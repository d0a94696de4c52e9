//! Strict decimal numbers: the text form of field elements and of curve coordinates.

use ark_ff::BigInt;

/// Digits that always stay below 2^256.
const MAX_DIGITS: usize = 77;

/// Why some text is not a number this system accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalError {
    NotCanonical,
    TooLong,
}

/// Reads a decimal number: digits only, no sign, no leading zero, at most 77 digits.
pub(crate) fn parse(text: &str) -> Result<BigInt<4>, DecimalError> {
    let digits = text.as_bytes();
    let canonical = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
    if !canonical {
        return Err(DecimalError::NotCanonical);
    }
    if digits.len() > MAX_DIGITS {
        return Err(DecimalError::TooLong);
    }
    let mut value = BigInt::<4>::default();
    for digit in digits {
        let mut carry = u128::from(digit - b'0');
        for limb in &mut value.0 {
            let wide = u128::from(*limb) * 10 + carry;
            #[expect(clippy::cast_possible_truncation, reason = "the high half is carried on")]
            let low = wide as u64;
            *limb = low;
            carry = wide >> 64;
        }
    }
    Ok(value)
}
