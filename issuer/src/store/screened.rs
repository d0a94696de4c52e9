//! Holders as they were screened, and the false positives operators cleared.

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// What it takes to screen a holder again.
pub struct StoredHolder {
    /// The account.
    pub user: UserId,
    /// Their names and what they declared, sealed.
    pub sealed_person: Vec<u8>,
    /// The hits that stand against them, sealed.
    pub sealed_hits: Option<Vec<u8>>,
    /// The version of the lists they were screened against last.
    pub version: i64,
    /// When that was.
    pub screened_at: Timestamp,
    /// When they last declared something.
    pub declared_at: Timestamp,
}

/// A holder to screen again.
pub struct DueHolder {
    /// The holder.
    pub holder: StoredHolder,
    /// The account's environment.
    pub environment: Environment,
    /// Whether a list matched until now.
    pub matched: bool,
}

/// A false positive that was cleared.
pub struct StoredClearance {
    /// The list.
    pub list: String,
    /// The entry's number in it.
    pub entry: String,
    /// What the person was then.
    pub person_digest: [u8; 32],
    /// What the entry said then.
    pub entry_digest: [u8; 32],
    /// Why, sealed.
    pub sealed_reason: Vec<u8>,
    /// By whom.
    pub cleared_by: String,
    /// When.
    pub cleared_at: Timestamp,
}

/// What a clearance's reason is bound to, and its key.
pub fn clearance_id(user: UserId, list: &str, entry: &str) -> String {
    format!("{user}/{list}/{entry}")
}

fn read(row: &Row) -> Result<StoredHolder, StoreError> {
    Ok(StoredHolder {
        user: row.parse("user_id")?,
        sealed_person: row.get("sealed_person")?,
        sealed_hits: row.get("sealed_hits")?,
        version: row.get("version")?,
        screened_at: row.time("screened_at")?,
        declared_at: row.time("declared_at")?,
    })
}

/// What is kept of a holder.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, user: UserId) -> Result<Option<StoredHolder>, StoreError> {
    let sql = "SELECT user_id, sealed_person, sealed_hits, version, screened_at, declared_at FROM screened_holders WHERE user_id = $1";
    connection.fetch_optional(sql, params![user]).await?.as_ref().map(read).transpose()
}

/// Keeps what a holder declared and how screening ended, in place of what was kept before.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(connection: &mut Connection, holder: StoredHolder) -> Result<(), StoreError> {
    let sql = "INSERT INTO screened_holders (user_id, sealed_person, sealed_hits, version, screened_at, declared_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (user_id) DO UPDATE SET sealed_person = excluded.sealed_person, sealed_hits = excluded.sealed_hits, \
               version = excluded.version, screened_at = excluded.screened_at, declared_at = excluded.declared_at";
    let values = params![holder.user, holder.sealed_person, holder.sealed_hits, holder.version, holder.screened_at, holder.declared_at];
    connection.execute(sql, values).await.map(drop)
}

/// Holders that were screened against an older version, at most `limit`, by their accounts from behind `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn due(connection: &mut Connection, version: i64, after: &str, limit: u32) -> Result<Vec<DueHolder>, StoreError> {
    let sql = "SELECT h.user_id, h.sealed_person, h.sealed_hits, h.version, h.screened_at, h.declared_at, u.environment, u.sanctions_match \
               FROM screened_holders h JOIN wallet_users u ON u.id = h.user_id WHERE h.version < $1 AND h.user_id > $2 ORDER BY h.user_id LIMIT $3";
    let rows = connection.fetch_all(sql, params![version, after, limit]).await?;
    rows.iter().map(|row| Ok(DueHolder { holder: read(row)?, environment: row.parse("environment")?, matched: row.flag("sanctions_match")? })).collect()
}

/// Notes that a holder was screened, unless they declared something else meanwhile or were screened against these lists already.
/// Returns whether it was noted.
///
/// # Errors
/// [`StoreError`].
pub async fn screened(
    connection: &mut Connection,
    before: &StoredHolder,
    version: i64,
    sealed_hits: Option<Vec<u8>>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE screened_holders SET version = $2, sealed_hits = $3, screened_at = $4 WHERE user_id = $1 AND version = $5 AND sealed_person = $6";
    let values = params![before.user, version, sealed_hits, now, before.version, before.sealed_person.clone()];
    Ok(connection.execute(sql, values).await? == 1)
}

/// Holders against whom hits stand, at most `limit`, the newest last.
///
/// # Errors
/// [`StoreError`].
pub async fn matched(connection: &mut Connection, limit: u32) -> Result<Vec<StoredHolder>, StoreError> {
    let sql = "SELECT h.user_id, h.sealed_person, h.sealed_hits, h.version, h.screened_at, h.declared_at FROM screened_holders h \
               JOIN wallet_users u ON u.id = h.user_id WHERE u.sanctions_match = 1 ORDER BY h.screened_at, h.user_id LIMIT $1";
    connection.fetch_all(sql, params![limit]).await?.iter().map(read).collect()
}

/// How many holders are kept, and how many of them were screened against an older version.
///
/// # Errors
/// [`StoreError`].
pub async fn count(connection: &mut Connection, version: i64) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT COUNT(*) AS kept, COUNT(CASE WHEN version < $1 THEN 1 END) AS due FROM screened_holders";
    let row = connection.fetch_optional(sql, params![version]).await?.ok_or(StoreError::Corrupt("screened holders"))?;
    Ok((row.get("kept")?, row.get("due")?))
}

/// The holder's clearances.
///
/// # Errors
/// [`StoreError`].
pub async fn clearances(connection: &mut Connection, user: UserId) -> Result<Vec<StoredClearance>, StoreError> {
    let sql = "SELECT list, entry, person_digest, entry_digest, sealed_reason, cleared_by, cleared_at FROM sanctions_clearances \
               WHERE user_id = $1 ORDER BY list, entry";
    let digest = |row: &Row, column| row.get::<Vec<u8>>(column)?.try_into().map_err(|_| StoreError::Corrupt("clearance"));
    let rows = connection.fetch_all(sql, params![user]).await?;
    rows.iter()
        .map(|row| {
            Ok(StoredClearance {
                list: row.get("list")?,
                entry: row.get("entry")?,
                person_digest: digest(row, "person_digest")?,
                entry_digest: digest(row, "entry_digest")?,
                sealed_reason: row.get("sealed_reason")?,
                cleared_by: row.get("cleared_by")?,
                cleared_at: row.time("cleared_at")?,
            })
        })
        .collect()
}

/// Keeps a clearance, in place of an earlier one for the same person and entry.
///
/// # Errors
/// [`StoreError`].
pub async fn clear(connection: &mut Connection, user: UserId, clearance: StoredClearance) -> Result<(), StoreError> {
    let sql = "INSERT INTO sanctions_clearances (id, user_id, list, entry, person_digest, entry_digest, sealed_reason, cleared_by, cleared_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET person_digest = excluded.person_digest, \
               entry_digest = excluded.entry_digest, sealed_reason = excluded.sealed_reason, cleared_by = excluded.cleared_by, \
               cleared_at = excluded.cleared_at";
    let id = clearance_id(user, &clearance.list, &clearance.entry);
    let StoredClearance { list, entry, person_digest, entry_digest, sealed_reason, cleared_by, cleared_at } = clearance;
    connection.execute(sql, params![id, user, list, entry, person_digest, entry_digest, sealed_reason, cleared_by, cleared_at]).await.map(drop)
}

/// Forgets everything kept of a holder.
///
/// # Errors
/// [`StoreError`].
pub async fn erase(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM sanctions_clearances WHERE user_id = $1", params![user]).await?;
    connection.execute("DELETE FROM screened_holders WHERE user_id = $1", params![user]).await.map(drop)
}

/// Forgets holders who declared nothing since `before`, have had no credential since, and whom no list matches. What an operator cleared
/// stays for when they come back: it goes with the account.
///
/// # Errors
/// [`StoreError`].
pub async fn end(connection: &mut Connection, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM screened_holders WHERE user_id IN \
               (SELECT h.user_id FROM screened_holders h JOIN wallet_users u ON u.id = h.user_id WHERE u.sanctions_match = 0 AND h.declared_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM credentials c WHERE c.user_id = h.user_id AND c.revoked_at IS NULL AND c.expires_at >= $1) LIMIT $2)";
    connection.execute(sql, params![before, limit]).await
}
