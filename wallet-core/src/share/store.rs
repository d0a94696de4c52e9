//! Shares in the vault: what was offered, and the codes for as long as they open something.

use passid_api::ids::ShareId;
use passid_api::share::{CreateShare, ShareCreated, ShareState, ShareView};
use passid_api::time::Timestamp;
use rusqlite::{Connection, Row, params};

use super::Share;
use crate::vault::VaultError;

pub(super) fn insert(tables: &Connection, account: i64, request: &CreateShare, created: &ShareCreated, now: Timestamp) -> Result<(), VaultError> {
    let permissions = serde_json::to_string(&request.permissions).map_err(|_| VaultError::MALFORMED_VALUE)?;
    tables.execute(
        "INSERT INTO share (id, account, state, permissions, audience, code, token, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET code = excluded.code, token = excluded.token",
        params![
            created.share_id.to_string(),
            account,
            ShareState::Active.as_str(),
            permissions,
            request.audience.map(|id| id.to_string()),
            created.code.to_string(),
            created.token.to_string(),
            now.seconds(),
            created.expires_at.seconds(),
        ],
    )?;
    Ok(())
}

/// Takes over what the issuer says about a share, and wipes its codes once they open nothing.
pub(super) fn update(tables: &Connection, account: i64, view: &ShareView) -> Result<(), VaultError> {
    let permissions = serde_json::to_string(&view.permissions).map_err(|_| VaultError::MALFORMED_VALUE)?;
    tables.execute(
        "INSERT INTO share (id, account, state, permissions, audience, created_at, expires_at, used_at, used_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, used_at = excluded.used_at, used_by = excluded.used_by",
        params![
            view.share_id.to_string(),
            account,
            view.status.as_str(),
            permissions,
            view.audience.map(|id| id.to_string()),
            view.created_at.seconds(),
            view.expires_at.seconds(),
            view.used_at.map(Timestamp::seconds),
            view.used_by.as_deref().map(crate::words::displayable),
        ],
    )?;
    wipe_codes(tables, account)
}

pub(super) fn set_state(tables: &Connection, account: i64, id: ShareId, state: ShareState) -> Result<(), VaultError> {
    tables.execute("UPDATE share SET state = ?3 WHERE account = ?1 AND id = ?2", params![account, id.to_string(), state.as_str()])?;
    wipe_codes(tables, account)
}

/// Notes which shares have ended by now.
pub(super) fn expire(tables: &Connection, account: i64, now: Timestamp) -> Result<(), VaultError> {
    tables.execute("UPDATE share SET state = 'expired' WHERE account = ?1 AND state = 'active' AND expires_at <= ?2", params![account, now.seconds()])?;
    wipe_codes(tables, account)
}

fn wipe_codes(tables: &Connection, account: i64) -> Result<(), VaultError> {
    tables.execute("UPDATE share SET code = NULL, token = NULL WHERE account = ?1 AND state <> 'active'", [account])?;
    Ok(())
}

/// The shares of an account, newest first.
pub(super) fn list(tables: &Connection, account: i64) -> Result<Vec<Share>, VaultError> {
    let mut statement = tables.prepare(
        "SELECT id, state, permissions, audience, code, token, created_at, expires_at, used_at, used_by FROM share WHERE account = ?1
         ORDER BY created_at DESC, id DESC",
    )?;
    let rows = statement.query_map([account], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<Share, VaultError> {
    let malformed = VaultError::MALFORMED_VALUE;
    let text = |index: usize| row.get::<_, String>(index);
    let maybe = |index: usize| row.get::<_, Option<String>>(index);
    let time = |second: i64| Timestamp::from_seconds(second).map_err(|_| malformed);
    Ok(Share {
        id: text(0)?.parse().map_err(|_| malformed)?,
        state: text(1)?.parse().map_err(|_| malformed)?,
        permissions: serde_json::from_str(&text(2)?).map_err(|_| malformed)?,
        audience: maybe(3)?.map(|id| id.parse().map_err(|_| malformed)).transpose()?,
        code: maybe(4)?.map(|code| code.parse().map_err(|_| malformed)).transpose()?,
        token: maybe(5)?.map(|token| token.parse().map_err(|_| malformed)).transpose()?,
        created_at: time(row.get(6)?)?,
        expires_at: time(row.get(7)?)?,
        used_at: row.get::<_, Option<i64>>(8)?.map(time).transpose()?,
        used_by: maybe(9)?,
    })
}
