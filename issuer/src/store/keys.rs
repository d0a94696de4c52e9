//! Issuer keys as stored.

use passid_api::environment::Environment;
use passid_api::jws::KeyPurpose;
use passid_api::time::Timestamp;

use super::{Connection, StoreError, Value};
use crate::params;

/// A signing key, sealed.
pub struct StoredKey {
    /// Its name.
    pub kid: String,
    /// The environment it signs for.
    pub environment: Environment,
    /// What it signs.
    pub purpose: KeyPurpose,
    /// The public half.
    pub public_key: [u8; 32],
    /// The sealed secret half.
    pub sealed_key: Vec<u8>,
    /// From when on it signs.
    pub signs_from: Timestamp,
    /// When it stops signing, if that is known.
    pub retired_at: Option<Timestamp>,
}

/// Every key that is not withdrawn, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn all(connection: &mut Connection) -> Result<Vec<StoredKey>, StoreError> {
    let sql = "SELECT kid, environment, purpose, public_key, sealed_key, signs_from, retired_at FROM issuer_keys \
               WHERE withdrawn_at IS NULL ORDER BY created_at, kid";
    let rows = connection.fetch_all(sql, params![]).await?;
    rows.iter()
        .map(|row| {
            Ok(StoredKey {
                kid: row.get("kid")?,
                environment: row.parse("environment")?,
                purpose: row.parse("purpose")?,
                public_key: row.get::<Vec<u8>>("public_key")?.try_into().map_err(|_| StoreError::Corrupt("issuer key"))?,
                sealed_key: row.get("sealed_key")?,
                signs_from: row.time("signs_from")?,
                retired_at: row.time_optional("retired_at")?,
            })
        })
        .collect()
}

/// Stores keys for which there is no current one yet.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_missing(connection: &mut Connection, keys: Vec<StoredKey>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO issuer_keys (kid, environment, purpose, public_key, sealed_key, signs_from, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    for key in keys {
        connection.execute(sql, values(key, now)).await?;
    }
    Ok(())
}

/// Stores a key.
///
/// # Errors
/// [`StoreError::Duplicate`] when there is one of its name, or another current one.
pub async fn insert(connection: &mut Connection, key: StoredKey, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO issuer_keys (kid, environment, purpose, public_key, sealed_key, signs_from, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    connection.execute(sql, values(key, now)).await.map(drop)
}

fn values(key: StoredKey, now: Timestamp) -> Vec<Value> {
    params![key.kid, key.environment, key.purpose, key.public_key, key.sealed_key, key.signs_from, now]
}

/// Says when the present key of a purpose stops signing. Returns from when on it signs, or nothing when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn end_current(connection: &mut Connection, environment: Environment, purpose: KeyPurpose, ends: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let sql = "UPDATE issuer_keys SET retired_at = $3 WHERE environment = $1 AND purpose = $2 AND retired_at IS NULL RETURNING signs_from";
    connection.fetch_optional(sql, params![environment, purpose, ends]).await?.map(|row| row.time("signs_from")).transpose()
}

/// Publishes a key no more.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw(connection: &mut Connection, kid: &str, now: Timestamp) -> Result<(), StoreError> {
    connection.execute("UPDATE issuer_keys SET withdrawn_at = $2 WHERE kid = $1", params![kid, now]).await.map(drop)
}
