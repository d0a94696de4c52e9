//! Issuer keys as stored.

use passid_api::environment::Environment;
use passid_api::jws::KeyPurpose;
use passid_api::time::Timestamp;

use super::{Connection, StoreError};
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
    /// Whether it signs no more.
    pub retired: bool,
}

/// Every key, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn all(connection: &mut Connection) -> Result<Vec<StoredKey>, StoreError> {
    let sql = "SELECT kid, environment, purpose, public_key, sealed_key, retired_at FROM issuer_keys ORDER BY created_at, kid";
    let rows = connection.fetch_all(sql, params![]).await?;
    rows.iter()
        .map(|row| {
            Ok(StoredKey {
                kid: row.get("kid")?,
                environment: row.parse("environment")?,
                purpose: row.parse("purpose")?,
                public_key: row.get::<Vec<u8>>("public_key")?.try_into().map_err(|_| StoreError::Corrupt("issuer key"))?,
                sealed_key: row.get("sealed_key")?,
                retired: row.get::<Option<i64>>("retired_at")?.is_some(),
            })
        })
        .collect()
}

/// Stores keys for which there is no current one yet.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_missing(connection: &mut Connection, keys: Vec<StoredKey>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO issuer_keys (kid, environment, purpose, public_key, sealed_key, created_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT DO NOTHING";
    for key in keys {
        connection.execute(sql, params![key.kid, key.environment, key.purpose, key.public_key, key.sealed_key, now]).await?;
    }
    Ok(())
}
