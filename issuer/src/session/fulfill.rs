//! Fulfilling a session: the proof is checked first, then one transaction completes the session, or nothing does.

use passid_api::agreement::{Agreement, Purpose};
use passid_api::ids::VerificationId;
use passid_api::problem::ProblemCode;
use passid_api::session::{FulfillRequest, Fulfilled, SessionState};
use passid_api::verify::DenyReason;

use crate::audit::{self, Action, Entry};
use crate::http::callers::WalletCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, keep, replay};
use crate::http::{ApiError, JsonBody};
use crate::service::Service;
use crate::store;
use crate::store::sessions::StoredSession;
use crate::verify::presentation::{self, Checked};
use crate::verify::record::{self, RecordPlace, Shown};
use crate::verify::register::{self, Acceptance, Objection, Uses};

use super::holder;

/// Refused proofs an institution is told of, for one session; more would let a stranger flood its webhooks.
const REPORTED_FAILURES: i64 = 5;

/// What the person agreed to when they answered this session.
pub fn agreement(session: &StoredSession) -> Agreement {
    Agreement {
        environment: session.environment,
        purpose: Purpose::Session { institution: session.institution, session: session.id },
        permissions: session.permissions.clone(),
        predicates: session.predicates.clone(),
        expires_at: session.expires_at,
    }
}

/// Verifies the presentation and completes the session with it.
///
/// # Errors
/// `gone` when the session is over, what [`presentation::check`] finds wrong, `presentation_replayed`.
pub async fn fulfill(
    service: &Service,
    caller: WalletCaller,
    key: &IdempotencyKey,
    session: StoredSession,
    body: JsonBody<FulfillRequest>,
    form: fn(&Fulfilled) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest: body_digest } = body;
    let principal = caller.user.to_string();
    if let Some(answer) = replay(service, &principal, key, body_digest).await? {
        return Ok(answer);
    }
    if session.environment != caller.environment {
        return Err(ApiError::not_found());
    }
    if session.state(service.clock.now()) != SessionState::Pending {
        return Err(gone());
    }
    holder::check_standing(service, caller)?;
    let agreed = agreement(&session);
    let checked = match presentation::check(service, &agreed, &request.presentation).await {
        Ok(checked) => checked,
        Err(error) => {
            if error.0.code == ProblemCode::ProofInvalid {
                report_failure(service, &session).await?;
            }
            return Err(error);
        }
    };
    let id = session.id;
    let answer = complete(service, &principal, key, body_digest, session, Presented { agreed, request, checked, form }).await?;
    service.session_changes.notify(id);
    service.deliveries_due.notify_one();
    Ok(answer)
}

fn gone() -> ApiError {
    ApiError::new(ProblemCode::Gone, "The session was answered or has expired; ask the institution for another.")
}

/// What was presented and checked, and in which form to answer.
struct Presented {
    agreed: Agreement,
    request: FulfillRequest,
    checked: Checked,
    form: fn(&Fulfilled) -> Result<Answer, ApiError>,
}

async fn complete(
    service: &Service,
    principal: &str,
    key: &IdempotencyKey,
    body_digest: [u8; 32],
    session: StoredSession,
    presented: Presented,
) -> Result<Answer, ApiError> {
    let Presented { agreed, request, checked, form } = presented;
    let shown = Shown::of(&agreed, &request.presentation, &checked)?;
    let now = service.clock.now();
    let id = service.with_random(|random| VerificationId::generate(service.clock.as_ref(), random));
    let response = record::accepted(service, id, now, &checked, session.predicates);
    let place = RecordPlace { institution: session.institution, environment: session.environment, token_digest: None, session: Some(session.id) };
    let record = record::prepare(service, &place, &response, Some(shown))?;
    let answer = form(&Fulfilled { status: SessionState::Completed, verification_id: id, verified_at: now })?;
    let acceptance = Acceptance {
        uses: Uses::Session(session.id, (checked.context, checked.nullifier)),
        answer: keep(service, principal, key, body_digest, &answer)?,
        record,
        entry: Entry { institution: session.institution, action: Action::SessionFulfilled, subject: session.id.to_string(), actor: "holder".to_owned() },
    };
    match register::write(service, acceptance).await? {
        Ok(()) => Ok(answer),
        Err(Objection::Answered) => replay(service, principal, key, body_digest).await?.ok_or_else(gone),
        Err(Objection::Taken) => Err(gone()),
        Err(Objection::Replayed) => Err(ApiError::new(ProblemCode::PresentationReplayed, "This presentation was already used.")),
    }
}

/// Tells the institution that a presentation for its session did not verify; the session stays open for an honest one.
async fn report_failure(service: &Service, session: &StoredSession) -> Result<(), ApiError> {
    let (inside, id, institution, environment) = (service.clone(), session.id, session.institution, session.environment);
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                if store::sessions::count_failure(connection, id).await? > REPORTED_FAILURES {
                    return Ok(());
                }
                let now = inside.clock.now();
                let verification = inside.with_random(|random| VerificationId::generate(inside.clock.as_ref(), random));
                let response = record::refused(&inside, verification, now, DenyReason::ProofInvalid);
                let place = RecordPlace { institution, environment, token_digest: None, session: Some(id) };
                record::store(&inside, connection, &place, &response, None).await?;
                audit::append(connection, institution, Action::VerificationFailed, &verification.to_string(), "holder", now).await?;
                Ok::<(), ApiError>(())
            })
        })
        .await?;
    service.deliveries_due.notify_one();
    Ok(())
}
