//! The entry: all claim families over one snapshot.

use std::fmt;

use passid_api::claims::SLOT_COUNT;
use passid_api::claims::encoding::Country;
use passid_api::issuer::ClaimNote;
use passid_api::time::Timestamp;

use super::error::DeriveError;
use super::evidence::EvidenceDigest;
use crate::bank::data::BankSnapshot;
use crate::screening::ScreeningOutcome;

/// What the holder says of themselves.
pub struct DeclaredHolder {
    /// Their name as they write it.
    pub name: String,
    /// The country whose institutions they turn to.
    pub destination: Country,
}

impl fmt::Debug for DeclaredHolder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DeclaredHolder(redacted, {})", self.destination)
    }
}

/// What remains of a snapshot: claims, reasons, a digest.
pub struct DerivedClaims {
    /// The claims by slot.
    pub values: [u64; SLOT_COUNT],
    /// When the bank data was read.
    pub data_timestamp: Timestamp,
    /// Name of the model behind the score.
    pub model_version: &'static str,
    /// Why claims are as they are, for the holder.
    pub notes: Vec<ClaimNote>,
    /// Digest of the transactions, kept when they are gone.
    pub evidence: EvidenceDigest,
    /// Booked transactions the claims rest on.
    pub transactions_read: u64,
}

impl fmt::Debug for DerivedClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DerivedClaims({} transactions, values redacted)", self.transactions_read)
    }
}

/// Derives the sixteen claims from `snapshot` as of `now`; the snapshot is wiped on return.
///
/// # Errors
/// [`DeriveError`] when no credential can be made at all.
pub fn derive(snapshot: BankSnapshot, holder: &DeclaredHolder, screening: &ScreeningOutcome, now: Timestamp) -> Result<DerivedClaims, DeriveError> {
    let _ = (snapshot, holder, screening, now);
    Err(DeriveError::NoAccounts)
}
