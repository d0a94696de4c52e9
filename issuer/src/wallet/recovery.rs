//! Moving to a new phone: the key in a wallet's backup binds the account to another device and cuts the old one off.
//!
//! The recovery key does one thing only. It stays good until the holder sets another or forgets it, so that a backup can be restored
//! more than once; it never signs in, and nothing is read with it.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::Signature;

use passid_api::environment::Environment;
use passid_api::problem::ProblemCode;
use passid_api::wallet::{BankLinkStatus, RebindRequest, RecoveryKeyRequest, WalletToken, rebind_message};
use passid_circuits::FieldElement;

use super::examples;
use super::sign_in::{check_signature, device_key, take, wallet_token};
use crate::credential::tree;
use crate::http::callers::{WalletCaller, check_live};
use crate::http::idempotency::Answer;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::service::Service;
use crate::store::{self, Connection, StoreError};

pub(super) fn set_key_operation() -> Operation {
    Operation::new(Chapter::Wallet, "set_recovery_key", "Set the key that backups carry")
        .about("It binds the account to a new device and does nothing else. Setting the same key again changes nothing.")
        .by(Caller::Wallet)
        .takes::<RecoveryKeyRequest>(examples::recovery_key())
        .answers_nothing(204, "It is set.")
        .fails([ProblemCode::Conflict])
}

/// Sets the key that backups carry. Setting the same key again changes nothing.
pub(super) async fn set_key(State(service): State<Service>, caller: WalletCaller, body: JsonBody<RecoveryKeyRequest>) -> Result<StatusCode, ApiError> {
    let key = device_key(&body.value.recovery_key)?.to_bytes();
    let now = service.clock.now();
    let set = service.store.write(move |connection| Box::pin(async move { store::users::set_recovery_key(connection, caller.user, key, now).await }));
    match set.await {
        Err(StoreError::Duplicate(_)) => Err(ApiError::new(ProblemCode::Conflict, "This key belongs to another account; make another.")),
        set => Ok(set.map(|()| StatusCode::NO_CONTENT)?),
    }
}

pub(super) fn forget_key_operation() -> Operation {
    Operation::new(Chapter::Wallet, "delete_recovery_key", "Withdraw all backups")
        .about("No backup made so far moves the account any more.")
        .by(Caller::Wallet)
        .answers_nothing(204, "It is forgotten.")
}

/// Forgets the recovery key: no backup made so far moves the account any more.
pub(super) async fn forget_key(State(service): State<Service>, caller: WalletCaller) -> Result<StatusCode, ApiError> {
    let forgotten =
        service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::users::delete_recovery_key(connection, caller.user).await }));
    Ok(forgotten.await.map(|()| StatusCode::NO_CONTENT)?)
}

pub(super) fn rebind_operation() -> Operation {
    Operation::new(Chapter::Wallet, "rebind_wallet", "Move an account to a new device")
        .about("Its credentials are revoked, its bank connections end, and the device before is signed out at once.")
        .takes::<RebindRequest>(examples::rebind())
        .answers::<WalletToken>(200, "The account is this device's.", examples::token())
        .fails([ProblemCode::Unauthenticated, ProblemCode::LiveModeNotEnabled, ProblemCode::Conflict])
}

/// Binds the account to the new device. Its credentials are revoked, for the old device holds them; its bank links end; the old device's
/// tokens end at once.
/// The same request with a new challenge answers again with a token: a wallet that lost the answer asks once more.
pub(super) async fn rebind(State(service): State<Service>, body: JsonBody<RebindRequest>) -> Result<Answer, ApiError> {
    let request = body.value;
    if request.environment == Environment::Live {
        check_live(&service)?;
    }
    let device = device_key(&request.device_key)?;
    let recovery = device_key(&request.recovery_key).map_err(|_| unknown())?;
    match request.holder_commitment.parse::<FieldElement>() {
        Ok(commitment) if commitment != FieldElement::ZERO => {}
        _ => return Err(ApiError::field("/holder_commitment", "invalid", "Send a canonical decimal field element that is not zero.")),
    }
    check_signature(&service, &device, &request.challenge, &request.holder_commitment, &request.signature)?;
    let message = rebind_message(service.config.issuer(), &request.challenge, &request.device_key, &request.holder_commitment);
    let signature = URL_SAFE_NO_PAD.decode(&request.recovery_signature).ok().and_then(|bytes| Signature::from_slice(&bytes).ok()).ok_or_else(unknown)?;
    recovery.verify_strict(&message, &signature).map_err(|_| unknown())?;
    let inside = service.clone();
    let bound = service.store.write(move |connection| {
        Box::pin(async move {
            take(&inside, connection, &device, &request.challenge).await?;
            let user = store::users::find_by_recovery_key(connection, recovery.to_bytes()).await?;
            let mut user = user.filter(|user| user.environment == request.environment).ok_or_else(unknown)?;
            let bound_before = store::users::find_by_device_key(connection, device.to_bytes()).await?;
            let repeated = bound_before.is_some_and(|bound| bound.id == user.id) && user.holder_commitment == request.holder_commitment;
            if !repeated {
                move_account(&inside, connection, &user, device.to_bytes(), &request.holder_commitment).await?;
                user.device_generation += 1;
            }
            Answer::ok(&wallet_token(&inside, &user)?)
        })
    });
    bound.await
}

async fn move_account(
    service: &Service,
    connection: &mut Connection,
    user: &store::users::WalletUser,
    device: [u8; 32],
    commitment: &str,
) -> Result<(), ApiError> {
    match store::users::rebind(connection, user.id, device, commitment).await {
        Err(StoreError::Duplicate(_)) => return Err(ApiError::new(ProblemCode::Conflict, "This device key or secret belongs to another account.")),
        bound => bound?,
    }
    for leaf in store::credentials::revoke_all(connection, user.id, service.clock.now()).await? {
        tree::revoke(service, connection, user.environment, leaf).await.map_err(|error| ApiError::internal(&error))?;
    }
    // Whoever restores must sign in to the bank again: a stolen backup alone gets no claims.
    store::bank_links::end_all(connection, user.id, BankLinkStatus::Revoked).await?;
    tracing::info!(user = %user.id, "an account moved to another device");
    Ok(())
}

/// One answer for an unknown key, a wrong signature and a forgotten key: nothing is learned by trying.
fn unknown() -> ApiError {
    ApiError::new(ProblemCode::Unauthenticated, "This backup no longer opens an account; register anew.")
}
