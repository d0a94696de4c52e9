//! Verifications for tests of what is done with them: as the store keeps them, without a wallet.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use passid_api::agreement::{Agreement, Purpose as AgreedPurpose, ShareNonce};
use passid_api::codes::{ShareCode, ShareToken};
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, ShareId, UserId, VerificationId};
use passid_api::outcome::CoverageLevel;
use passid_api::permission::PermissionSet;
use passid_api::verify::{DenyReason, VerifyRequest};

use crate::http::ApiError;
use crate::institution::testing::{Api, Workspace};
use crate::params;
use crate::sandbox::fixtures;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::share::ShareContent;
use crate::store::shares::NewShare;
use crate::store::verifications::{self, NewVerification, StoredVerification, VerificationFacts};
use crate::store::{self, Connection};

use super::presentation::{self, Checked};
use super::redeem::{Prepared, Redeemer, prepare};
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
    let verification = NewVerification { institution, environment: Environment::Sandbox, token_digest: digest, stored, facts };
    let write = service
        .store
        .write::<(), crate::store::StoreError, _>(move |connection| Box::pin(async move { verifications::insert_each(connection, &[&verification]).await }));
    write.await.unwrap();
    id
}

/// Shares that show one presentation under different codes.
pub(crate) struct Shown {
    pub(crate) service: Service,
    pub(crate) redeemer: Redeemer,
    agreement: Agreement,
    presentation: passid_api::presentation::Presentation,
    checked: Checked,
    pub(crate) user: UserId,
}

impl Shown {
    pub(crate) async fn new(service: &Service) -> Self {
        let workspace = Workspace::onboard(&Api::new(service), "ada@meridian.example").await;
        let nonce = service.with_random(ShareNonce::generate);
        let agreement = Agreement {
            environment: Environment::Sandbox,
            purpose: AgreedPurpose::Share { audience: None, nonce },
            permissions: PermissionSet::all(),
            predicates: Vec::new(),
            expires_at: service.clock.now().plus_seconds(3_600),
        };
        let (user, shown) = fixtures::present(service, &agreement).await.unwrap();
        let checked = presentation::check(service, &agreement, &shown).await.unwrap();
        let institution = workspace.onboarded.institution.id;
        let redeemer = Redeemer { institution, environment: Environment::Sandbox, actor: "api key".to_owned() };
        Self { service: service.clone(), redeemer, agreement, presentation: shown, checked, user }
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ApiError>> + Send + 'static,
    ) -> T {
        self.service.store.write::<T, ApiError, _>(work).await.unwrap()
    }

    pub(crate) async fn share(&self) -> (ShareId, VerifyRequest) {
        let service = &self.service;
        let (id, code, token) =
            service.with_random(|random| (ShareId::generate(service.clock.as_ref(), random), ShareCode::generate(random), ShareToken::generate(random)));
        let content = ShareContent { agreement: self.agreement.clone(), presentation: self.presentation.clone(), checked: self.checked.clone() };
        let share = NewShare {
            id,
            user: self.user,
            environment: Environment::Sandbox,
            code_digest: service.sealer.digest(Purpose::Code, code.symbols()),
            token_digest: service.sealer.digest(Purpose::Code, token.symbols()),
            audience: None,
            nonce: service.with_random(ShareNonce::generate),
            permissions: self.agreement.permissions.clone(),
            predicates: Vec::new(),
            sealed_content: content.seal(service, id).unwrap(),
            expires_at: self.agreement.expires_at,
            created_at: service.clock.now(),
        };
        self.write(move |connection| async move { Ok(store::shares::insert(connection, share).await?) }.boxed()).await;
        (id, VerifyRequest { token: token.to_string(), institution_reference: Some("loan 7".to_owned()) })
    }

    pub(crate) async fn prepare(&self, request: &VerifyRequest) -> Prepared {
        prepare(&self.service, &self.redeemer, request).await.unwrap().expect("nothing speaks against it yet")
    }

    pub(crate) async fn verifications(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM verifications WHERE institution_id = $1";
        let mut reader = self.service.store.reader().await.unwrap();
        reader.fetch_optional(sql, params![self.redeemer.institution]).await.unwrap().unwrap().get("n").unwrap()
    }
}
