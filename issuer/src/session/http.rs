//! Create, poll, look up, fulfil, decline, and the QR image.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qrcode::QrCode;
use qrcode::render::svg;
use subtle::ConstantTimeEq;

use passid_api::api_key::KeyKind;
use passid_api::codes::SessionCode;
use passid_api::ids::SessionId;
use passid_api::permission::PermissionSet;
use passid_api::predicate;
use passid_api::problem::ProblemCode;
use passid_api::session::{
    CreateSession, DEFAULT_TTL_SECONDS, DeclineRequest, Declined, FulfillRequest, MAX_TTL_SECONDS, MIN_TTL_SECONDS, PublicSession, SessionCreated,
    SessionState, SessionView, deep_link,
};

use crate::audit::{self, Action};
use crate::http::callers::{KeyCaller, WalletCaller};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::{ApiError, JsonBody};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store;
use crate::store::sessions::{NewSession, StoredSession};

use super::{fulfill, view};

/// Carries the session's own secret when a publishable key polls.
const CLIENT_SECRET_HEADER: &str = "x-passid-client-secret";
/// The longest name or reason read, characters.
const MAX_NAME: usize = 80;
const MAX_REASON: usize = 200;

/// The room's routes.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/sessions", post(create))
        .route("/v1/sessions/{id}", get(poll))
        .route("/v1/sessions/{id}/qr", get(qr))
        .route("/v1/sessions/{id}/public", get(public))
        .route("/v1/sessions/by-code/{code}/public", get(public_by_code))
        .route("/v1/sessions/{id}/fulfill", post(fulfill))
        .route("/v1/sessions/{id}/decline", post(decline))
}

async fn create(State(service): State<Service>, caller: KeyCaller, key: IdempotencyKey, body: JsonBody<CreateSession>) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest } = body;
    let seconds = request.ttl_seconds.unwrap_or(DEFAULT_TTL_SECONDS);
    if !(MIN_TTL_SECONDS..=MAX_TTL_SECONDS).contains(&seconds) {
        return Err(ApiError::field("/ttlSeconds", "invalid", format!("Choose {MIN_TTL_SECONDS} to {MAX_TTL_SECONDS} seconds.")));
    }
    let is_text = |text: &String| (1..=MAX_NAME).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if !request.institution_name.as_ref().is_none_or(is_text) {
        return Err(ApiError::field("/institutionName", "invalid", format!("Send 1 to {MAX_NAME} characters.")));
    }
    predicate::validate(&request.predicates).map_err(|error| ApiError::field("/predicates", "invalid", error.to_string()))?;

    let now = service.clock.now();
    let (id, code, secret) = service.with_random(|random| {
        let mut bytes = [0_u8; 32];
        random.fill_bytes(&mut bytes);
        (SessionId::generate(service.clock.as_ref(), random), SessionCode::generate(random), format!("cs_{}", URL_SAFE_NO_PAD.encode(bytes)))
    });
    let session = NewSession {
        id,
        institution: caller.institution,
        environment: caller.environment,
        code_digest: service.sealer.digest(Purpose::Code, code.symbols()),
        client_secret_digest: service.sealer.digest(Purpose::OneTimeValue, secret.as_bytes()),
        display_name: request.institution_name,
        permissions: request.permissions.unwrap_or_else(PermissionSet::all),
        predicates: request.predicates,
        expires_at: now.plus_seconds(i64::from(seconds)),
        created_at: now,
    };
    let created = SessionCreated {
        request_id: id,
        code,
        deep_link: deep_link(id, caller.institution),
        expires_at: session.expires_at,
        client_secret: secret,
        status: SessionState::Pending,
        permissions: session.permissions.clone(),
        environment: caller.environment,
    };
    once(&service, &format!("{} {}", caller.institution, caller.environment), &key, digest, move |connection| {
        Box::pin(async move {
            store::sessions::insert(connection, session).await?;
            audit::append(connection, caller.institution, Action::SessionCreated, &id.to_string(), "api key", now).await?;
            Answer::new(StatusCode::CREATED, &created)
        })
    })
    .await
}

fn session_id(text: &str) -> Result<SessionId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

/// The caller's own session. A publishable key, which anybody can read in a page, must show the session's secret too.
async fn own(service: &Service, caller: &KeyCaller, headers: &HeaderMap, id: &str) -> Result<StoredSession, ApiError> {
    let found = store::sessions::find(&mut service.store.reader().await?, session_id(id)?).await?;
    let session = found.filter(|session| session.institution == caller.institution && session.environment == caller.environment);
    let session = session.ok_or_else(ApiError::not_found)?;
    if caller.kind == KeyKind::Publishable {
        let given = headers.get(CLIENT_SECRET_HEADER).map(|value| service.sealer.digest(Purpose::OneTimeValue, value.as_bytes()));
        if !given.is_some_and(|digest| bool::from(digest.ct_eq(&session.client_secret_digest))) {
            return Err(ApiError::not_found());
        }
    }
    Ok(session)
}

async fn poll(State(service): State<Service>, caller: KeyCaller, headers: HeaderMap, Path(id): Path<String>) -> Result<Json<SessionView>, ApiError> {
    let session = own(&service, &caller, &headers, &id).await?;
    Ok(Json(view::for_institution(&service, session).await?))
}

async fn qr(State(service): State<Service>, caller: KeyCaller, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, ApiError> {
    let session = own(&service, &caller, &headers, &id).await?;
    let code = QrCode::new(deep_link(session.id, session.institution)).map_err(|error| ApiError::internal(&error))?;
    let image = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], image).into_response())
}

async fn public(State(service): State<Service>, Path(id): Path<String>) -> Result<Json<PublicSession>, ApiError> {
    let found = store::sessions::find(&mut service.store.reader().await?, session_id(&id)?).await?;
    let shown = view::for_wallet(&service, found.ok_or_else(ApiError::not_found)?, service.clock.now()).await?;
    shown.map(Json).ok_or_else(|| ApiError::new(ProblemCode::Gone, "The session was answered or has expired."))
}

/// Unknown, expired and used codes answer alike: a code is short enough to guess at.
async fn public_by_code(State(service): State<Service>, Path(code): Path<String>) -> Result<Json<PublicSession>, ApiError> {
    let code: SessionCode = code.parse().map_err(|_| ApiError::not_found())?;
    let digest = service.sealer.digest(Purpose::Code, code.symbols());
    let found = store::sessions::find_by_code(&mut service.store.reader().await?, digest).await?;
    let shown = view::for_wallet(&service, found.ok_or_else(ApiError::not_found)?, service.clock.now()).await?;
    shown.map(Json).ok_or_else(ApiError::not_found)
}

async fn fulfill(
    State(service): State<Service>,
    caller: WalletCaller,
    key: IdempotencyKey,
    Path(id): Path<String>,
    body: JsonBody<FulfillRequest>,
) -> Result<Answer, ApiError> {
    let session = store::sessions::find(&mut service.store.reader().await?, session_id(&id)?).await?.ok_or_else(ApiError::not_found)?;
    fulfill::fulfill(&service, caller, &key, session, body.value, body.digest).await
}

async fn decline(
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
    once(&service, &caller.user.to_string(), &key, body.digest, move |connection| {
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
    .await
}
