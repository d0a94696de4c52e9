//! Verifications for tests of what is done with them: as the store keeps them, without a wallet.

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, VerificationId};
use passid_api::outcome::CoverageLevel;
use passid_api::verify::DenyReason;

use crate::service::Service;
use crate::store::verifications::{self, StoredVerification, VerificationFacts};

use super::{examples, redeem};

/// What a test chooses of a verification.
#[derive(Clone, Default)]
pub(crate) struct Verified {
    pub(crate) token: Option<String>,
    pub(crate) deny_reason: Option<DenyReason>,
    pub(crate) reference: Option<String>,
    pub(crate) coverage: Option<CoverageLevel>,
    pub(crate) score: Option<u16>,
    pub(crate) stable_probability: Option<u16>,
}

/// Stores a sandbox verification of the institution.
pub(crate) async fn store(service: &Service, institution: InstitutionId, chosen: Verified) -> VerificationId {
    let id = service.with_random(|random| VerificationId::generate(service.clock.as_ref(), random));
    let mut response = examples::stored();
    response["verification_id"] = serde_json::json!(id);
    response["verified_at"] = serde_json::json!(service.clock.now());
    let accepted = chosen.deny_reason.is_none();
    let stored = StoredVerification { id, response: response.to_string(), evidence: accepted.then(|| "{}".to_owned()), created_at: service.clock.now() };
    let facts = VerificationFacts {
        deny_reason: chosen.deny_reason,
        institution_reference: chosen.reference,
        coverage: accepted.then_some(chosen.coverage.unwrap_or(CoverageLevel::High)),
        score: chosen.score,
        stable_probability: chosen.stable_probability,
        ..VerificationFacts::default()
    };
    let digest = chosen.token.map(|token| redeem::token_digest(service, &token));
    let write = service.store.write::<(), crate::store::StoreError, _>(move |connection| {
        Box::pin(async move { verifications::insert(connection, institution, Environment::Sandbox, digest, &stored, &facts).await })
    });
    write.await.unwrap();
    id
}
