//! The log of screening: which lists were loaded, whom a list matched or matches no more, what an operator cleared. Every entry is hashed
//! with the one before ([`crate::chain`]), and the server signs where it ends. It names accounts and entries, never people.

use passid_api::jws::KeySet;
use passid_api::time::Timestamp;

use crate::chain::checkpoint::{CheckpointError, read_all, sign};
use crate::chain::{self, ChainError, Head, PAGE, START, Walk};
use crate::service::Service;
use crate::store::screening_log::LogRow;
use crate::store::{self, Connection, StoreError};

/// The log's name in a checkpoint and its signature.
const ORIGIN: &str = "passid/screening";

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

/// Appends an entry in the caller's transaction. It locks the log's end until the commit, so append last.
///
/// # Errors
/// [`StoreError`].
pub async fn append(connection: &mut Connection, action: Action, subject: &str, detail: &str, actor: &str, now: Timestamp) -> Result<(), StoreError> {
    let Head { sequence, digest: before } = store::screening_log::take_next(connection, START).await?;
    let text = |text: &str| text.to_owned();
    let mut row =
        LogRow { sequence, action: text(action.as_str()), subject: text(subject), detail: text(detail), actor: text(actor), created_at: now, digest: START };
    row.digest = digest(&row, before);
    store::screening_log::append(connection, row).await
}

/// What reading the log came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// Entries, each of which follows from the one before.
    pub entries: u64,
    /// Signed checkpoints it agrees with.
    pub checkpoints: usize,
}

/// Hands every entry to `take`, oldest first, and holds the log against its own checkpoints and those somebody else kept.
///
/// # Errors
/// [`ChainError`] at the first entry that does not follow from those before, or is not the one a checkpoint names.
pub async fn read(connection: &mut Connection, keys: &KeySet, kept_elsewhere: &[String], mut take: impl FnMut(&LogRow)) -> Result<Checked, ChainError> {
    let mut notes = kept_elsewhere.to_vec();
    let mut after = 0;
    loop {
        let page = store::screening_log::checkpoints(connection, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        notes.extend(page.into_iter().map(|(_, note)| note));
    }
    let checkpoints = read_all(keys, ORIGIN, notes.iter().map(String::as_str))?;
    // The end before the entries: what is appended meanwhile is not read.
    let head = store::screening_log::head(connection).await?.unwrap_or(Head { sequence: 0, digest: START });
    let mut walk = Walk::begin(&checkpoints);
    while walk.count() < head.sequence {
        let page = store::screening_log::list(connection, walk.count(), PAGE).await?;
        if page.first().is_none_or(|row| row.sequence > head.sequence) {
            return Err(walk.broken());
        }
        for row in page.iter().take_while(|row| row.sequence <= head.sequence) {
            walk.follow(Head { sequence: row.sequence, digest: row.digest }, |before| digest(row, before))?;
            take(row);
        }
    }
    Ok(Checked { entries: walk.end(head.digest)?, checkpoints: checkpoints.len() })
}

/// The signed note of where the log ends: the one there is, or a new one when the log has grown since. `None` before the first entry.
///
/// # Errors
/// [`CheckpointError`].
pub async fn checkpoint(service: &Service) -> Result<Option<String>, CheckpointError> {
    if let Some((_, note)) = present(&mut service.store.reader().await?).await? {
        return Ok(Some(note));
    }
    let inside = service.clone();
    service.store.write(move |connection| Box::pin(async move { write_checkpoint(&inside, connection).await })).await
}

/// The checkpoint at the log's end, if it was made.
async fn present(connection: &mut Connection) -> Result<Option<(i64, String)>, StoreError> {
    let Some(head) = store::screening_log::head(connection).await? else { return Ok(None) };
    Ok(store::screening_log::checkpoints(connection, head.sequence - 1, 1).await?.pop())
}

async fn write_checkpoint(service: &Service, connection: &mut Connection) -> Result<Option<String>, CheckpointError> {
    let Some(head) = store::screening_log::head(connection).await? else { return Ok(None) };
    let now = service.clock.now();
    let note = sign(&service.keys, ORIGIN, &head, now)?;
    store::screening_log::insert_checkpoint(connection, head.sequence, &note, now).await?;
    Ok(Some(note))
}

fn digest(row: &LogRow, before: [u8; 32]) -> [u8; 32] {
    let (sequence, time) = (row.sequence.to_be_bytes(), row.created_at.seconds().to_be_bytes());
    let texts = [&row.action, &row.subject, &row.detail, &row.actor].map(String::as_bytes);
    chain::digest([b"passid/screening-log/v1".as_slice(), &before, &sequence, &time].into_iter().chain(texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest was computed by another program: each field behind its length, eight bytes, the most significant first.
    #[test]
    fn digests_never_change() {
        let text = |text: &str| text.to_owned();
        let created_at = Timestamp::from_seconds(1_773_756_131).unwrap();
        let row = LogRow {
            sequence: 1,
            action: text("lists.loaded"),
            subject: text("1"),
            detail: text("OFAC SDN"),
            actor: text("operator"),
            created_at,
            digest: START,
        };
        assert_eq!(hex::encode(digest(&row, START)), "907be09fd9b764d8466f11f7469689541ecc7ae374922df12a2053ec7379bbc9");
    }
}
