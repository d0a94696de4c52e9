//! Holders' wallet accounts and the challenges they sign.

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// A wallet account.
pub struct WalletUser {
    /// Its identifier.
    pub id: UserId,
    /// Its environment.
    pub environment: Environment,
    /// Decimal field element.
    pub holder_commitment: String,
    /// Whether a sanctions list matched; nothing of the account is relied on then.
    pub sanctions_match: bool,
    /// How often the account has moved to another device.
    pub device_generation: i64,
}

fn read(row: &Row) -> Result<WalletUser, StoreError> {
    Ok(WalletUser {
        id: row.parse("id")?,
        environment: row.parse("environment")?,
        holder_commitment: row.get("holder_commitment")?,
        sanctions_match: row.flag("sanctions_match")?,
        device_generation: row.get("device_generation")?,
    })
}

/// Stores a challenge for a device key, and forgets those that have ended.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_challenge(
    connection: &mut Connection,
    digest: [u8; 32],
    device_key: [u8; 32],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    connection.execute("DELETE FROM wallet_challenges WHERE expires_at <= $1", params![now]).await?;
    let sql = "INSERT INTO wallet_challenges (digest, device_key, expires_at) VALUES ($1, $2, $3)";
    connection.execute(sql, params![digest, device_key, expires_at]).await?;
    Ok(())
}

/// Takes a challenge away; true when it was there, for this key, and not over. It answers once.
///
/// # Errors
/// [`StoreError`].
pub async fn take_challenge(connection: &mut Connection, digest: [u8; 32], device_key: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let sql = "DELETE FROM wallet_challenges WHERE digest = $1 AND device_key = $2 AND expires_at > $3";
    Ok(connection.execute(sql, params![digest, device_key, now]).await? == 1)
}

/// Stores a new account.
///
/// # Errors
/// [`StoreError::Duplicate`] when the device key or the commitment is registered.
pub async fn insert(connection: &mut Connection, user: &WalletUser, device_key: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO wallet_users (id, environment, device_key, holder_commitment, created_at) VALUES ($1, $2, $3, $4, $5)";
    connection.execute(sql, params![user.id, user.environment, device_key, user.holder_commitment.as_str(), now]).await?;
    Ok(())
}

/// The account of a device key.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_device_key(connection: &mut Connection, device_key: [u8; 32]) -> Result<Option<WalletUser>, StoreError> {
    let sql = "SELECT id, environment, holder_commitment, sanctions_match, device_generation FROM wallet_users WHERE device_key = $1 AND erased_at IS NULL";
    connection.fetch_optional(sql, params![device_key]).await?.as_ref().map(read).transpose()
}

/// An account.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, id: UserId) -> Result<Option<WalletUser>, StoreError> {
    let sql = "SELECT id, environment, holder_commitment, sanctions_match, device_generation FROM wallet_users WHERE id = $1 AND erased_at IS NULL";
    connection.fetch_optional(sql, params![id]).await?.as_ref().map(read).transpose()
}

/// What a request of a wallet needs to know of its account.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Whether a sanctions list matched.
    pub sanctions_match: bool,
    /// How often the account has moved to another device.
    pub device_generation: i64,
    /// When the last of its credentials ends that was not revoked.
    pub credential_until: Option<Timestamp>,
}

/// How these accounts stand; those that are not there are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn standings(connection: &mut Connection, ids: &[UserId]) -> Result<Vec<(UserId, Standing)>, StoreError> {
    let sql = "SELECT id, sanctions_match, device_generation,
               (SELECT MAX(expires_at) FROM credentials WHERE user_id = wallet_users.id AND revoked_at IS NULL) AS credential_until
               FROM wallet_users WHERE id IN (VALUES ($1)) AND erased_at IS NULL";
    let found = connection.fetch_each(sql, ids.iter().map(|id| params![*id]).collect(), params![]).await?;
    let read = |row: &Row| {
        let standing = Standing {
            sanctions_match: row.flag("sanctions_match")?,
            device_generation: row.get("device_generation")?,
            credential_until: row.time_optional("credential_until")?,
        };
        Ok((row.parse("id")?, standing))
    };
    found.iter().map(read).collect()
}

/// Records whether a sanctions list matches the holder.
///
/// # Errors
/// [`StoreError`].
pub async fn set_sanctions_match(connection: &mut Connection, id: UserId, matched: bool) -> Result<(), StoreError> {
    connection.execute("UPDATE wallet_users SET sanctions_match = $2 WHERE id = $1", params![id, matched]).await?;
    Ok(())
}

/// Sets the key that the account's backups carry, in place of the one before.
///
/// # Errors
/// [`StoreError::Duplicate`] when another account has this key.
pub async fn set_recovery_key(connection: &mut Connection, user: UserId, recovery_key: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO wallet_recovery_keys (user_id, recovery_key, created_at) VALUES ($1, $2, $3) \
               ON CONFLICT (user_id) DO UPDATE SET recovery_key = excluded.recovery_key, created_at = excluded.created_at";
    connection.execute(sql, params![user, recovery_key, now]).await?;
    Ok(())
}

/// Forgets the account's recovery key: its backups no longer move it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_recovery_key(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM wallet_recovery_keys WHERE user_id = $1", params![user]).await?;
    Ok(())
}

/// The account whose backups carry this key.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_recovery_key(connection: &mut Connection, recovery_key: [u8; 32]) -> Result<Option<WalletUser>, StoreError> {
    let sql = "SELECT u.id, u.environment, u.holder_commitment, u.sanctions_match, u.device_generation FROM wallet_users u \
               JOIN wallet_recovery_keys k ON k.user_id = u.id WHERE k.recovery_key = $1";
    connection.fetch_optional(sql, params![recovery_key]).await?.as_ref().map(read).transpose()
}

/// Binds an account to another device and commitment, and begins the next generation of tokens.
///
/// # Errors
/// [`StoreError::Duplicate`] when the device key or the commitment belongs to another account.
pub async fn rebind(connection: &mut Connection, id: UserId, device_key: [u8; 32], holder_commitment: &str) -> Result<(), StoreError> {
    let sql = "UPDATE wallet_users SET device_key = $2, holder_commitment = $3, device_generation = device_generation + 1 WHERE id = $1";
    connection.execute(sql, params![id, device_key, holder_commitment]).await?;
    Ok(())
}

/// Erases an account: `nothing` takes the device key's place, so that the same device can begin anew. Returns whether it was there.
///
/// # Errors
/// [`StoreError`].
pub async fn erase(connection: &mut Connection, id: UserId, nothing: [u8; 32], now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE wallet_users SET device_key = $2, holder_commitment = 'erased ' || id, sanctions_match = 0, erased_at = $3
               WHERE id = $1 AND erased_at IS NULL";
    Ok(connection.execute(sql, params![id, nothing, now]).await? == 1)
}

/// An account's environment, also when it was erased.
///
/// # Errors
/// [`StoreError`].
pub async fn environment(connection: &mut Connection, id: UserId) -> Result<Option<Environment>, StoreError> {
    let sql = "SELECT environment FROM wallet_users WHERE id = $1";
    connection.fetch_optional(sql, params![id]).await?.map(|row| row.parse("environment")).transpose()
}
