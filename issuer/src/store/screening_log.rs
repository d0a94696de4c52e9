//! The rows of the log of screening, where it ends, and signed checkpoints of it.

use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::chain::Head;
use crate::params;

fn digest(row: &Row) -> Result<[u8; 32], StoreError> {
    row.get::<Vec<u8>>("digest")?.try_into().map_err(|_| StoreError::Corrupt("screening log"))
}

fn read_head(row: &Row) -> Result<Head, StoreError> {
    Ok(Head { sequence: row.get("sequence")?, digest: digest(row)? })
}

/// An entry of the log.
pub struct LogRow {
    /// Its number, from 1.
    pub sequence: i64,
    /// What happened.
    pub action: String,
    /// To what: a version or an account.
    pub subject: String,
    /// More of it, without personal data.
    pub detail: String,
    /// By whom.
    pub actor: String,
    /// When.
    pub created_at: Timestamp,
    /// The chain up to and including this entry.
    pub digest: [u8; 32],
}

/// Takes the log's next number and the digest before it, and locks its end for the transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn take_next(connection: &mut Connection, first: [u8; 32]) -> Result<Head, StoreError> {
    let sql = "INSERT INTO screening_log_head (one, sequence, digest) VALUES (1, 1, $1) \
               ON CONFLICT (one) DO UPDATE SET sequence = screening_log_head.sequence + 1 RETURNING sequence, digest";
    let row = connection.fetch_optional(sql, params![first]).await?.ok_or(StoreError::Corrupt("screening log"))?;
    read_head(&row)
}

/// Writes an entry and makes it the log's end.
///
/// # Errors
/// [`StoreError`].
pub async fn append(connection: &mut Connection, row: LogRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO screening_log (sequence, action, subject, detail, actor, created_at, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    connection.execute(sql, params![row.sequence, row.action, row.subject, row.detail, row.actor, row.created_at, row.digest]).await?;
    connection.execute("UPDATE screening_log_head SET digest = $1 WHERE one = 1", params![row.digest]).await.map(drop)
}

/// At most `limit` entries after number `after`, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn list(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<LogRow>, StoreError> {
    let sql = "SELECT sequence, action, subject, detail, actor, created_at, digest FROM screening_log WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let rows = connection.fetch_all(sql, params![after, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(LogRow {
                sequence: row.get("sequence")?,
                action: row.get("action")?,
                subject: row.get("subject")?,
                detail: row.get("detail")?,
                actor: row.get("actor")?,
                created_at: row.time("created_at")?,
                digest: digest(row)?,
            })
        })
        .collect()
}

/// Where the log ends, if anything was ever written.
///
/// # Errors
/// [`StoreError`].
pub async fn head(connection: &mut Connection) -> Result<Option<Head>, StoreError> {
    let sql = "SELECT sequence, digest FROM screening_log_head WHERE one = 1";
    connection.fetch_optional(sql, params![]).await?.as_ref().map(read_head).transpose()
}

/// Keeps a checkpoint; one of the same length is there already when two were made at once.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_checkpoint(connection: &mut Connection, sequence: i64, note: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO screening_checkpoints (sequence, note, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![sequence, note, now]).await.map(drop)
}

/// Checkpoints longer than `after`, shortest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn checkpoints(connection: &mut Connection, after: i64, limit: u32) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = "SELECT sequence, note FROM screening_checkpoints WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    let rows = connection.fetch_all(sql, params![after, limit]).await?;
    rows.iter().map(|row| Ok((row.get("sequence")?, row.get("note")?))).collect()
}
