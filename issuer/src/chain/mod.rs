//! Logs whose entries are hashed each with the one before, so that one changed, removed or inserted later is noticed; and signed
//! checkpoints of them ([`checkpoint`]), so that entries cut off the end are.
//!
//! The logs themselves are [`crate::audit`], one for each workspace, and [`crate::screening::log`].

pub mod checkpoint;

use std::iter::Peekable;
use std::slice;

use passid_api::jws::JwsError;
use sha2::{Digest, Sha256};

use crate::store::StoreError;
use checkpoint::Checkpoint;

/// What stands before the first entry.
pub(crate) const START: [u8; 32] = [0; 32];
/// Entries read at once when a chain is checked.
pub(crate) const PAGE: u32 = 500;

/// Where a log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The number of the newest entry, which is how many there are.
    pub sequence: i64,
    /// Its digest.
    pub digest: [u8; 32],
}

/// Why a log is not to be trusted.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// Compare this entry and those after it with a backup: it was changed, removed or inserted.
    #[error("the log is broken at entry {0}")]
    BrokenAt(u64),
    /// The log was cut short: entries are missing at its end that a signed checkpoint says were there. Compare with a backup.
    #[error("the log was cut short: it has {have} entries, and a signed checkpoint says it had {had}")]
    Truncated {
        /// Entries there are.
        have: u64,
        /// Entries there were.
        had: u64,
    },
    /// The log was written anew: its entries follow from each other, but they are not those of a signed checkpoint.
    #[error("the log was written anew: entry {0} is not the one a signed checkpoint names")]
    Rewritten(u64),
    /// A checkpoint is damaged, or was signed by somebody else.
    #[error("a checkpoint cannot be trusted: {0}")]
    Checkpoint(#[from] JwsError),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// SHA-256 over every field behind its length (8 bytes, big-endian). The first field names the log, so that no digest is mistaken for
/// another's; the second is the digest before. Frozen by the logs' own tests.
pub(crate) fn digest<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}

/// Follows a chain entry by entry, and holds it against checkpoints on the way.
pub(crate) struct Walk<'a> {
    digest: [u8; 32],
    count: i64,
    ahead: Peekable<slice::Iter<'a, Checkpoint>>,
}

impl<'a> Walk<'a> {
    /// Stands before the first entry. Checkpoints are sorted by length.
    pub(crate) fn begin(checkpoints: &'a [Checkpoint]) -> Self {
        Self { digest: START, count: 0, ahead: checkpoints.iter().peekable() }
    }

    /// Entries followed.
    pub(crate) const fn count(&self) -> i64 {
        self.count
    }

    /// Goes on to the entry stored under this number with this digest; `computed` makes the digest it should have of the one before.
    pub(crate) fn follow(&mut self, stored: Head, computed: impl FnOnce([u8; 32]) -> [u8; 32]) -> Result<(), ChainError> {
        self.digest = computed(self.digest);
        if stored.sequence != self.count + 1 || stored.digest != self.digest {
            return Err(self.broken());
        }
        self.count += 1;
        while let Some(checkpoint) = self.ahead.next_if(|checkpoint| checkpoint.entries <= self.count.unsigned_abs()) {
            if checkpoint.digest != self.digest {
                return Err(ChainError::Rewritten(checkpoint.entries));
            }
        }
        Ok(())
    }

    /// What to say when the next entry is not there.
    pub(crate) const fn broken(&self) -> ChainError {
        ChainError::BrokenAt(self.count.unsigned_abs() + 1)
    }

    /// Ends where the log says it ends; how many entries it has.
    pub(crate) fn end(mut self, head: [u8; 32]) -> Result<u64, ChainError> {
        let have = self.count.unsigned_abs();
        if head != self.digest {
            return Err(ChainError::BrokenAt(have));
        }
        self.ahead.next_back().map_or(Ok(have), |longest| Err(ChainError::Truncated { have, had: longest.entries }))
    }
}
