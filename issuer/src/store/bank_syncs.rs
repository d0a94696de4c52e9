//! Reads of banks under way: sealed pages, and how far each account is.

use passid_api::ids::BankLinkId;
use passid_api::time::Timestamp;

use super::{Connection, StoreError};
use crate::params;

/// A page as stored.
pub struct StoredPage {
    /// Its place in the order of reading.
    pub position: i64,
    /// The page, sealed for the link and this place.
    pub sealed: Vec<u8>,
}

/// Adds a page after the others.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_page(connection: &mut Connection, link: BankLinkId, page: StoredPage, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO staged_pages (link_id, position, sealed_page, created_at) VALUES ($1, $2, $3, $4)";
    connection.execute(sql, params![link, page.position, page.sealed, now]).await?;
    Ok(())
}

/// The pages in the order of reading.
///
/// # Errors
/// [`StoreError`].
pub async fn pages(connection: &mut Connection, link: BankLinkId) -> Result<Vec<StoredPage>, StoreError> {
    let sql = "SELECT position, sealed_page FROM staged_pages WHERE link_id = $1 ORDER BY position";
    let rows = connection.fetch_all(sql, params![link]).await?;
    rows.iter().map(|row| Ok(StoredPage { position: row.get("position")?, sealed: row.get("sealed_page")? })).collect()
}

/// Moves an account's cursor.
///
/// # Errors
/// [`StoreError`].
pub async fn set_cursor(connection: &mut Connection, link: BankLinkId, account_digest: [u8; 32], through: String) -> Result<(), StoreError> {
    let sql = "INSERT INTO bank_cursors (link_id, account_digest, through) VALUES ($1, $2, $3) \
               ON CONFLICT (link_id, account_digest) DO UPDATE SET through = excluded.through";
    connection.execute(sql, params![link, account_digest, through]).await?;
    Ok(())
}

/// The cursors: account digest and last day read.
///
/// # Errors
/// [`StoreError`].
pub async fn cursors(connection: &mut Connection, link: BankLinkId) -> Result<Vec<(Vec<u8>, String)>, StoreError> {
    let rows = connection.fetch_all("SELECT account_digest, through FROM bank_cursors WHERE link_id = $1", params![link]).await?;
    rows.iter().map(|row| Ok((row.get("account_digest")?, row.get("through")?))).collect()
}

/// Forgets what was read of a link.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(connection: &mut Connection, link: BankLinkId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM staged_pages WHERE link_id = $1", params![link]).await?;
    connection.execute("DELETE FROM bank_cursors WHERE link_id = $1", params![link]).await?;
    Ok(())
}

/// Forgets every read that broke off before `before` and was not taken up since.
///
/// # Errors
/// [`StoreError`].
pub async fn clear_older(connection: &mut Connection, before: Timestamp) -> Result<(), StoreError> {
    let stale = "DELETE FROM bank_cursors WHERE link_id IN (SELECT link_id FROM staged_pages GROUP BY link_id HAVING MAX(created_at) < $1)";
    connection.execute(stale, params![before]).await?;
    let sql = "DELETE FROM staged_pages WHERE link_id IN (SELECT link_id FROM staged_pages GROUP BY link_id HAVING MAX(created_at) < $1)";
    connection.execute(sql, params![before]).await?;
    Ok(())
}
