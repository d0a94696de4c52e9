//! Whether the service is up, and what it offers.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use passid_api::{API_VERSION, POLICY_VERSION};

use crate::derive::MODEL_VERSION;
use crate::service::Service;

/// The room's routes.
pub fn routes() -> Router<Service> {
    Router::new().route("/healthz", get(|| async { "ok\n" })).route("/readyz", get(ready))
}

/// Ready when the database answers.
async fn ready(State(service): State<Service>) -> (StatusCode, &'static str) {
    match service.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// `GET /api/v1`: versions and a map of what can be called.
pub(crate) async fn discovery(State(service): State<Service>) -> Json<Value> {
    Json(json!({
        "name": "PASSID",
        "api_version": API_VERSION,
        "policy_version": POLICY_VERSION,
        "model_version": MODEL_VERSION,
        "issuer": service.config.issuer(),
        "endpoints": {
            "verify": "POST /api/v1/bridge/verify",
            "verify_short": "POST /v1/verify",
            "fetch_by_token": "GET /api/v1/bridge/verify/{token}",
            "fetch": "GET /v1/verifications/{id}",
            "evidence": "GET /v1/verifications/{id}/evidence",
            "create_session": "POST /v1/sessions",
            "poll_session": "GET /v1/sessions/{id}",
            "session_qr": "GET /v1/sessions/{id}/qr",
            "session_public": "GET /v1/sessions/{id}/public",
            "session_by_code": "GET /v1/sessions/by-code/{code}/public",
            "fulfill": "POST /v1/sessions/{id}/fulfill",
            "decline": "POST /v1/sessions/{id}/decline",
            "share_create": "POST /api/v1/bridge/share/create",
            "share_revoke": "POST /api/v1/bridge/share/revoke",
            "share_history": "GET /api/v1/bridge/share/user/{userId}",
            "onboard": "POST /api/institution/onboard",
            "login": "POST /api/institution/login",
            "refresh": "POST /api/institution/token/refresh",
            "logout": "POST /api/institution/logout",
            "webhooks": "GET, POST /v1/institution/webhooks",
            "issuer": "GET /.well-known/passid-issuer",
            "keys": "GET /.well-known/jwks.json",
            "tree_head": "GET /v1/tree/head",
            "circuit": "GET /v1/circuit",
        },
    }))
}
