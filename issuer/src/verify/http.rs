//! Verify, fetch, evidence.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use passid_api::problem::ProblemCode;
use passid_api::verify::{VerifyRequest, VerifyResponse};
use passid_circuits::Statement;

use crate::http::callers::{KeyCaller, SecretKeyCaller};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::{ApiError, JsonBody};
use crate::service::Service;
use crate::store::verifications::StoredVerification;
use crate::store::{self, StoreError};

use super::record::Evidence;
use super::redeem;

/// The longest token or reference read, characters.
const MAX_TEXT: usize = 200;

/// The room's routes.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/verify", post(verify))
        .route("/api/v1/bridge/verify", post(verify))
        .route("/api/v1/bridge/verify/{token}", get(fetch_by_token))
        .route("/v1/verifications/{id}", get(fetch))
        .route("/v1/verifications/{id}/evidence", get(evidence))
}

async fn verify(State(service): State<Service>, caller: KeyCaller, key: IdempotencyKey, body: JsonBody<VerifyRequest>) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest } = body;
    for (pointer, text) in [("/token", Some(&request.token)), ("/institution_reference", request.institution_reference.as_ref())] {
        if text.is_some_and(|text| text.is_empty() || text.chars().count() > MAX_TEXT) {
            return Err(ApiError::field(pointer, "invalid", "Send 1 to 200 characters."));
        }
    }
    let principal = format!("{} {}", caller.institution, caller.environment);
    let inside = service.clone();
    let answer = once(&service, &principal, &key, digest, move |connection| {
        Box::pin(async move { Answer::ok(&redeem::redeem(&inside, connection, &caller, &request).await?) })
    })
    .await?;
    service.deliveries_due.notify_one();
    Ok(answer)
}

fn read(stored: &StoredVerification) -> Result<VerifyResponse, ApiError> {
    Ok(serde_json::from_str(&stored.response).map_err(|_| StoreError::Corrupt("verification"))?)
}

async fn fetch_by_token(
    State(service): State<Service>,
    SecretKeyCaller(caller): SecretKeyCaller,
    Path(token): Path<String>,
) -> Result<Json<VerifyResponse>, ApiError> {
    let digest = redeem::token_digest(&service, &token);
    let stored = store::verifications::find_by_token(&mut service.store.reader().await?, caller.institution, caller.environment, digest).await?;
    Ok(Json(read(&stored.ok_or_else(ApiError::not_found)?)?))
}

/// The caller's own verification; anything else is not there.
async fn load(service: &Service, caller: &KeyCaller, id: &str) -> Result<StoredVerification, ApiError> {
    let id = id.parse().map_err(|_| ApiError::not_found())?;
    let found = store::verifications::find(&mut service.store.reader().await?, caller.institution, caller.environment, id).await?;
    found.ok_or_else(ApiError::not_found)
}

async fn fetch(State(service): State<Service>, SecretKeyCaller(caller): SecretKeyCaller, Path(id): Path<String>) -> Result<Json<VerifyResponse>, ApiError> {
    Ok(Json(read(&load(&service, &caller, &id).await?)?))
}

async fn evidence(
    State(service): State<Service>,
    SecretKeyCaller(caller): SecretKeyCaller,
    Path(id): Path<String>,
) -> Result<Json<serde_json::Value>, ApiError> {
    let stored = load(&service, &caller, &id).await?;
    let text = stored.evidence.ok_or_else(|| ApiError::new(ProblemCode::NotFound, "A refused verification has no evidence."))?;
    let evidence: Evidence = serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("evidence"))?;
    let statement = Statement::new(evidence.statement).map_err(|_| StoreError::Corrupt("evidence"))?;
    Ok(Json(json!({
        "verification_id": stored.id,
        "statement": statement,
        "public_signals": statement.public_signals(),
        "proof": evidence.presentation.proof,
        "head": evidence.presentation.head,
        "issuer_keys": service.keys.public_keys(),
    })))
}
