//! Sessions as stored: the code and the client's secret as keyed digests.

use std::collections::BTreeSet;

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, SessionId, VerificationId};
use passid_api::permission::PermissionSet;
use passid_api::predicate::Predicate;
use passid_api::session::SessionState;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// A session about to be stored.
pub struct NewSession {
    /// Its identifier.
    pub id: SessionId,
    /// Who asks.
    pub institution: InstitutionId,
    /// Its environment.
    pub environment: Environment,
    /// Digest of the 8-character code.
    pub code_digest: [u8; 32],
    /// Digest of the client's secret.
    pub client_secret_digest: [u8; 32],
    /// The name given for this session.
    pub display_name: Option<String>,
    /// What is asked for.
    pub permissions: PermissionSet,
    /// Facts asked for.
    pub predicates: Vec<Predicate>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A session.
#[derive(Clone)]
pub struct StoredSession {
    /// Its identifier.
    pub id: SessionId,
    /// Who asks.
    pub institution: InstitutionId,
    /// Its environment.
    pub environment: Environment,
    /// Digest of the client's secret.
    pub client_secret_digest: [u8; 32],
    /// The name given for this session.
    pub display_name: Option<String>,
    /// What is asked for.
    pub permissions: PermissionSet,
    /// Facts asked for.
    pub predicates: Vec<Predicate>,
    /// Why the holder declined, when they said.
    pub decline_reason: Option<String>,
    /// The verification behind the claims.
    pub verification: Option<VerificationId>,
    /// When it ends.
    pub expires_at: Timestamp,
    stored_state: SessionState,
}

impl StoredSession {
    /// Where the session stands: one that nobody answered in time has expired.
    pub fn state(&self, now: Timestamp) -> SessionState {
        if self.stored_state == SessionState::Pending && self.expires_at <= now { SessionState::Expired } else { self.stored_state }
    }
}

fn read(row: &Row) -> Result<StoredSession, StoreError> {
    Ok(StoredSession {
        id: row.parse("id")?,
        institution: row.parse("institution_id")?,
        environment: row.parse("environment")?,
        client_secret_digest: row.digest("client_secret_digest")?,
        display_name: row.get("display_name")?,
        permissions: row.json("permissions")?,
        predicates: row.json("predicates")?,
        decline_reason: row.get("decline_reason")?,
        verification: row.parse_optional("verification_id")?,
        expires_at: row.time("expires_at")?,
        stored_state: row.parse("state")?,
    })
}

/// Stores a session.
///
/// # Errors
/// [`StoreError::Duplicate`] when the code is taken.
pub async fn insert(connection: &mut Connection, session: NewSession) -> Result<(), StoreError> {
    let sql = "INSERT INTO sessions (id, institution_id, environment, code_digest, client_secret_digest, display_name, permissions, predicates, state, \
               expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_| StoreError::Corrupt("session"));
    let values = params![
        session.id,
        session.institution,
        session.environment,
        session.code_digest,
        session.client_secret_digest,
        session.display_name,
        json(serde_json::to_string(&session.permissions))?,
        json(serde_json::to_string(&session.predicates))?,
        SessionState::Pending,
        session.expires_at,
        session.created_at
    ];
    connection.execute(sql, values).await?;
    Ok(())
}

/// A session.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, id: SessionId) -> Result<Option<StoredSession>, StoreError> {
    let sql = "SELECT id, institution_id, environment, client_secret_digest, display_name, permissions, predicates, state, decline_reason, \
               verification_id, expires_at FROM sessions WHERE id = $1";
    connection.fetch_optional(sql, params![id]).await?.as_ref().map(read).transpose()
}

/// [`find`] for several; those that are not there are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn find_each(connection: &mut Connection, ids: &[SessionId]) -> Result<Vec<(SessionId, StoredSession)>, StoreError> {
    let sql = "SELECT id, institution_id, environment, client_secret_digest, display_name, permissions, predicates, state, decline_reason, \
               verification_id, expires_at FROM sessions WHERE id IN (VALUES ($1))";
    let found = connection.fetch_each(sql, ids.iter().map(|id| params![*id]).collect(), params![]).await?;
    found.iter().map(|row| read(row).map(|session| (session.id, session))).collect()
}

/// The session under this code digest.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_code(connection: &mut Connection, digest: [u8; 32]) -> Result<Option<StoredSession>, StoreError> {
    let sql = "SELECT id, institution_id, environment, client_secret_digest, display_name, permissions, predicates, state, decline_reason, \
               verification_id, expires_at FROM sessions WHERE code_digest = $1";
    connection.fetch_optional(sql, params![digest]).await?.as_ref().map(read).transpose()
}

/// Completes those of the sessions that are pending, and returns them; the others were answered or have expired.
///
/// # Errors
/// [`StoreError`].
pub async fn complete(connection: &mut Connection, ids: &BTreeSet<SessionId>, now: Timestamp) -> Result<BTreeSet<SessionId>, StoreError> {
    let sql = "UPDATE sessions SET state = $2 WHERE id IN (VALUES ($1)) AND state = $3 AND expires_at > $4 RETURNING id";
    let rows = ids.iter().map(|id| params![*id]).collect();
    let completed = connection.fetch_each(sql, rows, params![SessionState::Completed, SessionState::Pending, now]).await?;
    completed.iter().map(|row| row.parse("id")).collect()
}

/// Makes sessions pending again that were completed in this transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn reopen(connection: &mut Connection, ids: &[SessionId]) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET state = $2 WHERE id IN (VALUES ($1))";
    connection.execute_each(sql, ids.iter().map(|id| params![*id]).collect(), params![SessionState::Pending]).await.map(drop)
}

/// Names the verifications that completed the sessions.
///
/// # Errors
/// [`StoreError`].
pub async fn set_verifications(connection: &mut Connection, completed: &[(SessionId, VerificationId)]) -> Result<(), StoreError> {
    let sql = "WITH used (session, verification) AS (VALUES ($1, $2)) UPDATE sessions SET verification_id = verification FROM used WHERE id = session";
    connection.execute_each(sql, completed.iter().map(|(session, verification)| params![*session, *verification]).collect(), params![]).await.map(drop)
}

/// Declines a pending session; false when it was answered or has expired.
///
/// # Errors
/// [`StoreError`].
pub async fn decline(connection: &mut Connection, id: SessionId, reason: Option<String>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE sessions SET state = $2, decline_reason = $3 WHERE id = $1 AND state = $4 AND expires_at > $5";
    Ok(connection.execute(sql, params![id, SessionState::Declined, reason, SessionState::Pending, now]).await? == 1)
}

/// Counts a refused presentation, and returns how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn count_failure(connection: &mut Connection, id: SessionId) -> Result<i64, StoreError> {
    let sql = "UPDATE sessions SET failed_attempts = failed_attempts + 1 WHERE id = $1 RETURNING failed_attempts";
    connection.fetch_optional(sql, params![id]).await?.map_or(Ok(0), |row| row.get("failed_attempts"))
}
