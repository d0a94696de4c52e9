//! The endpoints of sessions.

pub(crate) mod answer;
pub(crate) mod create;
mod events;
pub(crate) mod examples;
mod image;
pub(crate) mod poll;
pub(crate) mod public;

use axum::http::HeaderMap;
use subtle::ConstantTimeEq;

use passid_api::api_key::KeyKind;
use passid_api::ids::SessionId;

use crate::http::ApiError;
use crate::http::callers::KeyCaller;
use crate::http::openapi::{Operation, Routes};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store;
use crate::store::sessions::StoredSession;

/// Carries the session's own secret when a publishable key polls.
const CLIENT_SECRET_HEADER: &str = "x-passid-client-secret";

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/sessions", create::create, create::operation())
        .get("/v1/sessions/{id}", poll::poll, poll::operation())
        .get("/v1/sessions/{id}/events", events::events, events::operation())
        .get("/v1/sessions/{id}/qr", image::qr, image::operation())
        .get("/v1/sessions/{id}/public", public::by_id, public::by_id_operation())
        .get("/v1/sessions/by-code/{code}/public", public::by_code, public::by_code_operation())
        .post("/v1/sessions/{id}/fulfill", answer::fulfill, answer::fulfill_operation())
        .post("/v1/sessions/{id}/decline", answer::decline, answer::decline_operation())
}

fn session_id(text: &str) -> Result<SessionId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

/// The path and header by which an institution names its session.
fn names_own_session(operation: Operation) -> Operation {
    operation.path::<SessionId>("id", "The session.", examples::SESSION).header(
        "X-PASSID-Client-Secret",
        "The session's `client_secret`; needed with a publishable key.",
        examples::CLIENT_SECRET,
    )
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
