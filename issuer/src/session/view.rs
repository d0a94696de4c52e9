//! Sessions as institutions and wallets see them.

use passid_api::session::{InstitutionSummary, PublicSession, SessionState, SessionView};
use passid_api::time::Timestamp;
use passid_api::verify::VerifyResponse;

use crate::http::ApiError;
use crate::service::Service;
use crate::store::sessions::StoredSession;
use crate::store::{self, StoreError};

/// What the institution that created the session sees.
///
/// # Errors
/// [`ApiError`] when the database fails.
pub async fn for_institution(service: &Service, session: StoredSession) -> Result<SessionView, ApiError> {
    let state = session.state(service.clock.now());
    let mut view = SessionView {
        request_id: session.id,
        status: state,
        expires_at: session.expires_at,
        permissions: session.permissions,
        predicates: session.predicates,
        verified_at: None,
        verification_id: session.verification,
        claims: None,
        proof: None,
        applicant_ref: None,
        decline_reason: session.decline_reason,
    };
    if let Some(id) = session.verification {
        let found = store::verifications::find(&mut service.store.reader().await?, session.institution, session.environment, id).await?;
        let stored = found.ok_or(StoreError::Corrupt("verification"))?;
        let response: VerifyResponse = serde_json::from_str(&stored.response).map_err(|_| StoreError::Corrupt("verification"))?;
        view.verified_at = Some(response.verified_at);
        view.claims = response.claims;
        view.proof = response.proof;
        view.applicant_ref = response.applicant_ref;
    }
    Ok(view)
}

/// What a wallet shows before anything is shared; `None` when the session is over.
///
/// # Errors
/// [`ApiError`] when the database fails.
pub async fn for_wallet(service: &Service, session: StoredSession, now: Timestamp) -> Result<Option<PublicSession>, ApiError> {
    if session.state(now) != SessionState::Pending {
        return Ok(None);
    }
    let institution = store::institutions::find(&mut service.store.reader().await?, session.institution).await?.ok_or(StoreError::Corrupt("session"))?;
    Ok(Some(PublicSession {
        request_id: session.id,
        institution: InstitutionSummary {
            id: session.institution,
            display_name: session.display_name.filter(|name| *name != institution.name),
            name: institution.name,
            approved: institution.live_enabled,
        },
        environment: session.environment,
        permissions: session.permissions,
        predicates: session.predicates,
        one_time: true,
        expires_at: session.expires_at,
        expires_in_seconds: session.expires_at.seconds_since(now),
    }))
}
