//! The durable record of one attempt to share or decline, and its way through its states.
//!
//! ```text
//! consuming ─▶ proved ─▶ sent ─▶ shared | declined | failed
//!     ▲           │        │
//!     └stale head─┼────────┤
//!              failed    unknown ─▶ shared | declined | failed
//! ```
//! What is sent is stored before it is sent, with its idempotency key: after a crash the same bytes go out under the same key or not at
//! all. Bodies are wiped at the end of the way, since they hold disclosed claims.

use passid_api::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use zeroize::Zeroizing;

use crate::issuer::IdempotencyKey;
use crate::vault::VaultError;

passid_api::text_enum! {
    /// How far an attempt is.
    pub(crate) enum AttemptState as "attempt state" {
        /// Begun; nothing left the device.
        Consuming = "consuming",
        /// The body to send is stored; nothing left the device.
        Proved = "proved",
        /// It may have left the device.
        Sent = "sent",
        /// It left the device and no answer came.
        Unknown = "unknown",
        /// The issuer has it.
        Shared = "shared",
        /// The issuer knows that the person declined.
        Declined = "declined",
        /// It did not happen.
        Failed = "failed",
    }
}

passid_api::text_enum! {
    /// What an attempt does.
    pub(crate) enum AttemptKind as "attempt kind" {
        /// Answers an institution's session.
        Fulfil = "fulfil",
        /// Declines an institution's session.
        Decline = "decline",
        /// Makes a share.
        Share = "share",
    }
}

/// A stored attempt.
pub(crate) struct Attempt {
    pub(crate) id: i64,
    pub(crate) kind: AttemptKind,
    /// The session's identifier, or the share's nonce.
    pub(crate) subject: String,
    pub(crate) state: AttemptState,
    pub(crate) key: IdempotencyKey,
    pub(crate) body: Option<Zeroizing<Vec<u8>>>,
    /// When its body was last about to be sent.
    pub(crate) sent_at: Option<Timestamp>,
}

/// What an attempt begins with.
pub(crate) struct NewAttempt<'a> {
    pub(crate) account: i64,
    pub(crate) kind: AttemptKind,
    pub(crate) subject: &'a str,
    pub(crate) key: &'a IdempotencyKey,
    pub(crate) expires_at: Timestamp,
    pub(crate) now: Timestamp,
}

/// Begins an attempt; `None` when another one about the same subject is under way or has succeeded.
pub(crate) fn insert(tables: &Connection, new: &NewAttempt<'_>) -> Result<Option<i64>, VaultError> {
    let inserted = tables.execute(
        "INSERT INTO attempt (account, kind, subject, state, idempotency_key, expires_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![new.account, new.kind.as_str(), new.subject, AttemptState::Consuming.as_str(), new.key.as_str(), new.expires_at.seconds(), new.now.seconds()],
    );
    match inserted {
        Ok(_) => Ok(Some(tables.last_insert_rowid())),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Stores what is about to be sent, and under which key.
pub(crate) fn set_proved(tables: &Connection, id: i64, key: &IdempotencyKey, body: &[u8], now: Timestamp) -> Result<(), VaultError> {
    changed(tables.execute(
        "UPDATE attempt SET state = ?2, idempotency_key = ?3, body = ?4, updated_at = ?5 WHERE id = ?1 AND state = ?6",
        params![id, AttemptState::Proved.as_str(), key.as_str(), body, now.seconds(), AttemptState::Consuming.as_str()],
    )?)
}

/// Moves an attempt on. States at the end of the way wipe the body.
pub(crate) fn set_state(tables: &Connection, id: i64, state: AttemptState, reason: Option<&str>, now: Timestamp) -> Result<(), VaultError> {
    let keep_body = matches!(state, AttemptState::Proved | AttemptState::Sent | AttemptState::Unknown);
    changed(tables.execute(
        "UPDATE attempt SET state = ?2, reason = ?3, updated_at = ?4, body = CASE WHEN ?5 THEN body END,
                sent_at = CASE WHEN ?2 = 'sent' THEN ?4 ELSE sent_at END
         WHERE id = ?1 AND state NOT IN ('shared', 'declined', 'failed')",
        params![id, state.as_str(), reason, now.seconds(), keep_body],
    )?)
}

/// Wipes what an attempt could have sent again. Without it, it is no longer asked for.
pub(crate) fn forget_body(tables: &Connection, id: i64) -> Result<(), VaultError> {
    tables.execute("UPDATE attempt SET body = NULL WHERE id = ?1", [id])?;
    Ok(())
}

/// An attempt that is not where the program believes it to be must not go on.
const fn changed(rows: usize) -> Result<(), VaultError> {
    if rows == 1 { Ok(()) } else { Err(VaultError::MALFORMED_VALUE) }
}

const COLUMNS: &str = "id, kind, subject, state, idempotency_key, body, sent_at";

/// The attempt in the way of a new one about `subject`.
pub(crate) fn about(tables: &Connection, account: i64, subject: &str) -> Result<Option<Attempt>, VaultError> {
    let query = format!("SELECT {COLUMNS} FROM attempt WHERE account = ?1 AND subject = ?2 AND state <> 'failed'");
    tables.query_row(&query, params![account, subject], |row| Ok(read(row))).optional()?.transpose()
}

/// Attempts that have not come to an end and about which something can be done, oldest first.
pub(crate) fn unfinished(tables: &Connection, account: i64) -> Result<Vec<Attempt>, VaultError> {
    let query = format!(
        "SELECT {COLUMNS} FROM attempt WHERE account = ?1 AND (state IN ('consuming', 'proved', 'sent') OR state = 'unknown' AND body IS NOT NULL) ORDER BY id"
    );
    let mut statement = tables.prepare(&query)?;
    let rows = statement.query_map([account], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<Attempt, VaultError> {
    let malformed = VaultError::MALFORMED_VALUE;
    Ok(Attempt {
        id: row.get(0)?,
        kind: row.get::<_, String>(1)?.parse().map_err(|_| malformed)?,
        subject: row.get(2)?,
        state: row.get::<_, String>(3)?.parse().map_err(|_| malformed)?,
        key: IdempotencyKey::from_stored(row.get(4)?),
        body: row.get::<_, Option<Vec<u8>>>(5)?.map(Zeroizing::new),
        sent_at: row.get::<_, Option<i64>>(6)?.map(|second| Timestamp::from_seconds(second).map_err(|_| malformed)).transpose()?,
    })
}
