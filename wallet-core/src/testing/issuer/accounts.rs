//! Registering, signing in, moving to a new phone.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use passid_api::ids::UserId;
use passid_api::problem::ProblemCode;
use passid_api::time::Clock;
use passid_api::wallet::{Challenge, RebindRequest, RecoveryKeyRequest, RegisterRequest, TokenRequest, WalletToken, rebind_message, signed_message};

use super::effects::Behaviour;
use super::state::Shared;
use super::wire::{Answer, Refusal, answer, caller};

pub(super) async fn challenge(State(shared): State<Arc<Shared>>) -> Answer {
    answer(&Challenge { challenge: "Y2hhbGxlbmdl".to_owned(), expires_at: shared.clock.now().plus_seconds(60) })
}

fn signed(issuer: &str, device_key: &str, challenge: &str, commitment: &str, signature: &str) -> Result<(), Refusal> {
    verify(device_key, &signed_message(issuer, challenge, commitment), signature)
}

fn verify(key: &str, message: &[u8], signature: &str) -> Result<(), Refusal> {
    let refused = || Refusal(ProblemCode::Unauthenticated);
    let key: [u8; 32] = URL_SAFE_NO_PAD.decode(key).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(refused)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok()).ok_or_else(refused)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| refused())?;
    key.verify_strict(message, &signature).map_err(|_| refused())
}

fn wallet_token(user: UserId) -> Answer {
    answer(&WalletToken { user_id: user, access_token: format!("token-of-{user}"), expires_in: 600 })
}

pub(super) async fn register(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request: RegisterRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    signed(&inside.identifier, &request.device_key, &request.challenge, &request.holder_commitment, &request.signature)?;
    if inside.users.contains_key(&request.device_key) {
        return Err(Refusal(ProblemCode::Conflict));
    }
    let user = UserId::generate(shared.clock.as_ref(), &mut inside.random);
    inside.users.insert(request.device_key, (user, request.holder_commitment));
    inside.tokens_valid = true;
    if inside.behaviour.front() == Some(&Behaviour::LoseAnswer) {
        inside.behaviour.pop_front();
        return Ok((StatusCode::BAD_GATEWAY, "lost").into_response());
    }
    wallet_token(user)
}

pub(super) async fn token(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request: TokenRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    signed(&inside.identifier, &request.device_key, &request.challenge, "", &request.signature)?;
    let user = inside.users.get(&request.device_key).ok_or(Refusal(ProblemCode::Unauthenticated))?.0;
    inside.tokens_valid = true;
    wallet_token(user)
}

pub(super) async fn set_recovery_key(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Answer {
    let request: RecoveryKeyRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    inside.recovery_keys.insert(user, request.recovery_key);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn forget_recovery_key(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let mut inside = shared.lock();
    let user = caller(&inside, &headers)?;
    inside.recovery_keys.remove(&user);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn rebind(State(shared): State<Arc<Shared>>, body: Bytes) -> Answer {
    let request: RebindRequest = serde_json::from_slice(&body).map_err(|_| Refusal(ProblemCode::MalformedRequest))?;
    let mut inside = shared.lock();
    signed(&inside.identifier, &request.device_key, &request.challenge, &request.holder_commitment, &request.signature)?;
    let message = rebind_message(&inside.identifier, &request.challenge, &request.device_key, &request.holder_commitment);
    verify(&request.recovery_key, &message, &request.recovery_signature)?;
    let user = inside.recovery_keys.iter().find(|(_, key)| **key == request.recovery_key).map(|(user, _)| *user);
    let user = user.ok_or(Refusal(ProblemCode::Unauthenticated))?;
    inside.users.retain(|_, (bound, _)| *bound != user);
    inside.users.insert(request.device_key, (user, request.holder_commitment));
    inside.tokens_valid = true;
    if inside.behaviour.front() == Some(&Behaviour::LoseAnswer) {
        inside.behaviour.pop_front();
        return Ok((StatusCode::BAD_GATEWAY, "lost").into_response());
    }
    wallet_token(user)
}
