//! Field elements nobody may see: they print nothing and are wiped when dropped.

use core::fmt;

use rand::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{FieldElement, FieldError};

/// A secret field element: the holder secret or a commitment's blinding.
///
/// Not `Copy`, prints nothing, wiped on drop. Zero is refused: a zero holder secret would give everybody the same nullifier.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretElement(FieldElement);

/// Why some bytes cannot be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The secret is zero. Draw a new one.
    #[error("a secret must not be zero")]
    Zero,
    /// The bytes are not a field element. Draw a new secret; do not reduce these.
    #[error(transparent)]
    Field(#[from] FieldError),
}

impl SecretError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Zero => "secret_zero",
            Self::Field(error) => error.code(),
        }
    }
}

impl SecretElement {
    /// A uniform secret, never zero.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        loop {
            let element = FieldElement::random(rng);
            if element != FieldElement::ZERO {
                return Self(element);
            }
        }
    }

    /// Takes an element as a secret.
    ///
    /// # Errors
    /// [`SecretError::Zero`] for zero.
    pub fn new(element: FieldElement) -> Result<Self, SecretError> {
        if element == FieldElement::ZERO { Err(SecretError::Zero) } else { Ok(Self(element)) }
    }

    /// Reads a stored secret: 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`SecretError::Field`] when the bytes are not below the modulus, [`SecretError::Zero`] for zero.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SecretError> {
        Self::new(FieldElement::from_bytes(bytes)?)
    }

    /// The secret as 32 big-endian bytes, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The secret itself. Whoever calls this answers for where it goes.
    pub const fn expose(&self) -> &FieldElement {
        &self.0
    }
}

impl fmt::Debug for SecretElement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretElement(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_out_of_range_secrets_are_refused() {
        assert_eq!(SecretElement::new(FieldElement::ZERO), Err(SecretError::Zero));
        assert_eq!(SecretElement::from_bytes(&[0; 32]), Err(SecretError::Zero));
        assert_eq!(SecretElement::from_bytes(&[0xff; 32]), Err(SecretError::Field(FieldError::NotBelowModulus)));
    }

    #[test]
    fn a_secret_does_not_print() {
        let secret = SecretElement::new(FieldElement::from_u64(123_456_789)).expect("not zero");
        assert_eq!(format!("{secret:?}"), "SecretElement(..)");
    }
}
