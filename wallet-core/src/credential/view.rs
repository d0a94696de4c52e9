//! A credential as its holder reads it.

use passid_api::claims::disclosed::DisclosedClaims;
use passid_api::environment::Environment;
use passid_api::ids::CredentialId;
use passid_api::issuer::ClaimNote;
use passid_api::time::Timestamp;
use passid_api::wallet::CredentialState;
use serde::Serialize;
use serde_json::{Map, Value};

use super::CredentialError;
use super::verify::VerifiedCredential;

/// A credential for its holder's eyes: all claims, with the reasons. `Debug` prints no claims.
#[derive(Clone, PartialEq, Serialize)]
pub struct CredentialView {
    /// Its identifier.
    pub id: CredentialId,
    /// The issuer's identifier.
    pub issuer: String,
    /// Sandbox or live.
    pub environment: Environment,
    /// Where it stands, as far as this wallet knows.
    pub state: CredentialState,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When the bank data was read.
    pub data_timestamp: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The claims by name.
    pub claims: Map<String, Value>,
    /// Why claims are as they are.
    pub notes: Vec<ClaimNote>,
    /// Sanctions lists screened; none means none was.
    pub sanctions_lists: Vec<String>,
    /// Name of the model behind the score.
    pub model_version: String,
}

impl CredentialView {
    pub(super) fn new(credential: &VerifiedCredential, state: CredentialState, now: Timestamp) -> Result<Self, CredentialError> {
        let document = &credential.document;
        let all = DisclosedClaims::new(u16::MAX, document.claims).map_err(|_| CredentialError::Malformed)?;
        let claims = all.to_json(age_in_hours(document.data_timestamp, now)).map_err(|_| CredentialError::Malformed)?;
        Ok(Self {
            id: document.jti,
            issuer: document.iss.clone(),
            environment: document.environment,
            state: if state == CredentialState::Active && document.expires_at <= now { CredentialState::Expired } else { state },
            issued_at: Timestamp::from_seconds(document.iat).map_err(|_| CredentialError::Times)?,
            data_timestamp: document.data_timestamp,
            expires_at: document.expires_at,
            claims,
            notes: document.notes.clone(),
            sanctions_lists: document.sanctions_lists.clone(),
            model_version: document.model_version.clone(),
        })
    }
}

/// The data's age at `now`, rounded up to whole hours and at least one: what a presentation discloses of it.
pub(crate) fn age_in_hours(data_timestamp: Timestamp, now: Timestamp) -> u64 {
    now.unsigned_seconds().saturating_sub(data_timestamp.unsigned_seconds()).div_ceil(3_600).max(1)
}

impl std::fmt::Debug for CredentialView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CredentialView({}, {}, claims redacted)", self.id, self.state)
    }
}
