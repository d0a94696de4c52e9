//! The verification history: pages by key, newest first, read off the index.

use passid_api::claims::encoding::Tier;
use passid_api::environment::Environment;
use passid_api::history::VerificationSummary;
use passid_api::ids::{InstitutionId, VerificationId};
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;

use super::{Connection, Row, StoreError};
use crate::params;

/// Which verifications of a workspace.
#[derive(Debug, Clone)]
pub struct HistoryFilter {
    /// Sandbox or live.
    pub environment: Environment,
    /// Only those accepted, or only those refused.
    pub credential_valid: Option<bool>,
    /// Only those refused for this reason.
    pub deny_reason: Option<DenyReason>,
    /// Only those under this name for the application.
    pub institution_reference: Option<String>,
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
}

impl HistoryFilter {
    /// Every verification of an environment.
    pub const fn all(environment: Environment) -> Self {
        Self { environment, credential_valid: None, deny_reason: None, institution_reference: None, from: None, until: None }
    }
}

/// After every identifier.
const LAST: &str = "vrf_~";

/// A page of the institution's verifications, newest first: those made before `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    connection: &mut Connection,
    institution: InstitutionId,
    filter: &HistoryFilter,
    after: Option<VerificationId>,
    limit: u32,
) -> Result<Vec<VerificationSummary>, StoreError> {
    // Identifiers sort by time, so times become bounds of the key and nothing outside them is read.
    let until = filter.until.map(VerificationId::first_at);
    let below = match (after, until) {
        (Some(after), Some(until)) => Some(after.min(until)),
        (after, until) => after.or(until),
    };
    let below = below.map_or_else(|| LAST.to_owned(), |id| id.to_string());
    let from = filter.from.map_or_else(String::new, |time| VerificationId::first_at(time).to_string());
    let sql = match filter.institution_reference {
        None => {
            "SELECT v.id, v.created_at, v.environment, v.credential_valid, v.deny_reason, v.institution_reference, v.session_id, v.applicant_ref, \
             v.coverage, v.score, o.outcome FROM verifications v LEFT JOIN outcomes o ON o.verification_id = v.id \
             WHERE v.institution_id = $1 AND v.environment = $2 AND v.id < $3 AND v.id >= $4 AND ($5 IS NULL OR v.credential_valid = $5) \
             AND ($6 IS NULL OR v.deny_reason = $6) AND $7 IS NULL ORDER BY v.id DESC LIMIT $8"
        }
        Some(_) => {
            "SELECT v.id, v.created_at, v.environment, v.credential_valid, v.deny_reason, v.institution_reference, v.session_id, v.applicant_ref, \
             v.coverage, v.score, o.outcome FROM verifications v LEFT JOIN outcomes o ON o.verification_id = v.id \
             WHERE v.institution_id = $1 AND v.environment = $2 AND v.id < $3 AND v.id >= $4 AND ($5 IS NULL OR v.credential_valid = $5) \
             AND ($6 IS NULL OR v.deny_reason = $6) AND v.institution_reference = $7 ORDER BY v.id DESC LIMIT $8"
        }
    };
    let values =
        params![institution, filter.environment, below, from, filter.credential_valid, filter.deny_reason, filter.institution_reference.clone(), limit];
    connection.fetch_all(sql, values).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<VerificationSummary, StoreError> {
    let fsi_score = row.get::<Option<i64>>("score")?.map(u16::try_from).transpose().map_err(|_| StoreError::Corrupt("score"))?;
    Ok(VerificationSummary {
        verification_id: row.parse("id")?,
        verified_at: row.time("created_at")?,
        environment: row.parse("environment")?,
        credential_valid: row.flag("credential_valid")?,
        deny_reason: row.parse_optional("deny_reason")?,
        institution_reference: row.get("institution_reference")?,
        request_id: row.parse_optional("session_id")?,
        applicant_ref: row.get("applicant_ref")?,
        coverage: row.parse_optional("coverage")?,
        tier: fsi_score.map(Tier::of_score),
        fsi_score,
        outcome: row.parse_optional("outcome")?,
    })
}
