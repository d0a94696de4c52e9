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
    let body_digest = row.get::<Vec<u8>>("body_digest")?.try_into().map_err(|_| StoreError::Corrupt("body digest"))?;
    let status = u16::try_from(row.get::<i64>("status")?).map_err(|_| StoreError::Corrupt("answer status"))?;
    Ok(Some(StoredAnswer { body_digest, status, sealed_body: row.get("sealed_body")? }))
}

/// Stores an answer, in place of one that is too old to be replayed.
///
/// # Errors
/// [`StoreError::Duplicate`] when a fresh one is stored already.
pub async fn insert(connection: &mut Connection, scope: [u8; 32], body: [u8; 32], status: u16, sealed: Vec<u8>, now: Timestamp) -> Result<(), StoreError> {
    let oldest = now.plus_seconds(-KEPT_SECONDS);
    let sql = "INSERT INTO idempotency (scope_digest, body_digest, status, sealed_body, created_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (scope_digest) DO UPDATE
               SET body_digest = excluded.body_digest, status = excluded.status, sealed_body = excluded.sealed_body, created_at = excluded.created_at
               WHERE idempotency.created_at <= $6";
    let written = connection.execute(sql, params![scope, body, status, sealed, now, oldest]).await?;
    if written == 1 { Ok(()) } else { Err(StoreError::Duplicate("idempotency".to_owned())) }
}

/// Removes answers nobody may replay any more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_old(connection: &mut Connection, now: Timestamp) -> Result<u64, StoreError> {
    connection.execute("DELETE FROM idempotency WHERE created_at <= $1", params![now.plus_seconds(-KEPT_SECONDS)]).await
}
