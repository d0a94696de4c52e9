//! Shares as stored: codes as keyed digests, the presentation sealed and gone once it is used or withdrawn.

use std::collections::{BTreeMap, BTreeSet};

use passid_api::agreement::ShareNonce;
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, ShareId, UserId};
use passid_api::permission::PermissionSet;
use passid_api::predicate::Predicate;
use passid_api::share::{ShareState, ShareView};
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// A share about to be stored.
pub struct NewShare {
    /// Its identifier.
    pub id: ShareId,
    /// Its maker.
    pub user: UserId,
    /// Its environment.
    pub environment: Environment,
    /// Digest of the 12-character code.
    pub code_digest: [u8; 32],
    /// Digest of the 16-character token.
    pub token_digest: [u8; 32],
    /// The one institution that may redeem it.
    pub audience: Option<InstitutionId>,
    /// Makes it unlike any other.
    pub nonce: ShareNonce,
    /// What it discloses.
    pub permissions: PermissionSet,
    /// What it proves.
    pub predicates: Vec<Predicate>,
    /// The sealed presentation.
    pub sealed_content: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A share as redemption sees it.
#[derive(Clone)]
pub struct StoredShare {
    /// Its identifier.
    pub id: ShareId,
    /// Its maker.
    pub user: UserId,
    /// The one institution that may redeem it.
    pub audience: Option<InstitutionId>,
    /// What it proves.
    pub predicates: Vec<Predicate>,
    /// The sealed presentation, until used or withdrawn.
    pub sealed_content: Option<Vec<u8>>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
    /// When it was redeemed.
    pub used_at: Option<Timestamp>,
    /// Whether it is one of the sandbox's documented tokens, which may be redeemed again and again.
    pub is_fixture: bool,
}

/// What came of withdrawing a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeBack {
    /// It is withdrawn, now or earlier.
    Revoked,
    /// It was redeemed first.
    AlreadyUsed,
    /// The holder has no such share.
    NotFound,
}

/// Stores a share.
///
/// # Errors
/// [`StoreError::Duplicate`] when a code is taken, which random codes make next to impossible.
pub async fn insert(connection: &mut Connection, share: NewShare) -> Result<(), StoreError> {
    let sql = "INSERT INTO shares (id, user_id, environment, code_digest, token_digest, audience, nonce, permissions, predicates, sealed_content, \
               expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_| StoreError::Corrupt("share"));
    let values = params![
        share.id,
        share.user,
        share.environment,
        share.code_digest,
        share.token_digest,
        share.audience,
        String::from(share.nonce),
        json(serde_json::to_string(&share.permissions))?,
        json(serde_json::to_string(&share.predicates))?,
        share.sealed_content,
        share.expires_at,
        share.created_at
    ];
    connection.execute(sql, values).await?;
    Ok(())
}

/// The share under this code or token digest.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_digest(connection: &mut Connection, environment: Environment, digest: [u8; 32]) -> Result<Option<StoredShare>, StoreError> {
    let sql = "SELECT id, user_id, audience, predicates, sealed_content, expires_at, revoked_at, used_at, fixture FROM shares \
               WHERE (code_digest = $1 OR token_digest = $1) AND environment = $2";
    connection.fetch_optional(sql, params![digest, environment]).await?.as_ref().map(read).transpose()
}

/// The shares under these code or token digests, each beside what was asked for it; those that are not there are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn find_each(connection: &mut Connection, asked: &[(Environment, [u8; 32])]) -> Result<Vec<((Environment, [u8; 32]), StoredShare)>, StoreError> {
    let sql = "WITH asked (world, digest) AS (VALUES ($1, $2)) \
               SELECT world, digest, id, user_id, audience, predicates, sealed_content, expires_at, revoked_at, used_at, fixture \
               FROM asked JOIN shares ON (code_digest = digest OR token_digest = digest) AND environment = world";
    let rows = asked.iter().map(|(environment, digest)| params![*environment, *digest]).collect();
    let found = connection.fetch_each(sql, rows, params![]).await?;
    found.iter().map(|row| Ok(((row.parse("world")?, row.digest("digest")?), read(row)?))).collect()
}

fn read(row: &Row) -> Result<StoredShare, StoreError> {
    Ok(StoredShare {
        id: row.parse("id")?,
        user: row.parse("user_id")?,
        audience: row.parse_optional("audience")?,
        predicates: row.json("predicates")?,
        sealed_content: row.get("sealed_content")?,
        expires_at: row.time("expires_at")?,
        revoked_at: row.time_optional("revoked_at")?,
        used_at: row.time_optional("used_at")?,
        is_fixture: row.get::<Option<String>>("fixture")?.is_some(),
    })
}

/// Stores one of the sandbox's documented tokens in place of an earlier edition of it.
///
/// # Errors
/// [`StoreError`].
pub async fn put_fixture(
    connection: &mut Connection,
    share: NewShare,
    name: &'static str,
    revoked_at: Option<Timestamp>,
    used_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let id = share.id;
    connection.execute("DELETE FROM shares WHERE fixture = $1", params![name]).await?;
    insert(connection, share).await?;
    connection.execute("UPDATE shares SET fixture = $2, revoked_at = $3, used_at = $4 WHERE id = $1", params![id, name, revoked_at, used_at]).await?;
    Ok(())
}

/// When this edition of a documented token was made, if it was.
///
/// # Errors
/// [`StoreError`].
pub async fn fixture_made_at(connection: &mut Connection, name: &'static str, nonce: ShareNonce) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT created_at FROM shares WHERE fixture = $1 AND nonce = $2";
    connection.fetch_optional(sql, params![name, String::from(nonce)]).await?.map(|row| row.time("created_at")).transpose()
}

/// Takes the share for the institution; false when somebody else did. Its content goes with it.
///
/// # Errors
/// [`StoreError`].
pub async fn take(connection: &mut Connection, id: ShareId, institution: InstitutionId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE shares SET used_at = $2, used_by = $3, sealed_content = NULL \
               WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2";
    Ok(connection.execute(sql, params![id, now, institution]).await? == 1)
}

/// Takes those of the shares, each for the institution beside it, that nothing speaks against: they are unused, their holder is on no
/// list and has a credential that is in force. Returns them.
///
/// # Errors
/// [`StoreError`].
pub async fn take_unobjected(connection: &mut Connection, wanted: &BTreeMap<ShareId, InstitutionId>, now: Timestamp) -> Result<BTreeSet<ShareId>, StoreError> {
    let sql = "WITH wanted (share, institution) AS (VALUES ($1, $2)) \
               UPDATE shares SET used_at = $3, used_by = institution, sealed_content = NULL FROM wanted \
               WHERE id = share AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $3 \
               AND EXISTS (SELECT 1 FROM wallet_users WHERE wallet_users.id = shares.user_id AND sanctions_match = 0) \
               AND EXISTS (SELECT 1 FROM credentials WHERE credentials.user_id = shares.user_id AND credentials.revoked_at IS NULL \
               AND credentials.expires_at > $3) RETURNING id";
    let rows = wanted.iter().map(|(share, institution)| params![*share, *institution]).collect();
    connection.fetch_each(sql, rows, params![now]).await?.iter().map(|row| row.parse("id")).collect()
}

/// Withdraws the holder's own share unless it was redeemed.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke(connection: &mut Connection, user: UserId, id: ShareId, now: Timestamp) -> Result<TakeBack, StoreError> {
    let sql = "UPDATE shares SET revoked_at = COALESCE(revoked_at, $3), sealed_content = NULL WHERE id = $1 AND user_id = $2 AND used_at IS NULL";
    if connection.execute(sql, params![id, user, now]).await? == 1 {
        return Ok(TakeBack::Revoked);
    }
    let exists = connection.fetch_optional("SELECT id FROM shares WHERE id = $1 AND user_id = $2", params![id, user]).await?;
    Ok(if exists.is_some() { TakeBack::AlreadyUsed } else { TakeBack::NotFound })
}

/// Removes every share of a holder.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_all(connection: &mut Connection, user: UserId) -> Result<(), StoreError> {
    connection.execute("DELETE FROM shares WHERE user_id = $1", params![user]).await.map(drop)
}

/// The holder's shares, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn history(connection: &mut Connection, user: UserId, now: Timestamp) -> Result<Vec<ShareView>, StoreError> {
    let sql = "SELECT s.id, s.audience, s.permissions, s.expires_at, s.created_at, s.revoked_at, s.used_at, i.name AS used_by_name FROM shares s \
               LEFT JOIN institutions i ON i.id = s.used_by \
               WHERE s.user_id = $1 ORDER BY s.id DESC LIMIT 200";
    connection.fetch_all(sql, params![user]).await?.iter().map(|row| view(row, now)).collect()
}

fn view(row: &Row, now: Timestamp) -> Result<ShareView, StoreError> {
    let (expires_at, used_at) = (row.time("expires_at")?, row.time_optional("used_at")?);
    let status = if used_at.is_some() {
        ShareState::Used
    } else if row.time_optional("revoked_at")?.is_some() {
        ShareState::Revoked
    } else if expires_at <= now {
        ShareState::Expired
    } else {
        ShareState::Active
    };
    let permissions: PermissionSet = row.json("permissions")?;
    Ok(ShareView {
        share_id: row.parse("id")?,
        status,
        permissions,
        audience: row.parse_optional("audience")?,
        created_at: row.time("created_at")?,
        expires_at,
        used_at,
        used_by: row.get("used_by_name")?,
    })
}
