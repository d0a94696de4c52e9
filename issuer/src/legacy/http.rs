//! `/api/bridge/…`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use passid_api::ids::SessionId;
use passid_api::legacy::{LegacyVerifyResponse, Wrapped};
use passid_api::outcome::{OutcomeRecorded, ReportOutcome};
use passid_api::problem::ProblemCode;
use passid_api::session::{CreateSession, FulfillRequest, Fulfilled, PublicSession, SessionCreated, SessionView};
use passid_api::verify::VerifyRequest;

use crate::http::callers::{KeyCaller, SecretKeyCaller, WalletCaller};
use crate::http::idempotency::{Answer, IdempotencyKey};
use crate::http::limits::ClientNetwork;
use crate::http::openapi::{Caller, Chapter, Operation, Routes, WaitSeconds};
use crate::http::{ApiError, JsonBody};
use crate::outcome::examples as outcome;
use crate::outcome::http::reported;
use crate::service::Service;
use crate::session::http::answer::fulfilled;
use crate::session::http::create::created;
use crate::session::http::poll::{PollQuery, poll};
use crate::session::http::{examples as session, public};
use crate::verify::examples as verification;
use crate::verify::http::redeemed;

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .post("/api/bridge/verify", verify, verify_operation())
        .post("/api/bridge/request", create, create_operation())
        .get("/api/bridge/request/{id}", show, show_operation())
        .get("/api/bridge/request/{id}/public", show_public, show_public_operation())
        .get("/api/bridge/request/by-code/{code}/public", show_public_by_code, show_public_by_code_operation())
        .post("/api/bridge/request/{id}/fulfill", fulfill, fulfill_operation())
        .post("/api/bridge/outcome", report, report_operation())
}

fn operation(id: &'static str, summary: &'static str, current: &'static str) -> Operation {
    Operation::new(Chapter::Legacy, id, summary).about(current)
}

fn wrapped(data: &Value) -> Value {
    json!({ "success": true, "data": data })
}

fn verify_operation() -> Operation {
    operation("verify_legacy_token", "Redeem a token or code", "As `POST /v1/verify`; a refusal names its `denyReason`.")
        .by(Caller::AnyKey)
        .idempotent()
        .takes::<VerifyRequest>(verification::verify_request())
        .answers_one_of::<LegacyVerifyResponse>(
            200,
            "What the credential is worth.",
            [("accepted", verification::legacy_accepted()), ("refused", verification::legacy_refused())],
        )
}

async fn verify(State(service): State<Service>, caller: KeyCaller, key: IdempotencyKey, body: JsonBody<VerifyRequest>) -> Result<Answer, ApiError> {
    redeemed(&service, caller, &key, body, |response| Answer::ok(&LegacyVerifyResponse::from(response))).await
}

fn create_operation() -> Operation {
    operation("create_legacy_session", "Ask one applicant", "As `POST /v1/sessions`.")
        .by(Caller::AnyKey)
        .idempotent()
        .takes_one_of::<CreateSession>([("claims and a predicate", session::create()), ("everything", json!({}))])
        .answers::<Wrapped<SessionCreated>>(201, "The session, pending.", wrapped(&session::created()))
}

async fn create(State(service): State<Service>, caller: KeyCaller, key: IdempotencyKey, body: JsonBody<CreateSession>) -> Result<Answer, ApiError> {
    created(&service, caller, &key, body, |session| Answer::new(StatusCode::CREATED, &Wrapped::new(session))).await
}

fn show_operation() -> Operation {
    operation("get_legacy_session", "Poll a session", "As `GET /v1/sessions/{id}`.")
        .by(Caller::AnyKey)
        .path::<SessionId>("id", "The session.", session::SESSION)
        .header("X-PASSID-Client-Secret", "The session's `client_secret`; needed with a publishable key.", session::CLIENT_SECRET)
        .query::<WaitSeconds>("wait", "Seconds to wait for an answer, 0 to 25; 0 when left out.", 25)
        .answers::<Wrapped<SessionView>>(200, "Where the session stands.", wrapped(&session::completed()))
        .fails([ProblemCode::NotFound])
}

async fn show(
    state: State<Service>,
    caller: KeyCaller,
    headers: HeaderMap,
    path: Path<String>,
    query: Query<PollQuery>,
) -> Result<Json<Wrapped<SessionView>>, ApiError> {
    let Json(view) = poll(state, caller, headers, path, query).await?;
    Ok(Json(Wrapped::new(view)))
}

fn show_public_operation() -> Operation {
    operation("get_legacy_public_session", "Who asks, and for what", "As `GET /v1/sessions/{id}/public`.")
        .path::<SessionId>("id", "The session, from the QR image.", session::SESSION)
        .answers::<Wrapped<PublicSession>>(200, "What the wallet shows before anything is shared.", wrapped(&session::public()))
        .fails([ProblemCode::NotFound, ProblemCode::Gone])
}

async fn show_public(state: State<Service>, path: Path<String>) -> Result<Json<Wrapped<PublicSession>>, ApiError> {
    let Json(shown) = public::by_id(state, path).await?;
    Ok(Json(Wrapped::new(shown)))
}

fn show_public_by_code_operation() -> Operation {
    operation("get_legacy_public_session_by_code", "Who asks, by typed code", "As `GET /v1/sessions/by-code/{code}/public`.")
        .path::<String>("code", "The 8-character code; case and dashes do not matter.", "AB3X-7YQM")
        .answers::<Wrapped<PublicSession>>(200, "What the wallet shows before anything is shared.", wrapped(&session::public()))
        .fails([ProblemCode::NotFound])
}

async fn show_public_by_code(state: State<Service>, network: ClientNetwork, path: Path<String>) -> Result<Json<Wrapped<PublicSession>>, ApiError> {
    let Json(shown) = public::by_code(state, network, path).await?;
    Ok(Json(Wrapped::new(shown)))
}

fn fulfill_operation() -> Operation {
    operation("fulfill_legacy_session", "Share what the session asks for", "As `POST /v1/sessions/{id}/fulfill`.")
        .by(Caller::Wallet)
        .idempotent()
        .path::<SessionId>("id", "The session.", session::SESSION)
        .takes::<FulfillRequest>(session::fulfill())
        .answers::<Wrapped<Fulfilled>>(200, "The proof verified and the institution has the claims.", wrapped(&session::fulfilled()))
        .fails(crate::session::http::answer::REFUSALS)
}

async fn fulfill(
    State(service): State<Service>,
    caller: WalletCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<FulfillRequest>,
) -> Result<Answer, ApiError> {
    fulfilled(&service, caller, &key, &id, body, |fulfilled| Answer::ok(&Wrapped::new(fulfilled))).await
}

fn report_operation() -> Operation {
    operation("report_legacy_outcome", "Report what became of a verified applicant", "As `POST /v1/outcome`.")
        .by(Caller::SecretKey)
        .idempotent()
        .takes::<ReportOutcome>(outcome::report())
        .answers::<Wrapped<OutcomeRecorded>>(201, "It is recorded, and `outcome.reported` is sent.", wrapped(&outcome::recorded()))
        .fails([ProblemCode::NotFound, ProblemCode::Conflict])
}

async fn report(State(service): State<Service>, caller: SecretKeyCaller, key: IdempotencyKey, body: JsonBody<ReportOutcome>) -> Result<Answer, ApiError> {
    reported(&service, caller, &key, body, |recorded| Answer::new(StatusCode::CREATED, &Wrapped::new(recorded))).await
}
