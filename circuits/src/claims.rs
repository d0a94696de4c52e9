//! The sixteen claims of a credential as the circuit sees them: numbers in slots.

use core::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many claims a credential has.
pub const CLAIM_SLOTS: usize = 16;

/// How many bits a claim has; five fit into one field element.
pub const CLAIM_BITS: u32 = 48;

/// The claims of one credential, each below 2^48. Prints nothing and is wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Claims([u64; CLAIM_SLOTS]);

/// Why some numbers cannot be claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClaimsError {
    /// The claim in this slot does not fit into 48 bits. Choose an encoding that does.
    #[error("claim {slot} does not fit into 48 bits")]
    TooLarge {
        /// Which claim, 0 to 15.
        slot: usize,
    },
}

impl ClaimsError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "claim_too_large",
        }
    }
}

impl Claims {
    /// Takes sixteen numbers as claims.
    ///
    /// # Errors
    /// [`ClaimsError::TooLarge`] names the first slot whose value is 2^48 or more.
    pub fn new(values: [u64; CLAIM_SLOTS]) -> Result<Self, ClaimsError> {
        match values.iter().position(|value| *value >> CLAIM_BITS != 0) {
            Some(slot) => Err(ClaimsError::TooLarge { slot }),
            None => Ok(Self(values)),
        }
    }

    /// The sixteen numbers. Whoever calls this answers for where they go.
    pub const fn values(&self) -> &[u64; CLAIM_SLOTS] {
        &self.0
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Claims(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_of_49_bits_is_refused_and_its_slot_named() {
        let mut values = [0; CLAIM_SLOTS];
        values[7] = (1 << 48) - 1;
        assert!(Claims::new(values).is_ok());
        values[7] = 1 << 48;
        assert_eq!(Claims::new(values), Err(ClaimsError::TooLarge { slot: 7 }));
        assert_eq!(ClaimsError::TooLarge { slot: 7 }.to_string(), "claim 7 does not fit into 48 bits");
    }

    #[test]
    fn claims_do_not_print() {
        assert_eq!(format!("{:?}", Claims::new([42; CLAIM_SLOTS]).expect("small")), "Claims(..)");
    }
}
