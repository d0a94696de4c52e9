//! An institution asks; a holder answers, declines, or lets it pass.

use passid_api::claims::Slot;
use passid_api::permission::{Permission, PermissionSet};
use passid_api::predicate::{Operator, Predicate};
use passid_api::session::{CreateSession, SessionState};
use passid_api::time::Clock;
use passid_api::webhook::{ID_HEADER, SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookSecret};
use passid_tests::receiver::Receiver;
use passid_tests::world::{World, approve};
use serde_json::json;

fn asking(permissions: &[Permission]) -> CreateSession {
    CreateSession { permissions: Some(PermissionSet::new(permissions.iter().copied()).unwrap()), ..CreateSession::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_institution_reads_what_was_agreed_and_a_signed_event_tells_it() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("First National Bank").await);
        let receiver = Receiver::start().await;
        let endpoint = bank.webhook(&receiver.url).await;
        let session = bank.session(&asking(&[Permission::IncomeVerified, Permission::SanctionsClear])).await;
        assert_eq!(bank.poll(&session).await.status, SessionState::Pending);

        let review = wallet.review(&session.deep_link).await.unwrap();
        assert_eq!((review.verifier.name.as_str(), review.one_time), ("First National Bank", true));
        approve(&wallet, &review).await.unwrap();

        let view = bank.poll(&session).await;
        assert_eq!(view.status, SessionState::Completed, "{}", world.engine);
        let claims = view.claims.unwrap();
        assert_eq!((&claims["income_verified"], &claims["sanctions_screening_clear"]), (&json!(true), &json!(true)));
        let mut names: Vec<&str> = claims.keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = [
            "corridor",
            "currency",
            "data_window_days",
            "freshness_hours",
            "income_band",
            "income_verified",
            "linked_accounts",
            "sanctions_clear",
            "sanctions_screening_clear",
        ];
        assert_eq!(names, expected, "{}: nothing beside what was agreed", world.engine);
        assert!(claims["data_window_days"].as_u64().unwrap() >= 180);

        let event = receiver.wait_for(1).await.remove(0);
        let secret: WebhookSecret = endpoint.secret.parse().unwrap();
        secret.verify_body(event.header(SIGNATURE_HEADER), &event.body).unwrap();
        let (id, at, signatures) = (event.header(ID_HEADER), event.header(TIMESTAMP_HEADER), event.header(STANDARD_SIGNATURE_HEADER));
        secret.verify_standard(id, at, signatures, &event.body, world.clock.now()).unwrap();
        assert_eq!(event.json()["event"], "verification.completed");
        assert_eq!(event.json()["data"]["verified_claims"], json!(claims));
        assert!(event.header(SIGNATURE_HEADER) != signatures);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_answered_once() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let session = bank.session(&asking(&[Permission::IdentityVerified])).await;
        let review = wallet.review(&session.code.to_string()).await.unwrap();
        approve(&wallet, &review).await.unwrap();
        let again = approve(&wallet, &review).await.unwrap_err();
        assert!(["already_shared", "request_gone"].contains(&again.code()), "{}: {}", world.engine, again.code());
        // The public look-up tells the wallet of a link that it is over, and a guesser of codes nothing.
        let public = world.client.get(world.url.join(&format!("/v1/sessions/{}/public", session.request_id)).unwrap()).send().await.unwrap();
        assert_eq!(public.status().as_u16(), 410);
        for code in [session.code.to_string(), "AB3X-7YQM".to_owned(), "not a code".to_owned()] {
            let by_code = world.client.get(world.url.join(&format!("/v1/sessions/by-code/{code}/public")).unwrap()).send().await.unwrap();
            let status = by_code.status().as_u16();
            let mut problem: serde_json::Value = by_code.json().await.unwrap();
            problem["request_id"].take();
            assert_eq!((status, problem["code"].clone(), problem["detail"].clone()), (404, json!("not_found"), json!(NOT_FOUND)));
        }
    }
}

const NOT_FOUND: &str = "There is nothing here that you may see; check the identifier.";

#[tokio::test(flavor = "multi_thread")]
async fn two_wallets_racing_for_one_session_complete_it_once() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let (amara, tobenna) = (world.amara().await, world.holder("tobenna", "Tobenna Eze").await);
        let session = bank.session(&asking(&[Permission::SanctionsClear])).await;
        let (first, second) = (amara.review(&session.deep_link).await.unwrap(), tobenna.review(&session.deep_link).await.unwrap());
        let (first, second) = tokio::join!(approve(&amara, &first), approve(&tobenna, &second));
        assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1, "{}", world.engine);
        assert_eq!(bank.poll(&session).await.status, SessionState::Completed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_shares_nothing_but_the_reason() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let session = bank.session(&asking(&[Permission::IncomeVerified])).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        wallet.decline(review.session, Some("Too much is asked")).await.unwrap();
        let view = bank.poll(&session).await;
        assert_eq!((view.status, view.decline_reason.as_deref()), (SessionState::Declined, Some("Too much is asked")), "{}", world.engine);
        assert!(view.claims.is_none());
        assert!(approve(&wallet, &review).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_answer_a_session_that_has_expired() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let session = bank.session(&CreateSession { ttl_seconds: Some(60), ..asking(&[Permission::IncomeVerified]) }).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        world.clock.advance(60);
        assert!(approve(&wallet, &review).await.is_err());
        assert_eq!(bank.poll(&session).await.status, SessionState::Expired, "{}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_is_proved_without_its_figure_and_a_false_one_is_not() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let at_least = |bound| Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound };
        let asked = |bound| CreateSession { predicates: vec![at_least(bound)], ..asking(&[Permission::IdentityVerified]) };
        let session = bank.session(&asked(1)).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        approve(&wallet, &review).await.unwrap();
        let view = bank.poll(&session).await;
        assert_eq!((view.status, view.predicates), (SessionState::Completed, vec![at_least(1)]), "{}", world.engine);
        assert!(!view.claims.unwrap().contains_key("income_monthly"));

        let session = bank.session(&asked((1 << 48) - 1)).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        assert!(review.obstacle.is_some());
        assert!(approve(&wallet, &review).await.is_err());
        assert_eq!(bank.poll(&session).await.status, SessionState::Pending);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_holder_has_one_reference_at_an_institution_and_another_elsewhere() {
    for world in World::on_every_engine().await {
        let wallet = world.amara().await;
        let (first, second) = (world.institution("First").await, world.institution("Second").await);
        let mut references = Vec::new();
        for bank in [&first, &first, &second] {
            let session = bank.session(&asking(&[Permission::IdentityVerified])).await;
            let review = wallet.review(&session.deep_link).await.unwrap();
            approve(&wallet, &review).await.unwrap();
            references.push(bank.poll(&session).await.applicant_ref.unwrap());
        }
        assert_eq!(references[0], references[1], "{}", world.engine);
        assert_ne!(references[0], references[2], "{}", world.engine);
    }
}
