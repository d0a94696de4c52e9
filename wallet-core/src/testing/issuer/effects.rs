//! What shares, declines or revokes: done once for each idempotency key, and lost on the way where the test says so.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::IntoResponse;
use passid_api::codes::{ShareCode, ShareToken};
use passid_api::ids::{SessionId, ShareId, UserId, VerificationId};
use passid_api::problem::ProblemCode;
use passid_api::session::{Declined, Fulfilled, SessionState};
use passid_api::share::{CreateShare, ShareCreated, ShareView};
use passid_api::time::{Clock, Timestamp};
use serde_json::{Value, json};

use super::state::{Inside, Shared};
use super::wire::{Answer, Refusal, caller};

/// What the issuer does with the next request that shares or declines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Refuses the head as stale.
    StaleHead,
    /// Does what was asked, but the answer is lost on the way.
    LoseAnswer,
    /// Never sees the request.
    LoseRequest,
    /// Refuses.
    Refuse(ProblemCode),
}

/// A request the issuer was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) body: Vec<u8>,
}

/// Everything that shares, declines or revokes: idempotent, and with the failures of the way there and back.
pub(super) async fn effect(State(shared): State<Arc<Shared>>, _: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Answer {
    let now = shared.clock.now();
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).ok_or(Refusal(ProblemCode::MalformedRequest))?.to_owned();
    inside.received.push(Received { path: uri.path().to_owned(), key: key.clone(), body: body.to_vec() });
    let behaviour = inside.behaviour.pop_front();
    match behaviour {
        Some(Behaviour::LoseRequest) => return Ok((StatusCode::BAD_GATEWAY, "lost").into_response()),
        Some(Behaviour::StaleHead) => return Err(Refusal(ProblemCode::StaleHead)),
        Some(Behaviour::Refuse(code)) => return Err(Refusal(code)),
        Some(Behaviour::LoseAnswer) | None => {}
    }
    if !inside.answers.contains_key(&key) {
        let value = take_effect(&mut inside, &shared, user, uri.path(), &body, now)?;
        inside.effects.push(uri.path().to_owned());
        inside.answers.insert(key.clone(), (StatusCode::OK, serde_json::to_vec(&value).unwrap()));
    }
    if behaviour == Some(Behaviour::LoseAnswer) {
        return Ok((StatusCode::BAD_GATEWAY, "lost").into_response());
    }
    Ok(inside.answers[&key].clone().into_response())
}

fn take_effect(inside: &mut Inside, shared: &Shared, _: UserId, path: &str, body: &[u8], now: Timestamp) -> Result<Value, Refusal> {
    if let Some(session) = path.strip_prefix("/v1/sessions/") {
        let (id, what) = session.split_once('/').unwrap();
        let id: SessionId = id.parse().map_err(|_| Refusal(ProblemCode::NotFound))?;
        inside.sessions.remove(&id).ok_or(Refusal(ProblemCode::Gone))?;
        let value = if what == "fulfill" {
            let verification_id = VerificationId::generate(shared.clock.as_ref(), &mut inside.random);
            serde_json::to_value(Fulfilled { status: SessionState::Completed, verification_id, verified_at: now })
        } else {
            serde_json::to_value(Declined { status: SessionState::Declined })
        };
        return Ok(value.unwrap());
    }
    if path.ends_with("/create") {
        let request: CreateShare = serde_json::from_slice(body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
        let share_id = ShareId::generate(shared.clock.as_ref(), &mut inside.random);
        let (code, token) = (ShareCode::generate(&mut inside.random), ShareToken::generate(&mut inside.random));
        inside.shares.push(ShareView {
            share_id,
            status: passid_api::share::ShareState::Active,
            permissions: request.permissions,
            audience: request.audience,
            created_at: now,
            expires_at: request.expires_at,
            used_at: None,
            used_by: None,
        });
        return Ok(serde_json::to_value(ShareCreated { share_id, code, token, expires_at: request.expires_at }).unwrap());
    }
    Ok(json!({}))
}
