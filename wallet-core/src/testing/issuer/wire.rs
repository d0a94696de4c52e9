//! What every answer is made of, and what the issuer says of itself.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use passid_api::ids::UserId;
use passid_api::issuer::IssuerDescription;
use passid_api::problem::{Problem, ProblemCode};
use serde::Serialize;
use serde_json::Value;

use super::state::{Inside, Shared};

pub(super) type Answer = Result<Response, Refusal>;

pub(super) struct Refusal(pub(super) ProblemCode);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem::new(self.0, "said by the fake issuer");
        (StatusCode::from_u16(problem.status).unwrap(), serde_json::to_vec(&problem).unwrap()).into_response()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a handler returns")]
pub(super) fn answer<T: Serialize>(value: &T) -> Answer {
    Ok((StatusCode::OK, serde_json::to_vec(value).unwrap()).into_response())
}

pub(super) async fn description(State(shared): State<Arc<Shared>>) -> Answer {
    let identifier = shared.lock().identifier.clone();
    answer(&IssuerDescription {
        issuer: identifier,
        jwks_uri: "https://elsewhere.test/keys".to_owned(),
        claim_schema: "passid_claims_v1".to_owned(),
        policy_version: "p".to_owned(),
        model_version: "m".to_owned(),
        circuit: Value::Null,
        bank_providers: Vec::new(),
    })
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>) -> Answer {
    let keys = shared.lock().published.clone();
    answer(&keys)
}

/// The account a request's token is of.
pub(super) fn caller(inside: &Inside, headers: &HeaderMap) -> Result<UserId, Refusal> {
    let refused = Refusal(ProblemCode::Unauthenticated);
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer token-of-"));
    match token.and_then(|user| user.parse().ok()) {
        Some(user) if inside.tokens_valid => Ok(user),
        _ => Err(refused),
    }
}
