//! Verify, fetch, evidence.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::{Path, State};

use passid_api::evidence::EvidenceBundle;
use passid_api::ids::VerificationId;
use passid_api::package::{Package, PackageRequest};
use passid_api::problem::ProblemCode;
use passid_api::verify::{DenyReason, VerifyRequest, VerifyResponse};
use passid_circuits::Statement;

use crate::http::callers::{KeyCaller, SecretKeyCaller};
use crate::http::idempotency::{Answer, IdempotencyKey, keep, once};
use crate::http::openapi::{Caller, Chapter, Operation, Routes};
use crate::http::{ApiError, JsonBody};
use crate::limit::Subject;
use crate::sandbox::fixtures;
use crate::service::Service;
use crate::store::verifications::StoredVerification;
use crate::store::{self, StoreError};

use super::record::Evidence;
use super::redeem::{self, Redeemer};
use super::{examples, package, register};

/// The longest token or reference read, characters.
const MAX_TEXT: usize = 200;

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/verify", verify, verify_operation("verify_token"))
        .post("/api/v1/bridge/verify", verify, verify_operation("verify_bridge_token"))
        .get("/api/v1/bridge/verify/{token}", fetch_by_token, fetch_by_token_operation())
        .get("/v1/verifications/{id}", fetch, fetch_operation())
        .get("/v1/verifications/{id}/evidence", evidence, evidence_operation())
        .post("/v1/package", package, package_operation())
}

fn verify_operation(id: &'static str) -> Operation {
    Operation::new(Chapter::Verification, id, "Redeem a token or code")
        .about(
            "A token works once. A credential found wanting is a result, not an error: 200 with `credential_valid: false` and a \
             `deny_reason`. Send an `Idempotency-Key`, so that a retry neither verifies twice nor fires a second webhook.",
        )
        .by(Caller::AnyKey)
        .idempotent()
        .takes::<VerifyRequest>(examples::verify_request())
        .answers_one_of::<VerifyResponse>(200, "What the credential is worth.", [("accepted", examples::accepted()), ("refused", examples::refused())])
}

async fn verify(State(service): State<Service>, caller: KeyCaller, key: IdempotencyKey, body: JsonBody<VerifyRequest>) -> Result<Answer, ApiError> {
    redeemed(&service, caller, &key, body, Answer::ok).await
}

/// Redeems the token and answers in the surface's own form.
pub(crate) async fn redeemed(
    service: &Service,
    caller: KeyCaller,
    key: &IdempotencyKey,
    body: JsonBody<VerifyRequest>,
    form: fn(&VerifyResponse) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest } = body;
    check_texts([("/token", Some(&request.token)), ("/institution_reference", request.institution_reference.as_ref())])?;
    let principal = format!("{} {}", caller.institution, caller.environment);
    let attempt = service.meter.try_code(service.clock.as_ref(), Subject::Key(caller.key), caller.environment)?;
    let ready = fixtures::prepare(service, caller.environment, &request.token).await?;
    let redeemer = Redeemer::from(&caller);
    let prepared = if ready.is_none() { redeem::prepare(service, &redeemer, &request).await? } else { None };
    if let Some(prepared) = prepared
        && let Some(answer) = redeemed_prepared(service, &principal, key, digest, prepared, form).await?
    {
        service.deliveries_due.notify_one();
        return Ok(answer);
    }
    let (inside, missed) = (service.clone(), Arc::new(AtomicBool::new(false)));
    let led_nowhere = Arc::clone(&missed);
    let answer = once(service, &principal, key, digest, move |connection| {
        Box::pin(async move {
            let response = redeem::redeem(&inside, connection, &redeemer, &request, ready).await?;
            led_nowhere.store(response.deny_reason == Some(DenyReason::TokenNotFound), Ordering::Relaxed);
            Ok(form(&response)?.made(response.verification_id))
        })
    })
    .await?;
    if missed.load(Ordering::Relaxed) {
        attempt.missed(&service.store, service.clock.as_ref()).await?;
    }
    service.deliveries_due.notify_one();
    Ok(answer)
}

/// Redeems with the answer made before the transaction; none, and nothing has happened, when something has come up that speaks against it.
async fn redeemed_prepared(
    service: &Service,
    principal: &str,
    key: &IdempotencyKey,
    digest: [u8; 32],
    prepared: redeem::Prepared,
    form: fn(&VerifyResponse) -> Result<Answer, ApiError>,
) -> Result<Option<Answer>, ApiError> {
    let answer = form(prepared.response())?.made(prepared.response().verification_id);
    let kept = keep(service, principal, key, digest, &answer)?;
    Ok(register::write(service, prepared.answered(kept)).await?.is_ok().then_some(answer))
}

/// PostgreSQL's text has no zero byte.
fn check_texts<const COUNT: usize>(texts: [(&str, Option<&String>); COUNT]) -> Result<(), ApiError> {
    for (pointer, text) in texts {
        if text.is_some_and(|text| text.is_empty() || text.chars().count() > MAX_TEXT || text.contains('\0')) {
            return Err(ApiError::field(pointer, "invalid", "Send 1 to 200 characters."));
        }
    }
    Ok(())
}

fn read(stored: &StoredVerification) -> Result<VerifyResponse, ApiError> {
    Ok(serde_json::from_str(&stored.response).map_err(|_| StoreError::Corrupt("verification"))?)
}

fn fetch_by_token_operation() -> Operation {
    Operation::new(Chapter::Verification, "get_verification_by_token", "Fetch the verification of a token")
        .about("The run that accepted the token, else the newest that refused it.")
        .by(Caller::SecretKey)
        .path::<String>("token", "The token or code as it was submitted.", "PASSID-AB3X-7YQM-K9PQ-3MNX")
        .answers::<VerifyResponse>(200, "The verification as it was answered, without the token.", examples::stored())
        .fails([ProblemCode::NotFound])
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

fn fetch_operation() -> Operation {
    Operation::new(Chapter::Verification, "get_verification", "Fetch a verification")
        .by(Caller::SecretKey)
        .path::<VerificationId>("id", "The verification.", examples::VERIFICATION)
        .answers::<VerifyResponse>(200, "The verification as it was answered, without the token.", examples::stored())
        .fails([ProblemCode::NotFound])
}

async fn fetch(State(service): State<Service>, SecretKeyCaller(caller): SecretKeyCaller, Path(id): Path<String>) -> Result<Json<VerifyResponse>, ApiError> {
    Ok(Json(read(&load(&service, &caller, &id).await?)?))
}

fn evidence_operation() -> Operation {
    Operation::new(Chapter::Verification, "get_verification_evidence", "Fetch what lets anyone check a verification")
        .about("Statement, public signals, proof, signed head and issuer keys: everything it takes to check the claims without this server.")
        .by(Caller::SecretKey)
        .path::<VerificationId>("id", "The verification; one that was refused has no evidence.", examples::VERIFICATION)
        .answers::<EvidenceBundle>(200, "The evidence.", examples::evidence())
        .fails([ProblemCode::NotFound])
}

async fn evidence(State(service): State<Service>, SecretKeyCaller(caller): SecretKeyCaller, Path(id): Path<String>) -> Result<Json<EvidenceBundle>, ApiError> {
    Ok(Json(evidence_bundle(&service, load(&service, &caller, &id).await?)?))
}

/// What lets anyone check a verification.
///
/// # Errors
/// `not_found` for a refused one, which has none.
pub(crate) fn evidence_bundle(service: &Service, stored: StoredVerification) -> Result<EvidenceBundle, ApiError> {
    let text = stored.evidence.ok_or_else(|| ApiError::new(ProblemCode::NotFound, "A refused verification has no evidence."))?;
    let evidence: Evidence = serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("evidence"))?;
    let statement = Statement::new(evidence.statement).map_err(|_| StoreError::Corrupt("evidence"))?;
    Ok(EvidenceBundle {
        verification_id: stored.id,
        agreement: evidence.agreement.map(serde_json::to_value).transpose()?,
        public_signals: statement.public_signals().iter().map(ToString::to_string).collect(),
        statement: serde_json::to_value(&statement)?,
        proof: evidence.presentation.proof,
        head: evidence.presentation.head,
        issuer_keys: (*service.keys.public_keys()).clone(),
    })
}

fn package_operation() -> Operation {
    Operation::new(Chapter::Verification, "package_verification", "Assemble a verification for the institution's file")
        .about("Claims, freshness, provenance, proof status and audit id in one document. The token must have been verified before; nothing is redeemed.")
        .by(Caller::SecretKey)
        .takes::<PackageRequest>(examples::package_request())
        .answers::<Package>(200, "The package.", examples::package())
        .fails([ProblemCode::NotFound])
}

async fn package(State(service): State<Service>, SecretKeyCaller(caller): SecretKeyCaller, body: JsonBody<PackageRequest>) -> Result<Json<Package>, ApiError> {
    check_texts([("/token", Some(&body.value.token)), ("/institutionRef", body.value.institution_ref.as_ref())])?;
    Ok(Json(package::assemble(&service, &caller, body.value).await?))
}
