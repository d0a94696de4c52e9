//! Versions of the sanctions lists. The greatest number is in force.

use passid_api::time::Timestamp;

use super::{Connection, StoreError};
use crate::params;

/// A version without its lists.
pub struct StoredVersion {
    /// Its number, from 1.
    pub version: i64,
    /// SHA-256 over what its lists were read from.
    pub digest: [u8; 32],
    /// When it was loaded.
    pub loaded_at: Timestamp,
    /// When it was loaded last, or found unchanged.
    pub confirmed_at: Timestamp,
}

/// A list of a version.
pub struct StoredList {
    /// Its name, for example `OFAC SDN`.
    pub name: String,
    /// Its edition as shown.
    pub edition: String,
    /// When it was published, where that is known.
    pub published: Option<String>,
    /// Number of its entries.
    pub entries: u64,
    /// Whether it is a part of the published list.
    pub excerpt: bool,
    /// SHA-256 of the content.
    pub digest: [u8; 32],
    /// Its entries as JSON; nothing in versions long out of force.
    pub content: Option<Vec<u8>>,
}

/// The version in force; none when no list was ever loaded.
///
/// # Errors
/// [`StoreError`].
pub async fn latest(connection: &mut Connection) -> Result<Option<StoredVersion>, StoreError> {
    let sql = "SELECT version, digest, loaded_at, confirmed_at FROM sanctions_versions ORDER BY version DESC LIMIT 1";
    let row = connection.fetch_optional(sql, params![]).await?;
    row.map(|row| {
        Ok(StoredVersion {
            version: row.get("version")?,
            digest: row.get::<Vec<u8>>("digest")?.try_into().map_err(|_| StoreError::Corrupt("sanctions version"))?,
            loaded_at: row.time("loaded_at")?,
            confirmed_at: row.time("confirmed_at")?,
        })
    })
    .transpose()
}

/// The lists of a version, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn lists(connection: &mut Connection, version: i64) -> Result<Vec<StoredList>, StoreError> {
    let sql = "SELECT name, edition, published, entries, excerpt, digest, content FROM sanctions_lists WHERE version = $1 ORDER BY name";
    let rows = connection.fetch_all(sql, params![version]).await?;
    rows.iter()
        .map(|row| {
            Ok(StoredList {
                name: row.get("name")?,
                edition: row.get("edition")?,
                published: row.get("published")?,
                entries: u64::try_from(row.get::<i64>("entries")?).map_err(|_| StoreError::Corrupt("sanctions list"))?,
                excerpt: row.flag("excerpt")?,
                digest: row.get::<Vec<u8>>("digest")?.try_into().map_err(|_| StoreError::Corrupt("sanctions list"))?,
                content: row.get("content")?,
            })
        })
        .collect()
}

/// Puts a version in force. `changes` says in JSON what differs from the one before.
///
/// # Errors
/// [`StoreError::Duplicate`] when another took the number meanwhile.
pub async fn insert(connection: &mut Connection, version: &StoredVersion, lists: Vec<StoredList>, changes: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO sanctions_versions (version, digest, loaded_at, confirmed_at, changes) VALUES ($1, $2, $3, $4, $5)";
    connection.execute(sql, params![version.version, version.digest, version.loaded_at, version.confirmed_at, changes]).await?;
    for list in lists {
        let sql = "INSERT INTO sanctions_lists (version, name, edition, published, entries, excerpt, digest, content) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let entries = i64::try_from(list.entries).unwrap_or(i64::MAX);
        let values = params![version.version, list.name, list.edition, list.published, entries, list.excerpt, list.digest, list.content];
        connection.execute(sql, values).await?;
    }
    // The one before stays, for whoever is reading it.
    connection.execute("UPDATE sanctions_lists SET content = NULL WHERE version < $1 AND content IS NOT NULL", params![version.version - 1]).await?;
    Ok(())
}

/// Says that the version in force was found unchanged.
///
/// # Errors
/// [`StoreError`].
pub async fn confirm(connection: &mut Connection, version: i64, now: Timestamp) -> Result<(), StoreError> {
    connection.execute("UPDATE sanctions_versions SET confirmed_at = $2 WHERE version = $1", params![version, now]).await.map(drop)
}
