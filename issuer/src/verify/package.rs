//! The package: claims, freshness, provenance and proof status of one verification, for the institution's file.

use passid_api::package::{Freshness, Package, PackageRequest, Provenance};
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;
use passid_api::verify::VerifyResponse;

use crate::http::ApiError;
use crate::http::callers::KeyCaller;
use crate::service::Service;
use crate::store::verifications::StoredVerification;
use crate::store::{self, StoreError};

use super::redeem;

const SECONDS_PER_HOUR: i64 = 3_600;

/// Assembles the package of the caller's own verification.
///
/// # Errors
/// `not_found` when the caller has none that accepted the token.
pub(super) async fn assemble(service: &Service, caller: &KeyCaller, request: PackageRequest) -> Result<Package, ApiError> {
    let mut reader = service.store.reader().await?;
    let found = if let Ok(id) = request.token.trim().parse() {
        store::verifications::find(&mut reader, caller.institution, caller.environment, id).await?
    } else {
        let digest = redeem::token_digest(service, &request.token);
        store::verifications::find_by_token(&mut reader, caller.institution, caller.environment, digest).await?
    };
    let stored = found.filter(|stored| stored.evidence.is_some());
    let stored = stored.ok_or_else(|| ApiError::new(ProblemCode::NotFound, "You have no verification that accepted this token; verify it first."))?;
    let provenance = store::verifications::provenance(&mut reader, caller.institution, caller.environment, stored.id).await?;
    let provenance = provenance.ok_or(StoreError::Corrupt("provenance"))?;
    Ok(package(&stored, provenance, request.institution_ref, service.clock.now())?)
}

fn package(stored: &StoredVerification, provenance: Provenance, reference: Option<String>, now: Timestamp) -> Result<Package, StoreError> {
    let response: VerifyResponse = serde_json::from_str(&stored.response).map_err(|_| StoreError::Corrupt("verification"))?;
    let claims = response.claims.ok_or(StoreError::Corrupt("verification"))?;
    let hours_at_verification = claims.get("freshness_hours").and_then(serde_json::Value::as_u64).ok_or(StoreError::Corrupt("verification"))?;
    let age = now.seconds_since(provenance.data_not_before).max(0);
    let too_old = age > i64::from(provenance.policy.max_data_age_seconds);
    Ok(Package {
        audit_id: stored.id,
        verified_at: response.verified_at,
        packaged_at: now,
        institution_reference: reference.or(response.institution_reference),
        claims,
        predicates: response.predicates,
        applicant_ref: response.applicant_ref,
        freshness_hours: hours_at_verification,
        freshness: Freshness {
            hours_at_verification,
            hours_now: age.unsigned_abs().div_ceil(SECONDS_PER_HOUR.unsigned_abs()),
            head_timestamp: response.head_timestamp,
            expires_at: response.expires_at,
            stale: too_old || response.expires_at.is_some_and(|end| end <= now),
        },
        provenance,
        proof: response.proof,
        signature: response.signature,
        evidence: format!("/v1/verifications/{}/evidence", stored.id),
        policy_version: response.policy_version,
        model_version: response.model_version,
    })
}
