//! Verifications and the nullifiers that make each presentation count once.

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, SessionId, VerificationId};
use passid_api::outcome::CoverageLevel;
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;

use super::{Connection, Row, StoreError};
use crate::params;

/// One run of the verifier.
pub struct StoredVerification {
    /// Its identifier.
    pub id: VerificationId,
    /// The answer, JSON, without the token.
    pub response: String,
    /// The evidence, JSON; none when refused.
    pub evidence: Option<String>,
    /// When it ran.
    pub created_at: Timestamp,
}

/// What the history lists and filters, outcomes are compared with, and the package cites.
#[derive(Debug, Clone, Default)]
pub struct VerificationFacts {
    /// The session it answered.
    pub session: Option<SessionId>,
    /// Why it was refused.
    pub deny_reason: Option<DenyReason>,
    /// The institution's own name for the application.
    pub institution_reference: Option<String>,
    /// The same holder at this institution.
    pub applicant_ref: Option<String>,
    /// How much it confirmed.
    pub coverage: Option<CoverageLevel>,
    /// The score, where it was disclosed.
    pub score: Option<u16>,
    /// The modelled probability of stability, ten-thousandths, where it was disclosed.
    pub stable_probability: Option<u16>,
    /// What the claims rest on, JSON; none when refused.
    pub provenance: Option<String>,
}

fn read(row: &Row) -> Result<StoredVerification, StoreError> {
    Ok(StoredVerification { id: row.parse("id")?, response: row.get("response")?, evidence: row.get("evidence")?, created_at: row.time("created_at")? })
}

/// A run about to be stored.
pub struct NewVerification {
    /// Whose it is.
    pub institution: InstitutionId,
    /// Sandbox or live.
    pub environment: Environment,
    /// Digest of the token, when one was redeemed.
    pub token_digest: Option<[u8; 32]>,
    /// The run.
    pub stored: StoredVerification,
    /// What is known of it.
    pub facts: VerificationFacts,
}

/// Stores runs.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_each(connection: &mut Connection, verifications: &[&NewVerification]) -> Result<(), StoreError> {
    let sql = "INSERT INTO verifications (id, institution_id, environment, token_digest, response, evidence, created_at, session_id, credential_valid, \
               deny_reason, institution_reference, applicant_ref, coverage, score, stable_probability, provenance) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let row = |verification: &&NewVerification| {
        let NewVerification { institution, environment, token_digest, stored, facts } = *verification;
        params![
            stored.id,
            *institution,
            *environment,
            *token_digest,
            stored.response.as_str(),
            stored.evidence.as_deref(),
            stored.created_at,
            facts.session,
            facts.deny_reason.is_none(),
            facts.deny_reason,
            facts.institution_reference.as_deref(),
            facts.applicant_ref.as_deref(),
            facts.coverage,
            facts.score,
            facts.stable_probability,
            facts.provenance.as_deref()
        ]
    };
    connection.execute_each(sql, verifications.iter().map(row).collect(), params![]).await.map(drop)
}

/// The institution's own verification.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    id: VerificationId,
) -> Result<Option<StoredVerification>, StoreError> {
    let sql = "SELECT id, response, evidence, created_at FROM verifications WHERE id = $1 AND institution_id = $2 AND environment = $3 AND response <> ''";
    connection.fetch_optional(sql, params![id, institution, environment]).await?.as_ref().map(read).transpose()
}

/// The institution's verification of a token: the one that accepted it, else the newest.
///
/// # Errors
/// [`StoreError`].
pub async fn find_by_token(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    token_digest: [u8; 32],
) -> Result<Option<StoredVerification>, StoreError> {
    let sql = "SELECT id, response, evidence, created_at FROM verifications \
               WHERE institution_id = $1 AND environment = $2 AND token_digest = $3 \
               ORDER BY CASE WHEN evidence IS NULL THEN 1 ELSE 0 END, id DESC LIMIT 1";
    connection.fetch_optional(sql, params![institution, environment, token_digest]).await?.as_ref().map(read).transpose()
}

/// What the claims of the institution's own verification rest on; none when it was refused.
///
/// # Errors
/// [`StoreError`].
pub async fn provenance<T: serde::de::DeserializeOwned>(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    id: VerificationId,
) -> Result<Option<T>, StoreError> {
    let sql = "SELECT provenance FROM verifications WHERE id = $1 AND institution_id = $2 AND environment = $3 AND provenance IS NOT NULL";
    connection.fetch_optional(sql, params![id, institution, environment]).await?.map(|row| row.json("provenance")).transpose()
}

/// A presentation's mark: the context it is bound to and its nullifier.
pub type Mark = (String, String);

/// Records that presentations counted. Returns the marks of those that had not before; no two of them are the same.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_nullifiers(connection: &mut Connection, marks: &[&Mark], now: Timestamp) -> Result<Vec<Mark>, StoreError> {
    let sql = "INSERT INTO nullifiers (context, nullifier, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING context, nullifier";
    let rows = marks.iter().map(|(context, nullifier)| params![context.as_str(), nullifier.as_str(), now]).collect();
    connection.fetch_each(sql, rows, params![]).await?.iter().map(|row| Ok((row.get("context")?, row.get("nullifier")?))).collect()
}
