//! One element of the scalar field of BN254, in the only two spellings this system accepts: 32 bytes and decimal.

use core::fmt;
use core::str::FromStr;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::{Zeroize, Zeroizing};

use crate::decimal::{self, DecimalError};

/// A public element of the BN254 scalar field.
///
/// Every value has exactly one byte form (32 bytes, big-endian, below the modulus) and exactly one text form (decimal, no sign, no
/// leading zero); anything else is refused, never reduced. Secrets are [`crate::SecretElement`], which does not print.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FieldElement(Fr);

/// Why some bytes or text are not a field element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// The value is the field modulus or more. The sender must reduce it, a receiver must refuse it.
    #[error("the value is not below the field modulus")]
    NotBelowModulus,
    /// The text is empty, has a sign, a leading zero, a space or anything but digits. Send plain decimal.
    #[error("the text is not a canonical decimal number")]
    NotCanonicalDecimal,
}

impl FieldError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotBelowModulus => "field_not_below_modulus",
            Self::NotCanonicalDecimal => "field_not_canonical_decimal",
        }
    }
}

impl FieldElement {
    /// The element 0.
    pub const ZERO: Self = Self(Fr::ZERO);

    /// The element with this small value.
    pub fn from_u64(value: u64) -> Self {
        Self(Fr::from(value))
    }

    /// A uniform element: 384 random bits reduced, so that the bias is below 2^-128 (the rule of RFC 9380 §5.1).
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0u8; 48]);
        rng.fill_bytes(bytes.as_mut());
        Self(Fr::from_be_bytes_mod_order(bytes.as_ref()))
    }

    /// The element as 32 big-endian bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        let mut bytes = [0u8; 32];
        for (target, limb) in bytes.rchunks_exact_mut(8).zip(self.0.into_bigint().0) {
            target.copy_from_slice(&limb.to_be_bytes());
        }
        bytes
    }

    /// Reads 32 big-endian bytes.
    ///
    /// # Errors
    /// [`FieldError::NotBelowModulus`] when the bytes spell the modulus or more.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, FieldError> {
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
            *limb = chunk.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte));
        }
        Fr::from_bigint(BigInt(limbs)).map(Self).ok_or(FieldError::NotBelowModulus)
    }

    /// The element as arkworks knows it.
    pub const fn as_fr(&self) -> &Fr {
        &self.0
    }
}

impl From<Fr> for FieldElement {
    fn from(value: Fr) -> Self {
        Self(value)
    }
}

impl FromStr for FieldElement {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let value = decimal::parse(text).map_err(|error| match error {
            DecimalError::NotCanonical => FieldError::NotCanonicalDecimal,
            DecimalError::TooLong => FieldError::NotBelowModulus,
        })?;
        Fr::from_bigint(value).map(Self).ok_or(FieldError::NotBelowModulus)
    }
}

impl fmt::Display for FieldElement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.into_bigint(), formatter)
    }
}

impl fmt::Debug for FieldElement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FieldElement({self})")
    }
}

impl Zeroize for FieldElement {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Serialize for FieldElement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FieldElement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = FieldElement;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a decimal number below the BN254 scalar modulus, as text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FieldElement, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MODULUS: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    const LARGEST: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495616";

    #[test]
    fn text_that_is_not_the_canonical_decimal_is_refused() {
        for text in ["", "-1", "+1", "00", "01", " 1", "1 ", "1_000", "0x1", "1.0", "1e3", "١", "1\n"] {
            assert_eq!(text.parse::<FieldElement>(), Err(FieldError::NotCanonicalDecimal), "{text:?}");
        }
    }

    #[test]
    fn the_modulus_and_everything_above_is_refused_not_reduced() {
        let above_256_bits = format!("1{}", "0".repeat(77));
        let longest = "9".repeat(77);
        for text in [MODULUS, &above_256_bits, &longest, &"9".repeat(10_000)] {
            assert_eq!(text.parse::<FieldElement>(), Err(FieldError::NotBelowModulus));
        }
        assert_eq!(FieldElement::from_bytes(&[0xff; 32]), Err(FieldError::NotBelowModulus));
        let mut modulus = LARGEST.parse::<FieldElement>().expect("largest").to_bytes();
        modulus[31] += 1;
        assert_eq!(FieldElement::from_bytes(&modulus), Err(FieldError::NotBelowModulus));
    }

    #[test]
    fn the_largest_element_survives_both_spellings() {
        let largest: FieldElement = LARGEST.parse().expect("largest");
        assert_eq!(largest.to_string(), LARGEST);
        assert_eq!(FieldElement::from_bytes(&largest.to_bytes()), Ok(largest));
    }

    #[test]
    fn bytes_are_big_endian() {
        let mut expected = [0u8; 32];
        expected[30] = 1;
        expected[31] = 2;
        assert_eq!(FieldElement::from_u64(258).to_bytes(), expected);
    }

    #[test]
    fn json_is_the_decimal_string_and_a_json_number_is_refused() {
        assert_eq!(serde_json::to_string(&FieldElement::from_u64(7)).expect("json"), "\"7\"");
        assert!(serde_json::from_str::<FieldElement>("7").is_err());
        assert!(serde_json::from_str::<FieldElement>("\"07\"").is_err());
    }

    proptest! {
        #[test]
        fn every_element_survives_both_spellings(bytes: [u8; 48]) {
            let element = FieldElement::from(Fr::from_be_bytes_mod_order(&bytes));
            prop_assert_eq!(FieldElement::from_bytes(&element.to_bytes()), Ok(element));
            prop_assert_eq!(element.to_string().parse(), Ok(element));
        }
    }
}
