//! A holder offers a code; an institution redeems it once.

use std::sync::Arc;

use futures_util::future::join_all;
use passid_api::permission::{Permission, PermissionSet};
use passid_api::verify::{DenyReason, VerifyResponse};
use passid_tests::institution::Institution;
use passid_tests::world::World;
use passid_wallet_core::Wallet;
use passid_wallet_core::consent::KeystoreApproval;
use passid_wallet_core::presentation::PresentationControl;
use passid_wallet_core::share::{NewShare, ShareOptions};
use serde_json::json;

async fn share(wallet: &Wallet, audience: Option<&Institution>) -> NewShare {
    let permissions = PermissionSet::new([Permission::IncomeVerified]).unwrap();
    let options = ShareOptions { audience: audience.map(Institution::id), ..ShareOptions::new(permissions) };
    wallet.create_share(options, Arc::new(KeystoreApproval), PresentationControl::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_racers_on_two_servers_one_wins() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let elsewhere = bank.at(world.second_server().await);
        let code = share(&wallet, None).await.code.to_string();
        let racers = (0..100).map(|number| {
            let (bank, code) = (if number % 2 == 0 { bank.clone() } else { elsewhere.clone() }, code.clone());
            tokio::spawn(async move { bank.verify(&code).await })
        });
        let answers: Vec<VerifyResponse> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
        let winners = answers.iter().filter(|answer| answer.credential_valid).count();
        let beaten = answers.iter().filter(|answer| answer.deny_reason == Some(DenyReason::TokenAlreadyUsed)).count();
        assert_eq!((winners, beaten), (1, 99), "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_with_its_idempotency_key_gets_the_first_answer() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let token = share(&wallet, None).await.token.to_string();
        let same = join_all((0..20).map(|_| bank.submit_under(&token, "one key"))).await;
        let mut bodies = Vec::new();
        let mut replayed = 0;
        for answer in same {
            assert_eq!(answer.status().as_u16(), 200, "{}", world.engine);
            replayed += usize::from(answer.headers().contains_key("idempotent-replayed"));
            bodies.push(answer.bytes().await.unwrap());
        }
        assert_eq!(replayed, 19, "{}", world.engine);
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        let first: VerifyResponse = serde_json::from_slice(&bodies[0]).unwrap();
        assert!(first.credential_valid);
        assert_eq!(bank.denied(&token).await, Some(DenyReason::TokenAlreadyUsed));
        let other_body = bank.submit_under("2345-6789-ABCD", "one key").await;
        assert_eq!(other_body.status().as_u16(), 422);
        // Another institution's key of the same text is another key.
        let other = world.institution("Other").await;
        assert_eq!(other.submit_under(&token, "one key").await.json::<VerifyResponse>().await.unwrap().deny_reason, Some(DenyReason::TokenAlreadyUsed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spoken_form_is_forgiving_and_both_forms_are_one_share() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let created = share(&wallet, None).await;
        let spoken = created.code.to_string().to_lowercase().replace('-', " ");
        let answer = bank.verify(&spoken).await;
        assert!(answer.credential_valid, "{}", world.engine);
        assert_eq!(answer.claims.as_ref().unwrap()["income_verified"], json!(true));
        assert!(!answer.raw_transactions_included);
        assert_eq!(bank.denied(&created.token.to_string()).await, Some(DenyReason::TokenAlreadyUsed));
        let (status, fetched) = bank.read(&format!("/api/v1/bridge/verify/{}", created.code)).await;
        assert_eq!((status, &fetched["verification_id"]), (200, &json!(answer.verification_id)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_its_reason() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let other = world.institution("Other").await;

        assert_eq!(bank.denied("2345-6789-ABCD").await, Some(DenyReason::TokenNotFound), "{}", world.engine);
        assert_eq!(bank.denied("what is this?").await, Some(DenyReason::TokenNotFound));

        let for_bank = share(&wallet, Some(&bank)).await.code.to_string();
        assert_eq!(other.denied(&for_bank).await, Some(DenyReason::InstitutionMismatch));
        assert!(bank.verify(&for_bank).await.credential_valid, "a mismatch does not spend the share");

        let revoked = share(&wallet, None).await;
        wallet.revoke_share(revoked.id).await.unwrap();
        assert_eq!(bank.denied(&revoked.code.to_string()).await, Some(DenyReason::TokenRevoked));

        let expired = share(&wallet, None).await;
        world.clock.advance(24 * 3_600);
        assert_eq!(bank.denied(&expired.code.to_string()).await, Some(DenyReason::TokenExpired));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_share_cannot_be_withdrawn_and_its_maker_sees_who_used_it() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("First National Bank").await);
        let created = share(&wallet, None).await;
        assert!(bank.verify(&created.code.to_string()).await.credential_valid);
        assert!(wallet.revoke_share(created.id).await.is_err(), "{}", world.engine);
        let history = wallet.refresh_shares().await.unwrap();
        assert_eq!(history[0].used_by.as_deref(), Some("First National Bank"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_is_kept_for_what_was_accepted_and_belongs_to_its_institution() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let other = world.institution("Other").await;
        let accepted = bank.verify(&share(&wallet, None).await.code.to_string()).await;
        let refused = bank.verify("2345-6789-ABCD").await;
        let path = |id| format!("/v1/verifications/{id}/evidence");
        assert_eq!(bank.read(&path(accepted.verification_id)).await.0, 200, "{}", world.engine);
        assert_eq!(bank.read(&path(refused.verification_id)).await.0, 404);
        assert_eq!(other.read(&path(accepted.verification_id)).await.0, 404);
        assert_eq!(other.read(&format!("/v1/verifications/{}", accepted.verification_id)).await.0, 404);
    }
}
