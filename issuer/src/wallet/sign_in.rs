//! Signing in with the device key: a challenge, a signature over it, a ten-minute token.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::problem::ProblemCode;
use passid_api::wallet::{Challenge, ChallengeRequest, RegisterRequest, TokenRequest, WalletToken, signed_message};
use passid_circuits::FieldElement;

use crate::access::{self, ACCESS_TOKEN_SECONDS, Subject};
use crate::http::callers::check_live;
use crate::http::idempotency::Answer;
use crate::http::openapi::{Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::users::WalletUser;
use crate::store::{self, Connection, StoreError};

use super::examples;

/// Seconds a challenge can be answered.
const CHALLENGE_SECONDS: i64 = 120;

pub(super) fn challenge_operation() -> Operation {
    Operation::new(Chapter::Wallet, "create_wallet_challenge", "A challenge for the device key to sign")
        .takes::<ChallengeRequest>(examples::challenge_request())
        .answers::<Challenge>(200, "The challenge; it counts once.", examples::challenge())
}

pub(super) async fn challenge(State(service): State<Service>, body: JsonBody<ChallengeRequest>) -> Result<Json<Challenge>, ApiError> {
    let key = device_key(&body.value.device_key)?.to_bytes();
    let mut bytes = [0_u8; 32];
    service.with_random(|random| random.fill_bytes(&mut bytes));
    let challenge = URL_SAFE_NO_PAD.encode(bytes);
    let digest = service.sealer.digest(Purpose::OneTimeValue, challenge.as_bytes());
    let now = service.clock.now();
    let expires_at = now.plus_seconds(CHALLENGE_SECONDS);
    let stored = service
        .store
        .write::<(), StoreError, _>(move |connection| Box::pin(async move { store::users::insert_challenge(connection, digest, key, expires_at, now).await }));
    stored.await?;
    Ok(Json(Challenge { challenge, expires_at }))
}

pub(super) fn device_key(text: &str) -> Result<VerifyingKey, ApiError> {
    let wrong = || ApiError::field("/device_key", "invalid", "Send an Ed25519 public key: 32 bytes, base64url without padding.");
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak()).ok_or_else(wrong)
}

/// Checks the signature over the challenge. The challenge itself is taken in the transaction that relies on it.
pub(super) fn check_signature(service: &Service, key: &VerifyingKey, challenge: &str, commitment: &str, signature: &str) -> Result<(), ApiError> {
    let refused = || ApiError::new(ProblemCode::Unauthenticated, "The signature does not answer the challenge; ask for a new one and sign it.");
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok()).ok_or_else(refused)?;
    key.verify_strict(&signed_message(service.config.issuer(), challenge, commitment), &signature).map_err(|_| refused())
}

pub(super) async fn take(service: &Service, connection: &mut Connection, key: &VerifyingKey, challenge: &str) -> Result<(), ApiError> {
    let digest = service.sealer.digest(Purpose::OneTimeValue, challenge.as_bytes());
    if store::users::take_challenge(connection, digest, key.to_bytes(), service.clock.now()).await? {
        Ok(())
    } else {
        Err(ApiError::new(ProblemCode::Unauthenticated, "The challenge is unknown, used or over; ask for a new one."))
    }
}

pub(super) fn wallet_token(service: &Service, user: &WalletUser) -> Result<WalletToken, ApiError> {
    let subject = Subject::Wallet { sub: user.id, environment: user.environment, device: user.device_generation };
    let access_token = access::issue(&service.keys, service.config.issuer(), subject, service.clock.now())?;
    Ok(WalletToken { user_id: user.id, access_token, expires_in: ACCESS_TOKEN_SECONDS })
}

pub(super) fn register_operation() -> Operation {
    Operation::new(Chapter::Wallet, "register_wallet", "Register a device key")
        .about("The same pair again signs in: a wallet that lost the answer asks once more.")
        .takes::<RegisterRequest>(examples::register())
        .answers::<WalletToken>(201, "Registered.", examples::token())
        .answers::<WalletToken>(200, "The pair was registered before.", examples::token())
        .fails([ProblemCode::Unauthenticated, ProblemCode::LiveModeNotEnabled, ProblemCode::Conflict])
}

/// Registers a device key with its holder commitment. The same pair again signs in: a wallet that lost the answer asks once more.
pub(super) async fn register(State(service): State<Service>, body: JsonBody<RegisterRequest>) -> Result<Answer, ApiError> {
    let request = body.value;
    if request.environment == Environment::Live {
        check_live(&service)?;
    }
    let key = device_key(&request.device_key)?;
    let commitment: FieldElement =
        request.holder_commitment.parse().map_err(|_| ApiError::field("/holder_commitment", "invalid", "Send a canonical decimal field element."))?;
    if commitment == FieldElement::ZERO {
        return Err(ApiError::field("/holder_commitment", "invalid", "Zero is no commitment."));
    }
    check_signature(&service, &key, &request.challenge, &request.holder_commitment, &request.signature)?;
    let inside = service.clone();
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                take(&inside, connection, &key, &request.challenge).await?;
                if let Some(user) = store::users::find_by_device_key(connection, key.to_bytes()).await? {
                    if user.holder_commitment != request.holder_commitment || user.environment != request.environment {
                        return Err(ApiError::new(ProblemCode::Conflict, "This device key is registered with another secret or environment."));
                    }
                    return Answer::ok(&wallet_token(&inside, &user)?);
                }
                let id = inside.with_random(|random| UserId::generate(inside.clock.as_ref(), random));
                let user = WalletUser {
                    id,
                    environment: request.environment,
                    holder_commitment: request.holder_commitment,
                    sanctions_match: false,
                    device_generation: 0,
                };
                match store::users::insert(connection, &user, key.to_bytes(), inside.clock.now()).await {
                    Err(StoreError::Duplicate(_)) => Err(ApiError::new(ProblemCode::Conflict, "This secret is registered with another device.")),
                    inserted => {
                        inserted?;
                        Answer::new(StatusCode::CREATED, &wallet_token(&inside, &user)?)
                    }
                }
            })
        })
        .await
}

pub(super) fn token_operation() -> Operation {
    Operation::new(Chapter::Wallet, "create_wallet_token", "Sign in with the device key")
        .takes::<TokenRequest>(examples::token_request())
        .answers::<WalletToken>(200, "A token for ten minutes.", examples::token())
        .fails([ProblemCode::Unauthenticated])
}

pub(super) async fn token(State(service): State<Service>, body: JsonBody<TokenRequest>) -> Result<Json<WalletToken>, ApiError> {
    let request = body.value;
    let key = device_key(&request.device_key)?;
    check_signature(&service, &key, &request.challenge, "", &request.signature)?;
    let inside = service.clone();
    let token = service.store.write(move |connection| {
        Box::pin(async move {
            take(&inside, connection, &key, &request.challenge).await?;
            let user = store::users::find_by_device_key(connection, key.to_bytes()).await?;
            let user = user.ok_or_else(|| ApiError::new(ProblemCode::Unauthenticated, "This device is not registered; register it first."))?;
            wallet_token(&inside, &user)
        })
    });
    Ok(Json(token.await?))
}
