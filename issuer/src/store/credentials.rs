//! Credentials as the issuer keeps them: where the leaf is, never the claims.

use passid_api::environment::Environment;
use passid_api::ids::{BankLinkId, CredentialId, UserId};
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// A credential.
pub struct StoredCredential {
    /// Its identifier.
    pub id: CredentialId,
    /// Whose it is.
    pub user: UserId,
    /// The bank connection it rests on.
    pub link: BankLinkId,
    /// Its environment.
    pub environment: Environment,
    /// Its leaf.
    pub leaf_index: u64,
    /// SHA-256 over the transactions that were read.
    pub evidence_digest: [u8; 32],
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was revoked or replaced.
    pub revoked_at: Option<Timestamp>,
}

fn read(row: &Row) -> Result<StoredCredential, StoreError> {
    Ok(StoredCredential {
        id: row.parse("id")?,
        user: row.parse("user_id")?,
        link: row.parse("link_id")?,
        environment: row.parse("environment")?,
        leaf_index: u64::try_from(row.get::<i64>("leaf_index")?).map_err(|_| StoreError::Corrupt("leaf index"))?,
        evidence_digest: row.get::<Vec<u8>>("evidence_digest")?.try_into().map_err(|_| StoreError::Corrupt("evidence digest"))?,
        issued_at: row.time("issued_at")?,
        expires_at: row.time("expires_at")?,
        revoked_at: row.time_optional("revoked_at")?,
    })
}

/// Stores a fresh credential.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, credential: &StoredCredential) -> Result<(), StoreError> {
    let sql = "INSERT INTO credentials (id, user_id, link_id, environment, leaf_index, evidence_digest, issued_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let leaf_index = i64::try_from(credential.leaf_index).map_err(|_| StoreError::Corrupt("leaf index"))?;
    let values = params![
        credential.id,
        credential.user,
        credential.link,
        credential.environment,
        leaf_index,
        credential.evidence_digest,
        credential.issued_at,
        credential.expires_at
    ];
    connection.execute(sql, values).await?;
    Ok(())
}

/// The holder's own credential.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, user: UserId, id: CredentialId) -> Result<Option<StoredCredential>, StoreError> {
    let sql = "SELECT id, user_id, link_id, environment, leaf_index, evidence_digest, issued_at, expires_at, revoked_at FROM credentials \
               WHERE id = $1 AND user_id = $2";
    connection.fetch_optional(sql, params![id, user]).await?.as_ref().map(read).transpose()
}

/// The holder's credentials, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(connection: &mut Connection, user: UserId) -> Result<Vec<StoredCredential>, StoreError> {
    let sql = "SELECT id, user_id, link_id, environment, leaf_index, evidence_digest, issued_at, expires_at, revoked_at FROM credentials \
               WHERE user_id = $1 ORDER BY id DESC LIMIT 100";
    connection.fetch_all(sql, params![user]).await?.iter().map(read).collect()
}

/// Marks the holder's credentials that are not revoked yet as revoked, and returns their leaves.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_all(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Vec<u64>, StoreError> {
    let sql = "UPDATE credentials SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL RETURNING leaf_index";
    let rows = connection.fetch_all(sql, params![user, now]).await?;
    rows.iter().map(|row| u64::try_from(row.get::<i64>("leaf_index")?).map_err(|_| StoreError::Corrupt("leaf index"))).collect()
}

/// Whether the holder has a credential that is neither revoked nor past its end.
///
/// # Errors
/// [`StoreError`].
pub async fn has_active(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM credentials WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 LIMIT 1";
    Ok(connection.fetch_optional(sql, params![user, now]).await?.is_some())
}

/// Erases what the holder's credentials rested on. Their leaves stay in the tree, zeroed.
///
/// # Errors
/// [`StoreError`].
pub async fn erase_evidence(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    connection.execute("UPDATE credentials SET evidence_digest = $2 WHERE user_id = $1", params![user, [0_u8; 32]]).await.map(drop)
}
