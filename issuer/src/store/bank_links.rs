//! Bank connections as stored: consent state, tokens and the declared name are sealed.

use passid_api::ids::{BankLinkId, UserId};
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;

use super::{Connection, Row, StoreError};
use crate::params;

/// A bank connection.
pub struct StoredLink {
    /// Its identifier.
    pub id: BankLinkId,
    /// Whose it is.
    pub user: UserId,
    /// The bank.
    pub provider: String,
    /// Where it stands.
    pub status: BankLinkStatus,
    /// The sealed linking in progress.
    pub sealed_pending: Option<Vec<u8>>,
    /// The sealed right to read.
    pub sealed_tokens: Option<Vec<u8>>,
    /// The sealed name the holder declared.
    pub sealed_name: Vec<u8>,
    /// When the linking, or the consent, ends.
    pub expires_at: Timestamp,
    /// When the holder last said that the bank may be read.
    pub confirmed_at: Option<Timestamp>,
}

/// A withdrawal the bank has not heard of yet.
pub struct Withdrawal {
    /// The link.
    pub id: BankLinkId,
    /// The bank.
    pub provider: String,
    /// The sealed identifier of the consent.
    pub sealed: Vec<u8>,
    /// How often the bank was told in vain.
    pub attempts: i64,
}

fn read(row: &Row) -> Result<StoredLink, StoreError> {
    Ok(StoredLink {
        id: row.parse("id")?,
        user: row.parse("user_id")?,
        provider: row.get("provider")?,
        status: row.parse("status")?,
        sealed_pending: row.get("sealed_pending")?,
        sealed_tokens: row.get("sealed_tokens")?,
        sealed_name: row.get("sealed_name")?,
        expires_at: row.time("expires_at")?,
        confirmed_at: row.time_optional("confirmed_at")?,
    })
}

/// Stores a linking that waits for the holder; `state_digest` finds it when the holder comes back.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, link: &StoredLink, state_digest: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO bank_links (id, user_id, provider, status, state_digest, sealed_pending, sealed_name, expires_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = params![
        link.id,
        link.user,
        link.provider.as_str(),
        link.status,
        state_digest,
        link.sealed_pending.clone(),
        link.sealed_name.clone(),
        link.expires_at,
        now
    ];
    connection.execute(sql, values).await?;
    Ok(())
}

/// The holder's own link.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, user: UserId, id: BankLinkId) -> Result<Option<StoredLink>, StoreError> {
    let sql = "SELECT id, user_id, provider, status, sealed_pending, sealed_tokens, sealed_name, expires_at, confirmed_at FROM bank_links \
               WHERE id = $1 AND user_id = $2";
    connection.fetch_optional(sql, params![id, user]).await?.as_ref().map(read).transpose()
}

/// The holder's links, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(connection: &mut Connection, user: UserId) -> Result<Vec<StoredLink>, StoreError> {
    let sql = "SELECT id, user_id, provider, status, sealed_pending, sealed_tokens, sealed_name, expires_at, confirmed_at FROM bank_links \
               WHERE user_id = $1 ORDER BY id DESC LIMIT 100";
    connection.fetch_all(sql, params![user]).await?.iter().map(read).collect()
}

/// Takes the linking that waits under this state: it answers once, so a second return with the same state finds nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn take_pending(connection: &mut Connection, state_digest: [u8; 32]) -> Result<Option<StoredLink>, StoreError> {
    let sql = "UPDATE bank_links SET state_digest = NULL WHERE state_digest = $1 \
               RETURNING id, user_id, provider, status, sealed_pending, sealed_tokens, sealed_name, expires_at, confirmed_at";
    connection.fetch_optional(sql, params![state_digest]).await?.as_ref().map(read).transpose()
}

/// Stores the right to read, and that the holder agreed.
///
/// # Errors
/// [`StoreError`].
pub async fn authorise(connection: &mut Connection, id: BankLinkId, sealed_tokens: Vec<u8>, expires_at: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE bank_links SET status = $2, sealed_pending = NULL, sealed_tokens = $3, expires_at = $4, confirmed_at = $5 WHERE id = $1";
    connection.execute(sql, params![id, BankLinkStatus::Authorised, sealed_tokens, expires_at, now]).await?;
    Ok(())
}

/// Notes that the holder says again that the bank may be read; whether there was such a link of theirs.
///
/// # Errors
/// [`StoreError`].
pub async fn confirm(connection: &mut Connection, user: UserId, id: BankLinkId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE bank_links SET confirmed_at = $3 WHERE id = $1 AND user_id = $2 AND status = $4 AND expires_at > $3";
    Ok(connection.execute(sql, params![id, user, now, BankLinkStatus::Authorised]).await? > 0)
}

/// Notes that the bank has to be told of the withdrawal.
///
/// # Errors
/// [`StoreError`].
pub async fn set_withdrawal(connection: &mut Connection, id: BankLinkId, sealed: Vec<u8>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE bank_links SET sealed_withdrawal = $2, withdrawal_attempts = 0, withdrawal_due_at = $3 WHERE id = $1";
    connection.execute(sql, params![id, sealed, now]).await?;
    Ok(())
}

/// Takes the withdrawals that are due, and puts each off to `again_at` in case nobody reports back.
///
/// # Errors
/// [`StoreError`].
pub async fn take_withdrawals(connection: &mut Connection, now: Timestamp, again_at: Timestamp) -> Result<Vec<Withdrawal>, StoreError> {
    let sql = "UPDATE bank_links SET withdrawal_attempts = withdrawal_attempts + 1, withdrawal_due_at = $2 \
               WHERE id IN (SELECT id FROM bank_links WHERE withdrawal_due_at IS NOT NULL AND withdrawal_due_at <= $1 ORDER BY withdrawal_due_at LIMIT 20) \
               RETURNING id, provider, sealed_withdrawal, withdrawal_attempts";
    let rows = connection.fetch_all(sql, params![now, again_at]).await?;
    let read = |row: &Row| {
        Ok(Withdrawal {
            id: row.parse("id")?,
            provider: row.get("provider")?,
            sealed: row.get("sealed_withdrawal")?,
            attempts: row.get("withdrawal_attempts")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Notes that the bank knows, or when to tell it again.
///
/// # Errors
/// [`StoreError`].
pub async fn settle_withdrawal(connection: &mut Connection, id: BankLinkId, again_at: Option<Timestamp>) -> Result<(), StoreError> {
    let sql = match again_at {
        Some(_) => "UPDATE bank_links SET withdrawal_due_at = $2 WHERE id = $1",
        None => "UPDATE bank_links SET withdrawal_due_at = $2, sealed_withdrawal = NULL WHERE id = $1",
    };
    connection.execute(sql, params![id, again_at]).await?;
    Ok(())
}

/// Replaces the right to read after the bank exchanged it.
///
/// # Errors
/// [`StoreError`].
pub async fn replace_tokens(connection: &mut Connection, id: BankLinkId, sealed_tokens: Vec<u8>) -> Result<(), StoreError> {
    connection.execute("UPDATE bank_links SET sealed_tokens = $2 WHERE id = $1 AND sealed_tokens IS NOT NULL", params![id, sealed_tokens]).await?;
    Ok(())
}

/// Ends all of a holder's links that wait or can be read.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all(connection: &mut Connection, user: UserId, status: BankLinkStatus) -> Result<(), StoreError> {
    let sql = "UPDATE bank_links SET status = $2, state_digest = NULL, sealed_pending = NULL, sealed_tokens = NULL \
               WHERE user_id = $1 AND status IN ($3, $4)";
    connection.execute(sql, params![user, status, BankLinkStatus::AwaitingAuthorisation, BankLinkStatus::Authorised]).await?;
    Ok(())
}

/// Ends a link: nothing that could read the bank's data stays.
///
/// # Errors
/// [`StoreError`].
pub async fn end(connection: &mut Connection, id: BankLinkId, status: BankLinkStatus) -> Result<(), StoreError> {
    let sql = "UPDATE bank_links SET status = $2, state_digest = NULL, sealed_pending = NULL, sealed_tokens = NULL WHERE id = $1";
    connection.execute(sql, params![id, status]).await?;
    super::bank_syncs::clear(connection, id).await
}

/// Ends every link of a holder and erases what could tell anything of them.
///
/// # Errors
/// [`StoreError`].
pub async fn erase_all(connection: &mut Connection, user: UserId, status: BankLinkStatus) -> Result<(), StoreError> {
    let sql = "UPDATE bank_links SET status = $2, provider = '', state_digest = NULL, sealed_pending = NULL, sealed_tokens = NULL, sealed_name = $3
               WHERE user_id = $1";
    connection.execute(sql, params![user, status, Vec::<u8>::new()]).await.map(drop)
}
