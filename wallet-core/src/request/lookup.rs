//! Asking the issuer what a link or a code stands for, and checking the answer against what the person was given.

use passid_api::agreement::{Agreement, Purpose};
use passid_api::ids::SessionId;
use passid_api::predicate;
use passid_api::problem::ProblemCode;
use passid_api::session::PublicSession;
use passid_api::time::Timestamp;

use super::{RequestError, RequestInput};
use crate::core::Core;
use crate::credential::MAX_CLOCK_SKEW_SECONDS;
use crate::error::WalletError;
use crate::issuer::Call;

/// A session as the issuer described it a moment ago.
#[derive(Debug, Clone)]
pub(crate) struct FoundRequest {
    pub(crate) session: PublicSession,
    /// When, by this device's clock, the time to answer is over. The issuer counts the seconds, so a wrong clock here does no harm.
    pub(crate) deadline: Timestamp,
    /// Whether this device's clock differs from the issuer's by more than a verifier accepts.
    pub(crate) clock_is_wrong: bool,
}

impl FoundRequest {
    /// What the person agrees to when they approve.
    pub(crate) fn agreement(&self) -> Agreement {
        Agreement {
            environment: self.session.environment,
            purpose: Purpose::Session { institution: self.session.institution.id, session: self.session.request_id },
            permissions: self.session.permissions.clone(),
            predicates: self.session.predicates.clone(),
            expires_at: self.session.expires_at,
        }
    }

    pub(crate) fn seconds_left(&self, now: Timestamp) -> i64 {
        self.deadline.seconds_since(now)
    }
}

impl Core {
    /// Looks a request up.
    ///
    /// # Errors
    /// [`RequestError`], [`crate::issuer::IssuerError`].
    pub(crate) async fn look_up(&self, input: RequestInput) -> Result<FoundRequest, WalletError> {
        let path = match input {
            RequestInput::Link { session, .. } => format!("/v1/sessions/{session}/public"),
            RequestInput::Code(code) => format!("/v1/sessions/by-code/{code}/public"),
        };
        let found = self.fetch(&path).await?;
        if let RequestInput::Link { session, institution } = input {
            if found.session.request_id != session {
                return Err(RequestError::Unusable.into());
            }
            if found.session.institution.id != institution {
                return Err(RequestError::OtherInstitution.into());
            }
        }
        Ok(found)
    }

    /// Looks a request up again that was shown before.
    pub(crate) async fn look_up_session(&self, session: SessionId) -> Result<FoundRequest, WalletError> {
        let found = self.fetch(&format!("/v1/sessions/{session}/public")).await?;
        if found.session.request_id == session { Ok(found) } else { Err(RequestError::Unusable.into()) }
    }

    async fn fetch(&self, path: &str) -> Result<FoundRequest, WalletError> {
        let session: PublicSession = self.issuer.send(Call::get(path)).await.map_err(|error| match error.problem() {
            Some(ProblemCode::NotFound | ProblemCode::Gone) => WalletError::Request(RequestError::NotFound),
            _ => error.into(),
        })?;
        let now = self.clock.now();
        if session.environment != self.environment {
            return Err(RequestError::OtherEnvironment.into());
        }
        if !session.one_time || predicate::validate(&session.predicates).is_err() {
            return Err(RequestError::Unusable.into());
        }
        if session.expires_in_seconds <= 0 {
            return Err(RequestError::Expired.into());
        }
        let left = session.expires_in_seconds.min(i64::from(passid_api::session::MAX_TTL_SECONDS));
        let issuers_now = session.expires_at.plus_seconds(left.saturating_neg());
        let clock_is_wrong = issuers_now.seconds_since(now).abs() > MAX_CLOCK_SKEW_SECONDS;
        Ok(FoundRequest { deadline: now.plus_seconds(left), clock_is_wrong, session })
    }
}
