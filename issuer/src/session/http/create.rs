//! Creating a session.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use passid_api::codes::SessionCode;
use passid_api::ids::SessionId;
use passid_api::permission::PermissionSet;
use passid_api::predicate;
use passid_api::session::{CreateSession, DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS, MIN_TTL_SECONDS, SessionCreated, SessionState, deep_link};

use crate::audit::{self, Action};
use crate::http::callers::KeyCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store;
use crate::store::sessions::NewSession;

use super::examples;

/// The longest name read, characters.
const MAX_NAME: usize = 80;

pub(super) fn operation() -> Operation {
    Operation::new(Chapter::Sessions, "create_session", "Ask one applicant")
        .about(
            "Show the QR image or the code to the applicant. `predicates` ask for facts without the figure, such as \
             `income_monthly >= 250000` (minor units). `client_secret` lets the page that created the session poll it.",
        )
        .by(Caller::AnyKey)
        .idempotent()
        .takes_one_of::<CreateSession>([("claims and a predicate", examples::create()), ("everything", serde_json::json!({}))])
        .answers::<SessionCreated>(201, "The session, pending.", examples::created())
}

pub(super) async fn create(State(service): State<Service>, caller: KeyCaller, key: IdempotencyKey, body: JsonBody<CreateSession>) -> Result<Answer, ApiError> {
    created(&service, caller, &key, body, |session| Answer::new(StatusCode::CREATED, session)).await
}

/// Creates the session and answers in the surface's own form.
pub(crate) async fn created(
    service: &Service,
    caller: KeyCaller,
    key: &IdempotencyKey,
    body: JsonBody<CreateSession>,
    form: fn(&SessionCreated) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
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
    once(service, &format!("{} {}", caller.institution, caller.environment), key, digest, move |connection| {
        Box::pin(async move {
            store::sessions::insert(connection, session).await?;
            audit::append(connection, caller.institution, Action::SessionCreated, &id.to_string(), "api key", now).await?;
            form(&created)
        })
    })
    .await
}
