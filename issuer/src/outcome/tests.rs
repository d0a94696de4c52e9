//! Outcomes as institutions report them, on both engines; races and wrong callers first.

use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use passid_api::outcome::{Cohort, CoverageLevel};
use passid_api::verify::DenyReason;
use serde_json::{Value, json};

use crate::institution::testing::{Answered, Api, Workspace};
use crate::params;
use crate::store::testing::databases;
use crate::testing::TestIssuer;
use crate::verify::testing::{Verified, store};

const EMAIL: &str = "ada@meridian.example";
const TOKEN: &str = "PASSID-AB3X-7YQM-K9PQ-3MNX";

async fn report(bank: &Workspace, body: Value) -> Answered {
    bank.api.call(Method::POST, "/v1/outcome", &[("x-institution-key", &bank.onboarded.keys.sandbox.secret)], &body).await
}

fn with_token(token: &str) -> Verified {
    Verified { token: Some(token.to_owned()), score: Some(812), stable_probability: Some(9_600), ..Verified::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_reports_for_one_token_one_counts() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let bank = Workspace::onboard(&api, EMAIL).await;
        let verification = store(&issuer.service, bank.onboarded.institution.id, with_token(TOKEN)).await;
        let body = json!({ "token": "passid ab3x7yqm k9pq3mnx", "outcome": "repaid", "amountUsd": 0.29, "productType": "loan" });
        let answers = join_all((0..20).map(|_| report(&bank, body.clone()))).await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == StatusCode::CREATED);
        assert_eq!((made.len(), refused.len()), (1, 19), "{}", database.engine);
        assert!(refused.iter().all(|answer| answer.code() == "conflict"));
        let made = &made[0].body;
        assert_eq!((&made["verification_id"], &made["fsi_score"], &made["tier"]), (&json!(verification), &json!(812), &json!("A")));
        let mut reader = issuer.service.store.reader().await.unwrap();
        let events = reader.fetch_all("SELECT body FROM events WHERE kind = 'outcome.reported'", params![]).await.unwrap();
        assert_eq!(events.len(), 1, "the losers send nothing");
        let event: Value = events[0].json("body").unwrap();
        assert_eq!((&event["data"]["token"], &event["data"]["amount_usd"], &event["data"]["coverage"]), (&json!(TOKEN), &json!(0.29), &json!("high")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_institution_accepted_itself_has_an_outcome() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let (bank, other) = (Workspace::onboard(&api, EMAIL).await, Workspace::onboard(&api, "bob@other.example").await);
        let refused = Verified { deny_reason: Some(DenyReason::TokenExpired), ..with_token("KE8V-3TXY-Z72L") };
        let id = store(&issuer.service, bank.onboarded.institution.id, refused).await;
        store(&issuer.service, bank.onboarded.institution.id, with_token(TOKEN)).await;
        for token in ["KE8V-3TXY-Z72L", &id.to_string(), "NG4M-XQRS-T88W", "nonsense"] {
            let answer = report(&bank, json!({ "token": token, "outcome": "repaid" })).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "not_found"), "{}: {token}", database.engine);
        }
        let foreign = report(&other, json!({ "token": TOKEN, "outcome": "repaid" })).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "another tenant's token is not there");
        let body = json!({ "token": TOKEN, "outcome": "repaid" });
        let key = [("x-institution-key", bank.onboarded.keys.sandbox.publishable.as_str())];
        assert_eq!(api.call(Method::POST, "/v1/outcome", &key, &body).await.code(), "wrong_key_kind");
        let wrong = json!({ "token": "", "outcome": "repaid", "amountUsd": 1.005, "productType": "", "observationDays": 36_501 });
        let answer = report(&bank, wrong).await;
        let pointers: Vec<&str> = answer.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointers, ["/token", "/productType", "/observationDays", "/amountUsd"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cohort_counts_by_tier_and_coverage_and_hides_small_groups() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let mut bank = Workspace::onboard(&api, EMAIL).await;
        let institution = bank.onboarded.institution.id;
        for number in 0..24 {
            let strong = number < 20;
            let chosen = Verified {
                coverage: Some(if strong { CoverageLevel::High } else { CoverageLevel::Partial }),
                score: strong.then_some(800),
                stable_probability: strong.then_some(if number == 0 { 10_000 } else { 9_500 }),
                ..Verified::default()
            };
            let id = store(&issuer.service, institution, chosen).await;
            let outcome = if number < 18 { "repaid" } else { "defaulted" };
            assert_eq!(report(&bank, json!({ "token": id, "outcome": outcome })).await.status, StatusCode::CREATED);
        }
        let read = |answer: Answered| serde_json::from_value::<Cohort>(answer.body).unwrap();
        let early = read(bank.call(Method::GET, "/v1/outcome/cohort?environment=sandbox", Value::Null).await);
        assert_eq!((early.n, early.calibration.n), (24, 0), "{}: final, but not old enough to be compared with survivors", database.engine);
        let groups: Vec<(&str, u32, bool)> = early.by_tier.iter().map(|group| (group.group.as_str(), group.n, group.suppressed)).collect();
        assert_eq!(groups, [("A", 20, false), ("unscored", 4, true)]);
        assert!(early.by_tier[1].outcomes.is_empty() && early.by_coverage[1].suppressed);
        let repaid = &early.by_tier[0].outcomes[0];
        assert_eq!(repaid.rate.count, 18);
        // Wilson's interval of 18 in 20.
        assert!((repaid.rate.low - 0.6990).abs() < 1e-3 && (repaid.rate.high - 0.9721).abs() < 1e-3, "{repaid:?}");

        issuer.clock.advance(91 * 86_400);
        bank.sign_in_again(EMAIL).await;
        let late = read(bank.call(Method::GET, "/v1/outcome/cohort?environment=sandbox", Value::Null).await).calibration;
        assert_eq!((late.n, late.bins.len(), late.bins[0].n), (20, 1, 20));
        assert!((late.bins[0].predicted.unwrap() - (10_000.0 + 19.0 * 9_500.0) / 200_000.0).abs() < 1e-9);
        assert_eq!(late.bins[0].observed.unwrap().count, 18);
        let live = read(bank.call(Method::GET, "/v1/outcome/cohort", Value::Null).await);
        assert_eq!(live.n, 0, "sandbox outcomes are none of live mode's");
    }
}
