//! Institution keys: stored as digests, ended by rotation or revocation, never deleted.

use passid_api::api_key::{ApiKey, KeyKind};
use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId};
use passid_api::time::Timestamp;

use crate::params;
use crate::store::{Connection, Row, StoreError};

/// Whose key it is.
#[derive(Debug, Clone)]
pub struct KeyOwner {
    /// The key's identifier.
    pub key: ApiKeyId,
    /// The workspace.
    pub institution: InstitutionId,
    /// Whether the workspace may use live keys.
    pub live_enabled: bool,
    /// When a rotated key stops working.
    pub ends_at: Option<Timestamp>,
    /// When it was last noted as used.
    pub last_used_at: Option<Timestamp>,
}

impl KeyOwner {
    /// Whether the key still works at `now`; one that was rotated ends with its overlap.
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.ends_at.is_none_or(|end| now < end)
    }
}

/// A key as its owner sees it.
pub struct KeyRow {
    /// The key's identifier.
    pub id: ApiKeyId,
    /// Sandbox or live.
    pub environment: Environment,
    /// Publishable or secret.
    pub kind: KeyKind,
    /// The last four characters.
    pub last_four: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last noted as used.
    pub last_used_at: Option<Timestamp>,
    /// When it stops working, once rotated.
    pub ends_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The owner of the key with this digest, unless it was revoked. Whether it has ended is for [`KeyOwner::works_at`].
///
/// # Errors
/// [`StoreError`].
pub async fn find_key(connection: &mut Connection, digest: [u8; 32]) -> Result<Option<KeyOwner>, StoreError> {
    let sql = "SELECT api_keys.id, api_keys.institution_id, api_keys.ends_at, api_keys.last_used_at, institutions.live_enabled
               FROM api_keys JOIN institutions ON institutions.id = api_keys.institution_id
               WHERE api_keys.digest = $1 AND api_keys.revoked_at IS NULL";
    connection.fetch_optional(sql, params![digest]).await?.as_ref().map(read_owner).transpose()
}

/// [`find_key`] for several digests, each owner beside its key's; keys that are not there are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn find_keys(connection: &mut Connection, digests: &[[u8; 32]]) -> Result<Vec<([u8; 32], KeyOwner)>, StoreError> {
    let sql = "WITH asked (wanted) AS (VALUES ($1))
               SELECT wanted, api_keys.id, api_keys.institution_id, api_keys.ends_at, api_keys.last_used_at, institutions.live_enabled
               FROM asked JOIN api_keys ON api_keys.digest = wanted JOIN institutions ON institutions.id = api_keys.institution_id
               WHERE api_keys.revoked_at IS NULL";
    let found = connection.fetch_each(sql, digests.iter().map(|digest| params![*digest]).collect(), params![]).await?;
    found.iter().map(|row| Ok((row.digest("wanted")?, read_owner(row)?))).collect()
}

fn read_owner(row: &Row) -> Result<KeyOwner, StoreError> {
    Ok(KeyOwner {
        key: row.parse("id")?,
        institution: row.parse("institution_id")?,
        live_enabled: row.flag("live_enabled")?,
        ends_at: row.time_optional("ends_at")?,
        last_used_at: row.time_optional("last_used_at")?,
    })
}

/// Stores a key's digest.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_key(connection: &mut Connection, id: ApiKeyId, institution: InstitutionId, key: &ApiKey, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO api_keys (id, institution_id, environment, kind, digest, last_four, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![id, institution, key.environment(), key.kind(), key.digest(), key.last_four(), now];
    connection.execute(sql, values).await?;
    Ok(())
}

/// How many of the workspace's keys of this kind were neither rotated nor revoked.
///
/// # Errors
/// [`StoreError`].
pub async fn count_current_keys(connection: &mut Connection, institution: InstitutionId, environment: Environment, kind: KeyKind) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS total FROM api_keys
               WHERE institution_id = $1 AND environment = $2 AND kind = $3 AND ends_at IS NULL AND revoked_at IS NULL";
    connection.fetch_optional(sql, params![institution, environment, kind]).await?.map_or(Ok(0), |row| row.get("total"))
}

fn read_key(row: &Row) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        id: row.parse("id")?,
        environment: row.parse("environment")?,
        kind: row.parse("kind")?,
        last_four: row.get("last_four")?,
        created_at: row.time("created_at")?,
        last_used_at: row.time_optional("last_used_at")?,
        ends_at: row.time_optional("ends_at")?,
        revoked_at: row.time_optional("revoked_at")?,
    })
}

/// The workspace's newest keys, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_keys(connection: &mut Connection, institution: InstitutionId, limit: u32) -> Result<Vec<KeyRow>, StoreError> {
    let sql = "SELECT id, environment, kind, last_four, created_at, last_used_at, ends_at, revoked_at
               FROM api_keys WHERE institution_id = $1 ORDER BY id DESC LIMIT $2";
    connection.fetch_all(sql, params![institution, limit]).await?.iter().map(read_key).collect()
}

/// One of the workspace's keys.
///
/// # Errors
/// [`StoreError`].
pub async fn find_key_by_id(connection: &mut Connection, institution: InstitutionId, id: ApiKeyId) -> Result<Option<KeyRow>, StoreError> {
    let sql = "SELECT id, environment, kind, last_four, created_at, last_used_at, ends_at, revoked_at
               FROM api_keys WHERE institution_id = $1 AND id = $2";
    connection.fetch_optional(sql, params![institution, id]).await?.as_ref().map(read_key).transpose()
}

/// Lets a current key work until `end` only. Returns whether there was one that nobody had ended or revoked before.
///
/// # Errors
/// [`StoreError`].
pub async fn end_key(connection: &mut Connection, institution: InstitutionId, id: ApiKeyId, end: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE api_keys SET ends_at = $3 WHERE institution_id = $1 AND id = $2 AND ends_at IS NULL AND revoked_at IS NULL";
    Ok(connection.execute(sql, params![institution, id, end]).await? == 1)
}

/// Revokes a key at once. Returns whether there was one that was not revoked.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_key(connection: &mut Connection, institution: InstitutionId, id: ApiKeyId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE api_keys SET revoked_at = $3 WHERE institution_id = $1 AND id = $2 AND revoked_at IS NULL";
    Ok(connection.execute(sql, params![institution, id, now]).await? == 1)
}

/// Notes that a key was used, unless that was noted after `noted_before` already.
///
/// # Errors
/// [`StoreError`].
pub async fn touch_key(connection: &mut Connection, id: ApiKeyId, now: Timestamp, noted_before: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)";
    connection.execute(sql, params![id, now, noted_before]).await?;
    Ok(())
}
