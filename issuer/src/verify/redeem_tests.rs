//! What comes up between making an answer and giving it decides; on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::FutureExt;
use passid_api::verify::{DenyReason, VerifyRequest, VerifyResponse};

use super::redeem::{Prepared, prepare, redeem, token_digest};
use super::register;
use super::testing::Shown;
use crate::params;
use crate::store;
use crate::store::testing::databases;
use crate::testing::TestIssuer;

/// With the prepared answer, else without it.
async fn redeem_with(shown: &Shown, request: &VerifyRequest, prepared: Prepared) -> VerifyResponse {
    let response = prepared.response().clone();
    if register::write(&shown.service, prepared.answered(None)).await.unwrap().is_ok() {
        return response;
    }
    let (service, redeemer, request) = (shown.service.clone(), shown.redeemer.clone(), request.clone());
    shown.write(move |connection| async move { redeem(&service, connection, &redeemer, &request, None).await }.boxed()).await
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
            let response = redeem_with(&shown, &request, prepared).await;
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
        let sql = "SELECT used_by FROM shares WHERE id = $1 AND sealed_content IS NULL AND used_at IS NOT NULL";
        let row = issuer.service.store.reader().await.unwrap().fetch_optional(sql, params![id]).await.unwrap().unwrap();
        assert_eq!((row.parse("used_by").unwrap(), given.len()), (shown.redeemer.institution, 1));
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
        assert_eq!(redeem_with(&shown, &request, prepared).await.deny_reason, Some(DenyReason::TokenRevoked), "{}", database.engine);

        for (matched, expected) in [(true, Some(DenyReason::HardDenySanctionsMatch)), (false, None)] {
            let (_, request) = shown.share().await;
            let prepared = shown.prepare(&request).await;
            shown.write(move |connection| async move { Ok(store::users::set_sanctions_match(connection, user, matched).await?) }.boxed()).await;
            assert_eq!(redeem_with(&shown, &request, prepared).await.deny_reason, expected, "{}", database.engine);
        }

        let (_, late) = shown.share().await;
        let (_, request) = shown.share().await;
        let (prepared, prepared_late) = (shown.prepare(&request).await, shown.prepare(&late).await);
        shown.write(move |connection| async move { Ok(store::credentials::revoke_all(connection, user, now).await.map(drop)?) }.boxed()).await;
        assert_eq!(redeem_with(&shown, &request, prepared).await.deny_reason, Some(DenyReason::CredentialRevoked), "{}", database.engine);
        issuer.clock.advance(3_600);
        assert_eq!(redeem_with(&shown, &late, prepared_late).await.deny_reason, Some(DenyReason::TokenExpired), "{}", database.engine);
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
        assert!(redeem_with(&shown, &request, used).await.credential_valid);
        assert!(prepare(&issuer.service, &shown.redeemer, &request).await.unwrap().is_none(), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_up_beside_others_finds_their_own() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (service, shown) = (&issuer.service, Shown::new(&issuer.service).await);
        let (environment, unknown) = (shown.redeemer.environment, token_digest(service, "PASSID-AB3X-7YQM-K9PQ-3MNX"));
        let mut asked = vec![(unknown, None)];
        for _ in 0..20 {
            let (id, request) = shown.share().await;
            let digest = token_digest(service, &request.token);
            asked.extend([(digest, Some(id)), (digest, Some(id)), (unknown, None)]);
        }
        let found = asked.iter().map(|(digest, _)| service.store.find_share(environment, *digest));
        for (found, (_, expected)) in futures_util::future::join_all(found).await.into_iter().zip(&asked) {
            assert_eq!(found.unwrap().map(|share| share.id), *expected, "{}", database.engine);
        }
        let other = service.store.find_share(passid_api::environment::Environment::Live, asked[1].0).await.unwrap();
        assert!(other.is_none(), "{}: in the other environment", database.engine);
        let standing = service.store.standing(shown.user).await.unwrap().unwrap();
        let until = service.clock.now().plus_seconds(1);
        assert!(!standing.sanctions_match && standing.credential_until.is_some_and(|end| end > until), "{}", database.engine);
    }
}
