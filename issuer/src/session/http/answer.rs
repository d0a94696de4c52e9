//! The holder's answer: fulfil or decline.

use axum::extract::{Path, State};

use passid_api::ids::SessionId;
use passid_api::problem::ProblemCode;
use passid_api::session::{DeclineRequest, Declined, FulfillRequest, Fulfilled, SessionState};

use crate::audit::{self, Action};
use crate::http::callers::WalletCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::service::Service;
use crate::session::fulfill;
use crate::store;

use super::{examples, session_id};

/// The longest reason read, characters.
const MAX_REASON: usize = 200;

/// Why a presentation may be refused.
pub(crate) const REFUSALS: [ProblemCode; 7] = [
    ProblemCode::NotFound,
    ProblemCode::Gone,
    ProblemCode::StaleHead,
    ProblemCode::ProofInvalid,
    ProblemCode::PresentationReplayed,
    ProblemCode::CredentialNotValid,
    ProblemCode::SanctionsMatch,
];

pub(super) fn fulfill_operation() -> Operation {
    Operation::new(Chapter::Sessions, "fulfill_session", "Share what the session asks for")
        .by(Caller::Wallet)
        .idempotent()
        .path::<SessionId>("id", "The session.", examples::SESSION)
        .takes::<FulfillRequest>(examples::fulfill())
        .answers::<Fulfilled>(200, "The proof verified and the institution has the claims.", examples::fulfilled())
        .fails(REFUSALS)
}

pub(super) async fn fulfill(
    State(service): State<Service>,
    caller: WalletCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<FulfillRequest>,
) -> Result<Answer, ApiError> {
    fulfilled(&service, caller, &key, &id, body, Answer::ok).await
}

/// Fulfils the session and answers in the surface's own form.
pub(crate) async fn fulfilled(
    service: &Service,
    caller: WalletCaller,
    key: &IdempotencyKey,
    id: &str,
    body: JsonBody<FulfillRequest>,
    form: fn(&Fulfilled) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let session = service.store.find_session(session_id(id)?).await?.ok_or_else(ApiError::not_found)?;
    fulfill::fulfill(service, caller, key, session, body, form).await
}

pub(super) fn decline_operation() -> Operation {
    Operation::new(Chapter::Sessions, "decline_session", "Decline a session")
        .by(Caller::Wallet)
        .idempotent()
        .path::<SessionId>("id", "The session.", examples::SESSION)
        .takes_one_of::<DeclineRequest>([("with a reason", serde_json::json!({ "reason": "Not now" })), ("without", serde_json::json!({}))])
        .answers::<Declined>(200, "The institution is told.", serde_json::json!({ "status": "declined" }))
        .fails([ProblemCode::NotFound, ProblemCode::Gone])
}

pub(super) async fn decline(
    State(service): State<Service>,
    caller: WalletCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<DeclineRequest>,
) -> Result<Answer, ApiError> {
    let id = session_id(&id)?;
    let reason = body.value.reason;
    if reason.as_ref().is_some_and(|text| text.chars().count() > MAX_REASON || text.chars().any(char::is_control)) {
        return Err(ApiError::field("/reason", "invalid", format!("Send at most {MAX_REASON} characters.")));
    }
    let now = service.clock.now();
    let answer = once(&service, &caller.user.to_string(), &key, body.digest, move |connection| {
        Box::pin(async move {
            let session = store::sessions::find(connection, id).await?.filter(|session| session.environment == caller.environment);
            let session = session.ok_or_else(ApiError::not_found)?;
            if !store::sessions::decline(connection, id, reason, now).await? {
                return Err(ApiError::new(ProblemCode::Gone, "The session was answered or has expired."));
            }
            audit::append(connection, session.institution, Action::SessionDeclined, &id.to_string(), "holder", now).await?;
            Answer::ok(&Declined { status: SessionState::Declined })
        })
    })
    .await?;
    service.session_changes.notify(id);
    Ok(answer)
}
