//! What comes up between making an answer and giving it decides; on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use passid_api::agreement::{Agreement, Purpose as AgreedPurpose, ShareNonce};
use passid_api::codes::{ShareCode, ShareToken};
use passid_api::environment::Environment;
use passid_api::ids::{ShareId, UserId};
use passid_api::permission::PermissionSet;
use passid_api::verify::{DenyReason, VerifyRequest, VerifyResponse};

use super::presentation::{self, Checked};
use super::redeem::{Prepared, Redeemer, prepare, redeem, redeem_prepared};
use crate::http::ApiError;
use crate::institution::testing::{Api, Workspace};
use crate::params;
use crate::sandbox::fixtures;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::share::ShareContent;
use crate::store::shares::NewShare;
use crate::store::testing::databases;
use crate::store::{self, Connection};
use crate::testing::TestIssuer;

/// Shares that show one presentation under different codes.
struct Shown {
    service: Service,
    redeemer: Redeemer,
    agreement: Agreement,
    presentation: passid_api::presentation::Presentation,
    checked: Checked,
    user: UserId,
}

impl Shown {
    async fn new(service: &Service) -> Self {
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

    async fn write<T: Send + 'static>(&self, work: impl for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, ApiError>> + Send + 'static) -> T {
        self.service.store.write::<T, ApiError, _>(work).await.unwrap()
    }

    async fn share(&self) -> (ShareId, VerifyRequest) {
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

    async fn prepare(&self, request: &VerifyRequest) -> Prepared {
        prepare(&self.service, &self.redeemer, request).await.unwrap().expect("nothing speaks against it yet")
    }

    /// With the prepared answer, else without it.
    async fn redeem(&self, request: &VerifyRequest, prepared: Prepared) -> VerifyResponse {
        let (service, redeemer, response) = (self.service.clone(), self.redeemer.clone(), prepared.response().clone());
        let written = self.service.store.write(move |connection| {
            let taken = async move { redeem_prepared(&service, connection, &redeemer, prepared).await };
            async move { if taken.await? { Ok(()) } else { Err(ApiError::not_found()) } }.boxed()
        });
        if written.await.is_ok() {
            return response;
        }
        let (service, redeemer, request) = (self.service.clone(), self.redeemer.clone(), request.clone());
        self.write(move |connection| async move { redeem(&service, connection, &redeemer, &request, None).await }.boxed()).await
    }

    async fn verifications(&self) -> i64 {
        let sql = "SELECT COUNT(*) AS n FROM verifications WHERE institution_id = $1";
        let mut reader = self.service.store.reader().await.unwrap();
        reader.fetch_optional(sql, params![self.redeemer.institution]).await.unwrap().unwrap().get("n").unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_prepared_answers_for_one_share_one_is_given() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let shown = Shown::new(&issuer.service).await;
        let (id, request) = shown.share().await;
        let mut prepared = Vec::new();
        for _ in 0..20 {
            prepared.push(shown.prepare(&request).await);
        }
        let accepted = Arc::new(AtomicI64::new(0));
        let races = prepared.into_iter().map(|prepared| async {
            let response = shown.redeem(&request, prepared).await;
            match response.deny_reason {
                None => {
                    accepted.fetch_add(1, Ordering::Relaxed);
                    assert_eq!((response.institution_reference.as_deref(), response.token.as_ref()), (Some("loan 7"), Some(&request.token)));
                    Some(response.verification_id)
                }
                reason => {
                    assert_eq!(reason, Some(DenyReason::TokenAlreadyUsed), "{}", database.engine);
                    None
                }
            }
        });
        let given: Vec<_> = futures_util::future::join_all(races).await.into_iter().flatten().collect();
        assert_eq!((accepted.load(Ordering::Relaxed), shown.verifications().await), (1, 20), "{}", database.engine);
        let sql = "SELECT verification_id FROM shares WHERE id = $1 AND sealed_content IS NULL AND used_at IS NOT NULL";
        let row = issuer.service.store.reader().await.unwrap().fetch_optional(sql, params![id]).await.unwrap().unwrap();
        assert_eq!(row.get::<String>("verification_id").unwrap(), given[0].to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_up_after_the_answer_was_made_is_said_instead() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let shown = Shown::new(&issuer.service).await;
        let (user, now) = (shown.user, issuer.service.clock.now());

        let (id, request) = shown.share().await;
        let prepared = shown.prepare(&request).await;
        shown.write(move |connection| async move { Ok(store::shares::revoke(connection, user, id, now).await.map(drop)?) }.boxed()).await;
        assert_eq!(shown.redeem(&request, prepared).await.deny_reason, Some(DenyReason::TokenRevoked), "{}", database.engine);

        for (matched, expected) in [(true, Some(DenyReason::HardDenySanctionsMatch)), (false, None)] {
            let (_, request) = shown.share().await;
            let prepared = shown.prepare(&request).await;
            shown.write(move |connection| async move { Ok(store::users::set_sanctions_match(connection, user, matched).await?) }.boxed()).await;
            assert_eq!(shown.redeem(&request, prepared).await.deny_reason, expected, "{}", database.engine);
        }

        let (_, late) = shown.share().await;
        let (_, request) = shown.share().await;
        let (prepared, prepared_late) = (shown.prepare(&request).await, shown.prepare(&late).await);
        shown.write(move |connection| async move { Ok(store::credentials::revoke_all(connection, user, now).await.map(drop)?) }.boxed()).await;
        assert_eq!(shown.redeem(&request, prepared).await.deny_reason, Some(DenyReason::CredentialRevoked), "{}", database.engine);
        issuer.clock.advance(3_600);
        assert_eq!(shown.redeem(&late, prepared_late).await.deny_reason, Some(DenyReason::TokenExpired), "{}", database.engine);
        let left = "SELECT COUNT(*) AS n FROM shares WHERE user_id = $1 AND used_at IS NOT NULL";
        let row = issuer.service.store.reader().await.unwrap().fetch_optional(left, params![user]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 1, "only the one accepted share was taken on {}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_not_prepared() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let shown = Shown::new(&issuer.service).await;
        let (_, request) = shown.share().await;
        let unknown = VerifyRequest { token: "PASSID-AB3X-7YQM-K9PQ-3MNX".to_owned(), institution_reference: None };
        assert!(prepare(&issuer.service, &shown.redeemer, &unknown).await.unwrap().is_none());
        let used = shown.prepare(&request).await;
        assert!(shown.redeem(&request, used).await.credential_valid);
        assert!(prepare(&issuer.service, &shown.redeemer, &request).await.unwrap().is_none(), "{}", database.engine);
    }
}
