//! Create, revoke, and the holder's history.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use passid_api::agreement::{Agreement, Purpose as AgreedPurpose};
use passid_api::codes::{ShareCode, ShareToken};
use passid_api::ids::{ShareId, UserId};
use passid_api::predicate;
use passid_api::problem::ProblemCode;
use passid_api::share::{CreateShare, MAX_LIFETIME_SECONDS, RevokeShare, ShareCreated, ShareHistory, ShareRevoked, ShareState};

use crate::http::callers::WalletCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once, replay};
use crate::http::openapi::{Caller, Chapter, Operation, Routes};
use crate::http::{ApiError, JsonBody};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::session::holder;
use crate::store::shares::{NewShare, TakeBack};
use crate::store::{self};
use crate::verify::presentation;

use super::{ShareContent, examples};

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new().post("/api/v1/bridge/share/create", create, create_operation()).post("/api/v1/bridge/share/revoke", revoke, revoke_operation()).get(
        "/api/v1/bridge/share/user/{user_id}",
        history,
        history_operation(),
    )
}

fn create_operation() -> Operation {
    Operation::new(Chapter::Shares, "create_share", "Make a one-time share")
        .about("The proof is verified when it arrives; code and token are shown once.")
        .by(Caller::Wallet)
        .idempotent()
        .takes::<CreateShare>(examples::create())
        .answers::<ShareCreated>(201, "The share.", examples::created())
        .fails([
            ProblemCode::StaleHead,
            ProblemCode::ProofInvalid,
            ProblemCode::PresentationReplayed,
            ProblemCode::CredentialNotValid,
            ProblemCode::SanctionsMatch,
            ProblemCode::NotFound,
        ])
}

async fn create(State(service): State<Service>, caller: WalletCaller, key: IdempotencyKey, body: JsonBody<CreateShare>) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest } = body;
    let principal = caller.user.to_string();
    if let Some(answer) = replay(&service, &principal, &key, digest).await? {
        return Ok(answer);
    }
    let now = service.clock.now();
    let lifetime = request.expires_at.seconds_since(now);
    if lifetime <= 0 || lifetime > i64::from(MAX_LIFETIME_SECONDS) {
        return Err(ApiError::field("/expires_at", "invalid", "Choose an end within the next 24 hours."));
    }
    predicate::validate(&request.predicates).map_err(|error| ApiError::field("/predicates", "invalid", error.to_string()))?;
    if let Some(audience) = request.audience {
        let known = store::institutions::find(&mut service.store.reader().await?, audience).await?;
        known.ok_or_else(|| ApiError::field("/audience", "unknown", "There is no such institution."))?;
    }
    holder::check_standing(&service, caller)?;
    let agreement = Agreement {
        environment: caller.environment,
        purpose: AgreedPurpose::Share { audience: request.audience, nonce: request.nonce },
        permissions: request.permissions.clone(),
        predicates: request.predicates.clone(),
        expires_at: request.expires_at,
    };
    let checked = presentation::check(&service, &agreement, &request.presentation).await?;

    let (id, code, token) =
        service.with_random(|random| (ShareId::generate(service.clock.as_ref(), random), ShareCode::generate(random), ShareToken::generate(random)));
    let mark = (checked.context.clone(), checked.nullifier.clone());
    let sealed_content = ShareContent { agreement, presentation: request.presentation, checked }.seal(&service, id)?;
    let share = NewShare {
        id,
        user: caller.user,
        environment: caller.environment,
        code_digest: service.sealer.digest(Purpose::Code, code.symbols()),
        token_digest: service.sealer.digest(Purpose::Code, token.symbols()),
        audience: request.audience,
        nonce: request.nonce,
        permissions: request.permissions,
        predicates: request.predicates,
        sealed_content,
        expires_at: request.expires_at,
        created_at: now,
    };
    once(&service, &principal, &key, digest, move |connection| {
        Box::pin(async move {
            if store::verifications::insert_nullifiers(connection, &[&mark], now).await?.is_empty() {
                return Err(ApiError::new(ProblemCode::PresentationReplayed, "This presentation was already used; make a new share."));
            }
            let expires_at = share.expires_at;
            store::shares::insert(connection, share).await?;
            Answer::new(StatusCode::CREATED, &ShareCreated { share_id: id, code, token, expires_at })
        })
    })
    .await
}

fn revoke_operation() -> Operation {
    Operation::new(Chapter::Shares, "revoke_share", "Withdraw a share that was not redeemed yet")
        .by(Caller::Wallet)
        .idempotent()
        .takes::<RevokeShare>(examples::revoke())
        .answers::<ShareRevoked>(200, "It is withdrawn, now or earlier.", examples::revoked())
        .fails([ProblemCode::NotFound, ProblemCode::Conflict])
}

async fn revoke(State(service): State<Service>, caller: WalletCaller, key: IdempotencyKey, body: JsonBody<RevokeShare>) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest } = body;
    let now = service.clock.now();
    once(&service, &caller.user.to_string(), &key, digest, move |connection| {
        Box::pin(async move {
            match store::shares::revoke(connection, caller.user, request.share_id, now).await? {
                TakeBack::Revoked => Answer::ok(&ShareRevoked { share_id: request.share_id, status: ShareState::Revoked }),
                TakeBack::AlreadyUsed => Err(ApiError::new(ProblemCode::Conflict, "The share was used before it could be withdrawn.")),
                TakeBack::NotFound => Err(ApiError::not_found()),
            }
        })
    })
    .await
}

fn history_operation() -> Operation {
    Operation::new(Chapter::Shares, "list_shares", "The holder's own shares, newest first")
        .by(Caller::Wallet)
        .path::<UserId>("user_id", "The signed-in holder.", "usr_01hzk3vw0kg9qm2x7r4c8t5y6d")
        .answers::<ShareHistory>(200, "At most the 200 newest.", examples::history())
        .fails([ProblemCode::NotFound])
}

async fn history(State(service): State<Service>, caller: WalletCaller, Path(user_id): Path<String>) -> Result<Json<ShareHistory>, ApiError> {
    let asked: UserId = user_id.parse().map_err(|_| ApiError::not_found())?;
    if asked != caller.user {
        return Err(ApiError::not_found());
    }
    let data = store::shares::history(&mut service.store.reader().await?, caller.user, service.clock.now()).await?;
    Ok(Json(ShareHistory { data }))
}
