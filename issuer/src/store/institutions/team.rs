//! The people of a workspace, and those invited.

use passid_api::ids::{InstitutionId, InstitutionUserId, InvitationId};
use passid_api::institution::Role;
use passid_api::time::Timestamp;

use crate::params;
use crate::store::{Connection, Row, StoreError};

/// A user as its colleagues see it.
#[derive(Debug)]
pub struct MemberRow {
    /// The user.
    pub id: InstitutionUserId,
    /// Its address.
    pub email: String,
    /// What it may do.
    pub role: Role,
    /// When it joined.
    pub created_at: Timestamp,
    /// When one of its sign-ins was last noted as used.
    pub last_used_at: Option<Timestamp>,
}

/// Somebody invited.
#[derive(Debug)]
pub struct InvitationRow {
    /// The invitation.
    pub id: InvitationId,
    /// Into which workspace.
    pub institution: InstitutionId,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// By whom.
    pub invited_by: InstitutionUserId,
    /// When its link stops working.
    pub expires_at: Timestamp,
}

/// What a user of the workspace may do; nothing for one who is not, or no longer, of it.
///
/// # Errors
/// [`StoreError`].
pub async fn role_of(connection: &mut Connection, institution: InstitutionId, user: InstitutionUserId) -> Result<Option<Role>, StoreError> {
    let sql = "SELECT role FROM institution_users WHERE id = $2 AND institution_id = $1 AND removed_at IS NULL";
    connection.fetch_optional(sql, params![institution, user]).await?.map(|row| row.parse("role")).transpose()
}

/// The workspace's users, in the order in which they joined, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_members(connection: &mut Connection, institution: InstitutionId, limit: u32) -> Result<Vec<MemberRow>, StoreError> {
    let sql = "SELECT id, email, role, created_at,
                      (SELECT MAX(last_used_at) FROM refresh_families WHERE refresh_families.user_id = institution_users.id) AS last_used_at
               FROM institution_users WHERE institution_id = $1 AND removed_at IS NULL ORDER BY id LIMIT $2";
    let read = |row: &Row| {
        let (id, email, role) = (row.parse("id")?, row.get("email")?, row.parse("role")?);
        Ok(MemberRow { id, email, role, created_at: row.time("created_at")?, last_used_at: row.time_optional("last_used_at")? })
    };
    connection.fetch_all(sql, params![institution, limit]).await?.iter().map(read).collect()
}

/// How many users the workspace has, and how many of them are owners.
///
/// # Errors
/// [`StoreError`].
pub async fn count_members(connection: &mut Connection, institution: InstitutionId) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT COUNT(*) AS members, COUNT(CASE WHEN role = 'owner' THEN 1 END) AS owners
               FROM institution_users WHERE institution_id = $1 AND removed_at IS NULL";
    connection.fetch_optional(sql, params![institution]).await?.map_or(Ok((0, 0)), |row| Ok((row.get("members")?, row.get("owners")?)))
}

/// Gives a user of the workspace another role. Returns whether there is such a user.
///
/// # Errors
/// [`StoreError`].
pub async fn set_role(connection: &mut Connection, institution: InstitutionId, user: InstitutionUserId, role: Role) -> Result<bool, StoreError> {
    let sql = "UPDATE institution_users SET role = $3 WHERE id = $2 AND institution_id = $1 AND removed_at IS NULL";
    Ok(connection.execute(sql, params![institution, user, role]).await? == 1)
}

/// Removes a user from the workspace: every sign-in ends, address and password are forgotten, the identifier stays. Returns whether
/// there was such a user.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_member(connection: &mut Connection, institution: InstitutionId, user: InstitutionUserId, now: Timestamp) -> Result<bool, StoreError> {
    // What stands for the address is none, so nobody signs in with it, and the address is free for another invitation.
    let sql = "UPDATE institution_users SET removed_at = $3, email = $4, password_hash = '' WHERE id = $2 AND institution_id = $1 AND removed_at IS NULL";
    if connection.execute(sql, params![institution, user, now, format!("removed:{user}")]).await? == 0 {
        return Ok(false);
    }
    connection.execute("UPDATE refresh_families SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL", params![user, now]).await?;
    Ok(true)
}

/// Writes an invitation; an earlier one to the same address ends.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_invitation(connection: &mut Connection, invitation: &InvitationRow, digest: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let InvitationRow { id, institution, email, role, invited_by, expires_at } = invitation;
    let earlier = "DELETE FROM institution_invitations WHERE institution_id = $1 AND email = $2";
    connection.execute(earlier, params![*institution, email.as_str()]).await?;
    let sql = "INSERT INTO institution_invitations (id, institution_id, email, role, digest, invited_by, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    connection.execute(sql, params![*id, *institution, email.as_str(), *role, digest, *invited_by, now, *expires_at]).await?;
    Ok(())
}

fn read_invitation(row: &Row) -> Result<InvitationRow, StoreError> {
    Ok(InvitationRow {
        id: row.parse("id")?,
        institution: row.parse("institution_id")?,
        email: row.get("email")?,
        role: row.parse("role")?,
        invited_by: row.parse("invited_by")?,
        expires_at: row.time("expires_at")?,
    })
}

/// The workspace's invitations that still work, the newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_invitations(connection: &mut Connection, institution: InstitutionId, now: Timestamp, limit: u32) -> Result<Vec<InvitationRow>, StoreError> {
    let sql = "SELECT id, institution_id, email, role, invited_by, expires_at FROM institution_invitations
               WHERE institution_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT $3";
    connection.fetch_all(sql, params![institution, now, limit]).await?.iter().map(read_invitation).collect()
}

/// The invitation whose link carries this token, if it still works.
///
/// # Errors
/// [`StoreError`].
pub async fn find_invitation(connection: &mut Connection, digest: [u8; 32], now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
    let sql = "SELECT id, institution_id, email, role, invited_by, expires_at FROM institution_invitations WHERE digest = $1 AND expires_at > $2";
    connection.fetch_optional(sql, params![digest, now]).await?.as_ref().map(read_invitation).transpose()
}

/// Takes the invitation whose link carries this token: of two who come at once one gets it.
///
/// # Errors
/// [`StoreError`].
pub async fn take_invitation(connection: &mut Connection, digest: [u8; 32], now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
    let sql = "DELETE FROM institution_invitations WHERE digest = $1 AND expires_at > $2
               RETURNING id, institution_id, email, role, invited_by, expires_at";
    connection.fetch_optional(sql, params![digest, now]).await?.as_ref().map(read_invitation).transpose()
}

/// Withdraws one of the workspace's invitations. Returns whether there was one.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw_invitation(connection: &mut Connection, institution: InstitutionId, id: InvitationId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM institution_invitations WHERE institution_id = $1 AND id = $2";
    Ok(connection.execute(sql, params![institution, id]).await? == 1)
}
