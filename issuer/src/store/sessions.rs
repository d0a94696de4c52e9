//! Sessions as stored: the code and the client's secret as keyed digests.

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
        client_secret_digest: row.get::<Vec<u8>>("client_secret_digest")?.try_into().map_err(|_| StoreError::Corrupt("client secret"))?,
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

/// The session under this code digest.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_code(connection: &mut Connection, digest: [u8; 32]) -> Result<Option<StoredSession>, StoreError> {
    let sql = "SELECT id, institution_id, environment, client_secret_digest, display_name, permissions, predicates, state, decline_reason, \
               verification_id, expires_at FROM sessions WHERE code_digest = $1";
    connection.fetch_optional(sql, params![digest]).await?.as_ref().map(read).transpose()
}

/// Completes a pending session; false when it was answered or has expired.
///
/// # Errors
/// [`StoreError`].
pub async fn complete(connection: &mut Connection, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE sessions SET state = $2 WHERE id = $1 AND state = $3 AND expires_at > $4";
    Ok(connection.execute(sql, params![id, SessionState::Completed, SessionState::Pending, now]).await? == 1)
}

/// Names the verification that completed the session.
///
/// # Errors
/// [`StoreError`].
pub async fn set_verification(connection: &mut Connection, id: SessionId, verification: VerificationId) -> Result<(), StoreError> {
    connection.execute("UPDATE sessions SET verification_id = $2 WHERE id = $1", params![id, verification]).await?;
    Ok(())
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
