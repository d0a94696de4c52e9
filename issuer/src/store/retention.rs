//! Ending records whose time is over. Each function ends at most `limit` and returns how many.

use passid_api::ids::RequestId;
use passid_api::time::Timestamp;

use super::{Connection, StoreError};
use crate::params;

/// Events before a time, with their deliveries and attempts; one that is still being delivered stays until it is not.
///
/// # Errors
/// [`StoreError`].
pub async fn end_events(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "SELECT id FROM events WHERE created_at < $1
                   AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.event_id = events.id AND deliveries.status = 'pending')
               ORDER BY id LIMIT $2";
    let rows = connection.fetch_all(sql, params![before, limit]).await?;
    for row in &rows {
        let id: String = row.get("id")?;
        let attempts = "DELETE FROM delivery_attempts WHERE event_id = $1 AND endpoint_id IN (SELECT endpoint_id FROM deliveries WHERE event_id = $1)";
        connection.execute(attempts, params![id.as_str()]).await?;
        connection.execute("DELETE FROM deliveries WHERE event_id = $1", params![id.as_str()]).await?;
        connection.execute("DELETE FROM events WHERE id = $1", params![id.as_str()]).await?;
    }
    Ok(rows.len() as u64)
}

/// What verifications before a time disclosed, and their evidence. The row stays without them.
///
/// # Errors
/// [`StoreError`].
pub async fn erase_verifications(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "UPDATE verifications SET response = '', evidence = NULL, token_digest = NULL
               WHERE id IN (SELECT id FROM verifications WHERE created_at < $1 AND response <> '' LIMIT $2)";
    connection.execute(sql, params![before, limit]).await
}

/// Requests to applicants that ended before a time.
///
/// # Errors
/// [`StoreError`].
pub async fn end_sessions(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    connection.execute("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)", params![before, limit]).await
}

/// Shares that ended before a time.
///
/// # Errors
/// [`StoreError`].
pub async fn end_shares(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    connection.execute("DELETE FROM shares WHERE id IN (SELECT id FROM shares WHERE expires_at < $1 LIMIT $2)", params![before, limit]).await
}

/// Names declared for bank connections that ended before a time, and whatever else of the connection is sealed.
///
/// # Errors
/// [`StoreError`].
pub async fn erase_declared_names(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "UPDATE bank_links SET sealed_name = $3, sealed_pending = NULL, sealed_tokens = NULL, state_digest = NULL
               WHERE id IN (SELECT id FROM bank_links WHERE expires_at < $1 AND sealed_name <> $3 LIMIT $2)";
    connection.execute(sql, params![before, limit, Vec::<u8>::new()]).await
}

/// Sign-ins that ended before a time, with their refresh tokens.
///
/// # Errors
/// [`StoreError`].
pub async fn end_sign_ins(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let rows = connection.fetch_all("SELECT id FROM refresh_families WHERE expires_at < $1 LIMIT $2", params![before, limit]).await?;
    for row in &rows {
        let id: String = row.get("id")?;
        connection.execute("DELETE FROM refresh_tokens WHERE family_id = $1", params![id.as_str()]).await?;
        connection.execute("DELETE FROM refresh_families WHERE id = $1", params![id.as_str()]).await?;
    }
    Ok(rows.len() as u64)
}

/// Invitations whose links have stopped working before a time.
///
/// # Errors
/// [`StoreError`].
pub async fn end_invitations(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM institution_invitations WHERE id IN (SELECT id FROM institution_invitations WHERE expires_at < $1 LIMIT $2)";
    connection.execute(sql, params![before, limit]).await
}

/// Entries of the request log before a time.
///
/// # Errors
/// [`StoreError`].
pub async fn end_requests(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    // Identifiers sort by time.
    let sql = "DELETE FROM request_log WHERE id IN (SELECT id FROM request_log WHERE id < $1 ORDER BY id LIMIT $2)";
    connection.execute(sql, params![RequestId::first_at(before), limit]).await
}
