//! Workspaces and their users; keys and sign-ins beside them.

mod keys;
mod origins;
mod sign_ins;
mod team;

use zeroize::Zeroizing;

use passid_api::ids::{InstitutionId, InstitutionUserId};
use passid_api::institution::{InstitutionView, Role};
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

pub use keys::{KeyOwner, KeyRow, count_current_keys, end_key, find_key, find_key_by_id, find_keys, insert_key, list_keys, revoke_key, touch_key};
pub use origins::{OriginRow, any_workspace_allows, list_origins, replace_origins, workspace_allows};
pub use sign_ins::{
    Family, FamilyInUse, NewFamily, begin_family, consume_token, find_family, revoke_family_of_consumed, revoke_family_of_token, touch_family, use_family,
};
pub use team::{
    InvitationRow, MemberRow, count_members, find_invitation, insert_invitation, list_invitations, list_members, remove_member, role_of, set_role,
    take_invitation, withdraw_invitation,
};

/// A user with what its password is checked against.
pub struct UserRow {
    /// The user.
    pub id: InstitutionUserId,
    /// Its workspace.
    pub institution: InstitutionId,
    /// What it may do there.
    pub role: Role,
    /// The password's hash in the PHC string format.
    pub password_hash: Zeroizing<String>,
}

fn read_institution(row: &Row) -> Result<InstitutionView, StoreError> {
    Ok(InstitutionView { id: row.parse("id")?, name: row.get("name")?, live_enabled: row.flag("live_enabled")?, created_at: row.time("created_at")? })
}

/// The workspace with this identifier.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, id: InstitutionId) -> Result<Option<InstitutionView>, StoreError> {
    let sql = "SELECT id, name, live_enabled, created_at FROM institutions WHERE id = $1";
    connection.fetch_optional(sql, params![id]).await?.as_ref().map(read_institution).transpose()
}

/// Writes a new workspace.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, institution: &InstitutionView) -> Result<(), StoreError> {
    let sql = "INSERT INTO institutions (id, name, live_enabled, created_at) VALUES ($1, $2, $3, $4)";
    let values = params![institution.id, institution.name.as_str(), institution.live_enabled, institution.created_at];
    connection.execute(sql, values).await?;
    Ok(())
}

/// Enables live mode. Returns whether it was disabled before.
///
/// # Errors
/// [`StoreError`].
pub async fn enable_live(connection: &mut Connection, id: InstitutionId) -> Result<bool, StoreError> {
    let sql = "UPDATE institutions SET live_enabled = 1 WHERE id = $1 AND live_enabled = 0";
    Ok(connection.execute(sql, params![id]).await? == 1)
}

/// Writes a new user, unless one with this address exists. Returns whether it was written.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_user(connection: &mut Connection, user: &UserRow, email: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO institution_users (id, institution_id, role, email, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (email) DO NOTHING";
    let values = params![user.id, user.institution, user.role, email, user.password_hash.as_str(), now];
    Ok(connection.execute(sql, values).await? == 1)
}

/// The user with this address, unless it was removed.
///
/// # Errors
/// [`StoreError`].
pub async fn find_user(connection: &mut Connection, email: &str) -> Result<Option<UserRow>, StoreError> {
    let sql = "SELECT id, institution_id, role, password_hash FROM institution_users WHERE email = $1 AND removed_at IS NULL";
    let Some(row) = connection.fetch_optional(sql, params![email]).await? else { return Ok(None) };
    let password_hash = Zeroizing::new(row.get("password_hash")?);
    Ok(Some(UserRow { id: row.parse("id")?, institution: row.parse("institution_id")?, role: row.parse("role")?, password_hash }))
}
