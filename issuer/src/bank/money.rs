//! Money as banks write it: decimal text to minor units and back, exactly.

use passid_api::claims::encoding::Currency;

use super::error::BankError;

/// Digits after the point of a currency (ISO 4217, as of 2025): two unless listed.
pub fn minor_digits(currency: Currency) -> u32 {
    match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Minor units in one whole unit of a currency: 100 for most.
pub fn minor_per_unit(currency: Currency) -> i64 {
    10_i64.pow(minor_digits(currency))
}

/// Reads an amount of at most thirteen digits before and five after the point, as OBIE writes them.
///
/// # Errors
/// [`BankError::MalformedAnswer`] for any other text, and for fractions of a minor unit.
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, BankError> {
    const BAD: BankError = BankError::MalformedAnswer("amount");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=13).contains(&whole.len()) || fraction.len() > 5 || !digits_only(whole) || !digits_only(fraction) || text.ends_with('.') {
        return Err(BAD);
    }
    let kept = minor_digits(currency) as usize;
    let (minor, rest) = fraction.split_at(fraction.len().min(kept));
    if rest.bytes().any(|byte| byte != b'0') {
        return Err(BAD);
    }
    format!("{whole}{minor:0<kept$}").parse().map_err(|_| BAD)
}

/// Reads an amount with its sign, as the Berlin Group's scheme writes them: a minus or nothing before it.
///
/// # Errors
/// As [`parse_minor`].
pub fn parse_signed_minor(text: &str, currency: Currency) -> Result<i64, BankError> {
    match text.strip_prefix('-') {
        Some(owed) => parse_minor(owed, currency).map(|minor| -minor),
        None => parse_minor(text, currency),
    }
}

/// Writes minor units as a decimal amount without a sign.
pub fn format_minor(minor: u64, currency: Currency) -> String {
    let digits = minor_digits(currency) as usize;
    if digits == 0 {
        return minor.to_string();
    }
    let padded = format!("{minor:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    format!("{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn reads_what_banks_write_in_each_currency() {
        for (text, code, minor) in [
            ("0.01", "GBP", 1),
            ("12", "GBP", 1_200),
            ("12.5", "GBP", 1_250),
            ("12.50000", "GBP", 1_250),
            ("500", "JPY", 500),
            ("500.000", "JPY", 500),
            ("1.234", "KWD", 1_234),
            ("9999999999999.99", "EUR", 999_999_999_999_999),
        ] {
            assert_eq!(parse_minor(text, currency(code)), Ok(minor), "{text} {code}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount_or_would_be_rounded() {
        for text in ["", ".", "1.", ".5", "-1.00", "+1.00", "1,00", "1e3", " 1.00", "1.005", "12345678901234", "1.000000", "١.٠٠", "NaN"] {
            assert!(parse_minor(text, currency("GBP")).is_err(), "{text:?}");
        }
        assert!(parse_minor("1.5", currency("JPY")).is_err());
    }

    #[test]
    fn a_minus_is_a_debt_and_nothing_else_is_a_sign() {
        for (text, minor) in [("-1.50", -150), ("1.5", 150), ("-0", 0), ("5877.78", 587_778)] {
            assert_eq!(parse_signed_minor(text, currency("EUR")), Ok(minor), "{text}");
        }
        for text in ["+1", "--1", "-", "- 1", "1-", "−1"] {
            assert!(parse_signed_minor(text, currency("EUR")).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn writing_and_reading_agree(minor in 0_u64..1_000_000_000_000, code in prop::sample::select(vec!["GBP", "JPY", "KWD"])) {
            let text = format_minor(minor, currency(code));
            prop_assert_eq!(parse_minor(&text, currency(code)), Ok(i64::try_from(minor).unwrap()));
        }
    }
}
