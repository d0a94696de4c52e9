//! The log of screening: which lists were loaded, whom a list matched or matches no more, what an operator cleared. Every entry is hashed
//! with the one before, so that one changed, removed or inserted later is noticed. It names accounts and entries, never people.

use passid_api::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::store::screened::LogRow;
use crate::store::{self, Connection, StoreError};

/// What stands before the first entry.
const START: [u8; 32] = [0; 32];
/// Entries read at once.
const PAGE: u32 = 500;

passid_api::text_enum! {
    /// What can be recorded.
    pub enum Action as "screening action" {
        /// New lists are in force; the subject is their version.
        ListsLoaded = "lists.loaded",
        /// The lists in force were loaded again, unchanged.
        ListsConfirmed = "lists.confirmed",
        /// A list matches a holder; the subject is the account.
        HolderMatched = "holder.matched",
        /// No list matches the holder any more.
        HolderFreed = "holder.freed",
        /// An operator cleared a false positive.
        MatchCleared = "match.cleared",
    }
}

/// The log is broken at an entry: compare it and those after it with a backup.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It was changed, removed or inserted.
    #[error("the screening log is broken at entry {0}")]
    BrokenAt(i64),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Appends an entry in the caller's transaction. It locks the log's end until the commit, so append last.
///
/// # Errors
/// [`StoreError`].
pub async fn append(connection: &mut Connection, action: Action, subject: &str, detail: &str, actor: &str, now: Timestamp) -> Result<(), StoreError> {
    let (sequence, previous) = store::screened::take_next(connection, START).await?;
    let text = |text: &str| text.to_owned();
    let mut row =
        LogRow { sequence, action: text(action.as_str()), subject: text(subject), detail: text(detail), actor: text(actor), created_at: now, digest: START };
    row.digest = digest(&row, previous);
    store::screened::append(connection, row).await
}

/// Hands every entry to `take`, oldest first, and returns how many there are.
///
/// # Errors
/// [`LogError::BrokenAt`] with the first that does not follow from those before.
pub async fn read(connection: &mut Connection, mut take: impl FnMut(&LogRow)) -> Result<i64, LogError> {
    // The end first: what is appended meanwhile is not read.
    let (length, last) = store::screened::log_head(connection).await?.unwrap_or((0, START));
    let (mut count, mut previous) = (0, START);
    while count < length {
        let page = store::screened::log(connection, count, PAGE).await?;
        if page.is_empty() {
            return Err(LogError::BrokenAt(count + 1));
        }
        for row in page.iter().take_while(|row| row.sequence <= length) {
            previous = digest(row, previous);
            count += 1;
            if row.sequence != count || row.digest != previous {
                return Err(LogError::BrokenAt(count));
            }
            take(row);
        }
    }
    if previous == last { Ok(count) } else { Err(LogError::BrokenAt(count)) }
}

/// SHA-256 of the domain, the digest before, and every field behind its length (8 bytes, big-endian).
fn digest(row: &LogRow, previous: [u8; 32]) -> [u8; 32] {
    let (sequence, time) = (row.sequence.to_be_bytes(), row.created_at.seconds().to_be_bytes());
    let texts = [&row.action, &row.subject, &row.detail, &row.actor].map(String::as_bytes);
    let mut hash = Sha256::new();
    for field in [b"passid/screening-log/v1".as_slice(), &previous, &sequence, &time].into_iter().chain(texts) {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field);
    }
    hash.finalize().into()
}
