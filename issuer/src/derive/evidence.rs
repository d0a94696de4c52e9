//! A digest of the transactions, so that the issuer can later show what a credential rested on without having kept it.

use std::fmt;

/// SHA-256 over the canonical transactions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EvidenceDigest(pub [u8; 32]);

impl fmt::Display for EvidenceDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EvidenceDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EvidenceDigest({self})")
    }
}
