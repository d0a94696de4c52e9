//! Sign-ins of institution users: families of refresh tokens, of which only the newest counts.

use passid_api::ids::{InstitutionId, InstitutionUserId};
use passid_api::institution::Role;
use passid_api::time::Timestamp;

use crate::params;
use crate::store::{Connection, Row, StoreError};

/// A sign-in about to begin.
pub struct NewFamily<'a> {
    /// Its identifier.
    pub id: &'a str,
    /// The workspace.
    pub institution: InstitutionId,
    /// Who signed in.
    pub user: InstitutionUserId,
    /// When it ends, however often its token is rotated.
    pub expires_at: Timestamp,
}

/// A sign-in in use.
pub struct Family {
    /// Its identifier.
    pub id: String,
    /// The workspace.
    pub institution: InstitutionId,
    /// Who signed in.
    pub user: InstitutionUserId,
}

/// A sign-in in use, with what its user may do now.
pub struct FamilyInUse {
    /// The sign-in.
    pub family: Family,
    /// The user's role.
    pub role: Role,
    /// When its use was last noted.
    pub last_used_at: Timestamp,
}

fn read_family(row: &Row) -> Result<Family, StoreError> {
    Ok(Family { id: row.get("id")?, institution: row.parse("institution_id")?, user: row.parse("user_id")? })
}

/// Begins a sign-in with its first token.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_family(connection: &mut Connection, family: &NewFamily<'_>, token: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO refresh_families (id, institution_id, user_id, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)";
    let values = params![family.id, family.institution, family.user, now, family.expires_at];
    connection.execute(sql, values).await?;
    insert_token(connection, family.id, token).await
}

async fn insert_token(connection: &mut Connection, family: &str, token: [u8; 32]) -> Result<(), StoreError> {
    connection.execute("INSERT INTO refresh_tokens (digest, family_id) VALUES ($1, $2)", params![token, family]).await?;
    Ok(())
}

/// Locks the family of `token` for the transaction and returns it, if the token is known, the family neither ended nor revoked, and
/// its user still of the workspace.
///
/// # Errors
/// [`StoreError`].
pub async fn use_family(connection: &mut Connection, token: [u8; 32], now: Timestamp) -> Result<Option<Family>, StoreError> {
    let sql = "UPDATE refresh_families SET last_used_at = $2
               WHERE id = (SELECT family_id FROM refresh_tokens WHERE digest = $1) AND revoked_at IS NULL AND expires_at > $2
               AND user_id IN (SELECT id FROM institution_users WHERE removed_at IS NULL)
               RETURNING id, institution_id, user_id";
    connection.fetch_optional(sql, params![token, now]).await?.as_ref().map(read_family).transpose()
}

/// The sign-in whose unused token this is, if it is neither ended nor revoked, was used after `idle_since`, and its user is still of
/// the workspace.
///
/// # Errors
/// [`StoreError`].
pub async fn find_family(connection: &mut Connection, token: [u8; 32], now: Timestamp, idle_since: Timestamp) -> Result<Option<FamilyInUse>, StoreError> {
    let sql = "SELECT refresh_families.id, refresh_families.institution_id, refresh_families.user_id, refresh_families.last_used_at,
                      institution_users.role AS role
               FROM refresh_tokens JOIN refresh_families ON refresh_families.id = refresh_tokens.family_id
               JOIN institution_users ON institution_users.id = refresh_families.user_id AND institution_users.removed_at IS NULL
               WHERE refresh_tokens.digest = $1 AND refresh_tokens.consumed_at IS NULL AND refresh_families.revoked_at IS NULL
               AND refresh_families.expires_at > $2 AND refresh_families.last_used_at > $3";
    let row = connection.fetch_optional(sql, params![token, now, idle_since]).await?;
    row.map(|row| Ok(FamilyInUse { family: read_family(&row)?, role: row.parse("role")?, last_used_at: row.time("last_used_at")? })).transpose()
}

/// Notes that a sign-in was used.
///
/// # Errors
/// [`StoreError`].
pub async fn touch_family(connection: &mut Connection, id: &str, now: Timestamp) -> Result<(), StoreError> {
    connection.execute("UPDATE refresh_families SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2", params![id, now]).await?;
    Ok(())
}

/// Exchanges `token` for `successor` inside a family locked by [`use_family`]. Returns whether the token was still unused.
///
/// # Errors
/// [`StoreError`].
pub async fn consume_token(connection: &mut Connection, family: &Family, token: [u8; 32], successor: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let consumed = connection.execute("UPDATE refresh_tokens SET consumed_at = $2 WHERE digest = $1 AND consumed_at IS NULL", params![token, now]).await?;
    if consumed == 1 {
        insert_token(connection, &family.id, successor).await?;
    }
    Ok(consumed == 1)
}

/// Revokes the family of a token that was consumed before: whoever presents it again may have stolen it. Returns the family if it
/// was not revoked yet.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_family_of_consumed(connection: &mut Connection, token: [u8; 32], now: Timestamp) -> Result<Option<Family>, StoreError> {
    let sql = "UPDATE refresh_families SET revoked_at = $2
               WHERE id = (SELECT family_id FROM refresh_tokens WHERE digest = $1 AND consumed_at IS NOT NULL) AND revoked_at IS NULL
               RETURNING id, institution_id, user_id";
    connection.fetch_optional(sql, params![token, now]).await?.as_ref().map(read_family).transpose()
}

/// Revokes the family of a token: its user signs out. Returns the family if it was not revoked yet.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_family_of_token(connection: &mut Connection, token: [u8; 32], now: Timestamp) -> Result<Option<Family>, StoreError> {
    let sql = "UPDATE refresh_families SET revoked_at = $2
               WHERE id = (SELECT family_id FROM refresh_tokens WHERE digest = $1) AND revoked_at IS NULL
               RETURNING id, institution_id, user_id";
    connection.fetch_optional(sql, params![token, now]).await?.as_ref().map(read_family).transpose()
}
