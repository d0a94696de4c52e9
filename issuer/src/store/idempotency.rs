//! Answers kept for retried requests.

use passid_api::time::Timestamp;

use super::{Connection, StoreError};
use crate::params;

/// Seconds an answer is kept: a day, as documented.
pub const KEPT_SECONDS: i64 = 24 * 3_600;

/// A stored answer.
pub struct StoredAnswer {
    /// SHA-256 of the request's body.
    pub body_digest: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// The sealed body.
    pub sealed_body: Vec<u8>,
}

/// The answer stored under this scope after `oldest`.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, scope: [u8; 32], oldest: Timestamp) -> Result<Option<StoredAnswer>, StoreError> {
    let sql = "SELECT body_digest, status, sealed_body FROM idempotency WHERE scope_digest = $1 AND created_at > $2";
    let Some(row) = connection.fetch_optional(sql, params![scope, oldest]).await? else { return Ok(None) };
    let status = u16::try_from(row.get::<i64>("status")?).map_err(|_| StoreError::Corrupt("answer status"))?;
    Ok(Some(StoredAnswer { body_digest: row.digest("body_digest")?, status, sealed_body: row.get("sealed_body")? }))
}

/// An answer about to be stored.
pub struct NewAnswer {
    /// Digest of who asked, where, and under which key.
    pub scope: [u8; 32],
    /// SHA-256 of the request's body.
    pub body_digest: [u8; 32],
    /// HTTP status.
    pub status: u16,
    /// The sealed body.
    pub sealed_body: Vec<u8>,
}

/// Stores answers, each in place of one that is too old to be replayed. Returns the scopes under which there was no fresh one; no two of
/// the answers have the same.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_each(connection: &mut Connection, answers: &[&NewAnswer], now: Timestamp) -> Result<Vec<[u8; 32]>, StoreError> {
    let sql = "INSERT INTO idempotency (scope_digest, body_digest, status, sealed_body, created_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (scope_digest) DO UPDATE
               SET body_digest = excluded.body_digest, status = excluded.status, sealed_body = excluded.sealed_body, created_at = excluded.created_at
               WHERE idempotency.created_at <= $6 RETURNING scope_digest";
    let rows = answers.iter().map(|answer| params![answer.scope, answer.body_digest, answer.status, answer.sealed_body.as_slice(), now]);
    let stored = connection.fetch_each(sql, rows.collect(), params![now.plus_seconds(-KEPT_SECONDS)]).await?;
    stored.iter().map(|row| row.digest("scope_digest")).collect()
}

/// Removes the answers under these scopes.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_each(connection: &mut Connection, scopes: &[[u8; 32]]) -> Result<(), StoreError> {
    let rows = scopes.iter().map(|scope| params![*scope]).collect();
    connection.execute_each("DELETE FROM idempotency WHERE scope_digest IN (VALUES ($1))", rows, params![]).await.map(drop)
}

/// Removes answers nobody may replay any more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_old(connection: &mut Connection, now: Timestamp) -> Result<u64, StoreError> {
    connection.execute("DELETE FROM idempotency WHERE created_at <= $1", params![now.plus_seconds(-KEPT_SECONDS)]).await
}
