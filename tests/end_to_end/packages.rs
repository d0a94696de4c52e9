//! After a verification: the package for the file, the history, the outcome, and the integration guide's wrapping.

use std::sync::Arc;

use passid_api::claims::Slot;
use passid_api::outcome::{CoverageLevel, OutcomeKind};
use passid_api::package::{Package, SourceKind};
use passid_api::permission::{Permission, PermissionSet};
use passid_api::predicate::{Operator, Predicate};
use passid_api::session::CreateSession;
use passid_tests::institution::Institution;
use passid_tests::receiver::Receiver;
use passid_tests::world::{World, approve};
use passid_wallet_core::Wallet;
use passid_wallet_core::consent::KeystoreApproval;
use passid_wallet_core::presentation::PresentationControl;
use passid_wallet_core::share::ShareOptions;
use serde_json::{Value, json};

const AT_LEAST: Predicate = Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound: 1_000 };

async fn share(wallet: &Wallet) -> String {
    let options = ShareOptions { predicates: vec![AT_LEAST], ..ShareOptions::new(PermissionSet::all()) };
    wallet.create_share(options, Arc::new(KeystoreApproval), PresentationControl::default()).await.unwrap().token.to_string()
}

async fn package(bank: &Institution, token: &str) -> Package {
    let answer = bank.post("/v1/package", &json!({ "token": token, "institutionRef": "file 7" })).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verified_share_is_packaged_listed_and_reported() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("First National Bank").await);
        let receiver = Receiver::start().await;
        bank.webhook(&receiver.url).await;
        let token = share(&wallet).await;
        let early = bank.post("/v1/package", &json!({ "token": token })).send().await.unwrap();
        assert_eq!(early.status().as_u16(), 404, "{}: packaging redeems nothing", world.engine);
        let verified = bank.verify(&token).await;
        assert_eq!((verified.credential_valid, verified.predicates.as_slice()), (true, [AT_LEAST].as_slice()));

        let packaged = package(&bank, &token.to_lowercase()).await;
        assert_eq!((packaged.audit_id, packaged.institution_reference.as_deref()), (verified.verification_id, Some("file 7")));
        assert_eq!((Some(&packaged.claims), packaged.predicates), (verified.claims.as_ref(), vec![AT_LEAST]));
        let provenance = &packaged.provenance;
        assert_eq!((provenance.source, provenance.policy.version.as_str()), (SourceKind::SandboxBank, verified.policy_version.as_str()));
        assert!(provenance.data_window_days >= 180 && provenance.linked_accounts > 0);
        assert!(!packaged.freshness.stale);
        world.clock.advance(40 * 86_400);
        let later = package(&bank, &token).await.freshness;
        assert!(later.stale && later.hours_now >= 40 * 24, "{later:?}");

        let outcome = bank.post("/v1/outcome", &json!({ "token": token, "outcome": "repaid" })).send().await.unwrap();
        let outcome: Value = outcome.json().await.unwrap();
        assert_eq!((&outcome["coverage"], &outcome["fsi_score"]), (&json!("high"), &verified.claims.as_ref().unwrap()["fsi_score"]));
        let event = receiver.wait_for_event("outcome.reported").await;
        assert_eq!((&event["data"]["token"], &event["data"]["outcome"]), (&json!(token), &json!("repaid")));
        let rows = bank.history("environment=sandbox").await;
        let row = rows.iter().find(|row| row.verification_id == verified.verification_id).unwrap();
        assert_eq!((row.coverage, row.outcome, row.request_id), (Some(CoverageLevel::High), Some(OutcomeKind::Repaid), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_packaged_under_its_verification() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let permissions = PermissionSet::new([Permission::IncomeVerified]).unwrap();
        let session = bank.session(&CreateSession { permissions: Some(permissions), predicates: vec![AT_LEAST], ..CreateSession::default() }).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        approve(&wallet, &review).await.unwrap();
        let id = bank.poll(&session).await.verification_id.unwrap();
        let packaged = package(&bank, &id.to_string()).await;
        assert_eq!((packaged.audit_id, packaged.predicates), (id, vec![AT_LEAST]), "{}", world.engine);
        let row = bank.history("environment=sandbox&limit=1").await.remove(0);
        assert_eq!((row.request_id, row.coverage, row.fsi_score), (Some(session.request_id), Some(CoverageLevel::Minimal), None));
        let (status, wrapped) = bank.read(&format!("/api/bridge/request/{}", session.request_id)).await;
        assert_eq!((status, &wrapped["success"], &wrapped["data"]["status"]), (200, &json!(true), &json!("completed")));
        assert_eq!(wrapped["data"]["claims"]["income_verified"], json!(true));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_integration_guides_address_redeems_once_too() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let token = share(&wallet).await;
        let redeem = async || {
            let answer = bank.post("/api/bridge/verify", &json!({ "token": token })).send().await.unwrap();
            answer.json::<Value>().await.unwrap()
        };
        let first = redeem().await;
        let (data, proven) = (&first["data"], json!({ "success": true, "signature": true, "revocation": "clear" }));
        assert_eq!(json!({ "success": first["success"], "signature": data["signature_valid"], "revocation": data["revocation_status"] }), proven);
        assert_eq!((&data["credential_valid"], &data["claims"]["income_verified"]), (&json!(true), &json!(true)), "{}", world.engine);
        let second = redeem().await;
        assert_eq!((&second["success"], &second["denyReason"]), (&json!(false), &json!("TOKEN_ALREADY_USED")));
    }
}
