//! What the log holds, for whom, and what never gets into it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, RequestId};
use passid_api::problem::ProblemCode;
use passid_api::time::Clock;

use crate::institution::testing::{Api, Workspace};
use crate::params;
use crate::retention;
use crate::store::request_log::{self as table, RequestFilter, RequestRow};
use crate::store::testing::{databases, sqlite};
use crate::testing::TestIssuer;

use super::{Answered, MAX_WAITING, RequestLog, RequestOwner, worker};

const SECRET: &str = "PASSID-SECRETSECRETSECRET";

async fn log(issuer: &TestIssuer, institution: InstitutionId, environment: Environment) -> Vec<RequestRow> {
    worker::flush(&issuer.service).await;
    let mut reader = issuer.service.store.reader().await.unwrap();
    table::list(&mut reader, institution, environment, &RequestFilter::default(), None, 1_000).await.unwrap()
}

fn id_of(answer: &crate::institution::testing::Answered) -> RequestId {
    answer.headers["x-request-id"].to_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_workspace_finds_its_own_requests_and_what_came_of_them() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let owner = Workspace::onboard(&api, "ada@meridian.example").await;
        let stranger = Workspace::onboard(&api, "eve@other.example").await;
        let key = owner.onboarded.keys.sandbox.secret.as_str();
        let verify = async |idempotency: &str| {
            let headers = [("x-institution-key", key), ("idempotency-key", idempotency)];
            api.call(Method::POST, "/v1/verify", &headers, &json!({ "token": "PASSID-SANDBOX-TIER1AAA" })).await
        };
        let first = verify("one").await;
        let again = verify("one").await;
        let refused = api.call(Method::GET, "/v1/verifications/vrf_nobody", &[("x-institution-key", key)], &Value::Null).await;
        let user = owner.call(Method::GET, "/v1/institution", Value::Null).await;
        let live = [("x-institution-key", owner.onboarded.keys.live.secret.as_str())];
        let gated = api.call(Method::GET, "/v1/verifications", &live, &Value::Null).await;
        let page = [("x-institution-key", owner.onboarded.keys.sandbox.publishable.as_str()), ("origin", "https://unknown.example")];
        let foreign_page = api.call(Method::POST, "/v1/sessions", &page, &json!({})).await;

        let institution = owner.onboarded.institution.id;
        let sandbox = log(&issuer, institution, Environment::Sandbox).await;
        let found = |answer| sandbox.iter().find(|row| row.id == id_of(answer)).unwrap_or_else(|| panic!("{}: not in the log", database.engine));
        let verification = first.body["verification_id"].as_str().unwrap();
        let row = found(&first);
        assert_eq!((row.method.as_str(), row.route.as_str(), row.status, row.replayed), ("POST", "/v1/verify", 200, false));
        assert_eq!(row.verification.map(|id| id.to_string()).as_deref(), Some(verification));
        assert_eq!((row.environment, row.user), (Some(Environment::Sandbox), None));
        let keys = owner.call(Method::GET, "/v1/institution/keys", Value::Null).await.body;
        let ids: Vec<_> = keys["data"].as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap().to_owned()).collect();
        assert!(ids.contains(&row.key.unwrap().to_string()), "the key is named by its public identifier");
        assert!(found(&again).replayed && found(&again).verification.is_none(), "a replayed answer made nothing");
        let row = found(&refused);
        assert_eq!((row.route.as_str(), row.status, row.problem), ("/v1/verifications/{id}", 404, Some(ProblemCode::NotFound)));
        let row = found(&user);
        assert_eq!((row.environment, row.key, row.user.is_some()), (None, None, true));
        assert_eq!(found(&foreign_page).problem, Some(ProblemCode::OriginNotAllowed), "the first thing that goes wrong with a page");
        assert!(!sandbox.iter().any(|row| row.id == id_of(&gated)), "live requests are not in the sandbox's log");

        let live = log(&issuer, institution, Environment::Live).await;
        assert!(live.iter().any(|row| row.id == id_of(&gated) && row.problem == Some(ProblemCode::LiveModeNotEnabled)));
        assert!(live.iter().any(|row| row.id == id_of(&user)), "a user's requests belong to both");
        let theirs = log(&issuer, stranger.onboarded.institution.id, Environment::Sandbox).await;
        assert!(theirs.is_empty(), "{}: {theirs:?}", database.engine);
        let mut reader = issuer.service.store.reader().await.unwrap();
        let strangers = stranger.onboarded.institution.id;
        assert_eq!(table::find(&mut reader, strangers, Environment::Sandbox, id_of(&first)).await.unwrap(), None);
        assert_eq!(table::of_verification(&mut reader, strangers, verification.parse().unwrap()).await.unwrap(), None);
        assert_eq!(table::of_verification(&mut reader, institution, verification.parse().unwrap()).await.unwrap(), Some(id_of(&first)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_addresses_bodies_and_headers_are_not_in_the_log_and_strangers_requests_are_in_none() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let owner = Workspace::onboard(&api, "ada@meridian.example").await;
        let key = owner.onboarded.keys.sandbox.secret.as_str();
        let own = [("x-institution-key", key), ("x-passid-client-secret", SECRET), ("x-forwarded-for", "203.0.113.77"), ("user-agent", SECRET)];
        for (method, path) in [
            (Method::GET, format!("/api/v1/bridge/verify/{SECRET}")),
            (Method::GET, format!("/v1/verifications?institution_reference={SECRET}")),
            (Method::GET, format!("/{SECRET}/nowhere?{SECRET}")),
            (Method::POST, format!("/v1/sessions?{SECRET}")),
            (Method::from_bytes(SECRET.as_bytes()).unwrap(), "/v1/verify".to_owned()),
        ] {
            api.call(method, &path, &own, &Value::Null).await;
        }
        api.call(Method::POST, "/v1/verify", &own, &json!({ "token": SECRET, "institution_reference": SECRET })).await;
        let before = log(&issuer, owner.onboarded.institution.id, Environment::Sandbox).await;
        assert_eq!(before.len(), 6, "{}: {before:?}", database.engine);
        assert!(before.iter().any(|row| row.method == "OTHER") && before.iter().any(|row| row.route == "unknown"), "{before:?}");

        // Nobody's requests: without a key, with one that does not work, to sign in.
        for headers in [vec![], vec![("x-institution-key", "sk_sandbox_nonsense")], vec![("authorization", "Bearer nonsense")]] {
            let answer = api.call(Method::POST, "/v1/verify", &headers, &json!({ "token": SECRET })).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        api.post("/api/institution/login", json!({ "email": "ada@meridian.example", "password": SECRET })).await;
        worker::flush(&issuer.service).await;
        let mut reader = issuer.service.store.reader().await.unwrap();
        let rows = reader.fetch_all("SELECT * FROM request_log", params![]).await.unwrap();
        assert_eq!(rows.len(), 6, "{}", database.engine);
        for column in ["id", "institution_id", "scope", "key_id", "user_id", "method", "route", "problem_code", "verification_id"] {
            for row in &rows {
                let text = row.get::<Option<String>>(column).unwrap().unwrap_or_default();
                assert!(!text.contains("SECRET") && !text.contains(&key[12..]) && !text.contains("203.0.113"), "{column}: {text}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_whatever_the_filter() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let owner = Workspace::onboard(&api, "ada@meridian.example").await;
        let institution = owner.onboarded.institution.id;
        let key = owner.onboarded.keys.sandbox.secret.as_str();
        for number in 0..30 {
            let path = if number % 3 == 0 { "/v1/verifications/vrf_nobody" } else { "/v1/policy" };
            api.call(Method::GET, path, &[("x-institution-key", key)], &Value::Null).await;
            if number % 2 == 0 {
                owner.call(Method::GET, "/v1/institution", Value::Null).await;
            }
            issuer.clock.advance(10);
        }
        worker::flush(&issuer.service).await;
        let mut reader = issuer.service.store.reader().await.unwrap();
        let refused = RequestFilter { status: Some((400, 500)), ..RequestFilter::default() };
        let route = RequestFilter { method: Some("GET".to_owned()), route: Some("/v1/policy".to_owned()), ..RequestFilter::default() };
        let wrong_method = RequestFilter { method: Some("POST".to_owned()), ..route.clone() };
        let problem = RequestFilter { problem: Some(ProblemCode::NotFound), ..RequestFilter::default() };
        let start = crate::testing::beginning().now();
        let time = RequestFilter { from: Some(start.plus_seconds(10)), until: Some(start.plus_seconds(30)), ..RequestFilter::default() };
        for (filter, expected) in [(RequestFilter::default(), 45), (refused, 10), (route, 20), (wrong_method, 0), (problem, 10), (time, 3)] {
            let (mut after, mut seen) = (None, Vec::new());
            loop {
                let page = table::list(&mut reader, institution, Environment::Sandbox, &filter, after, 7).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                seen.extend(page.into_iter().map(|row| row.id));
            }
            assert_eq!(seen.len(), expected, "{}: {filter:?}", database.engine);
            assert!(seen.is_sorted_by(|newer, older| newer > older), "newest first, none twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_end_after_fourteen_days() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let owner = Workspace::onboard(&api, "ada@meridian.example").await;
        let key = owner.onboarded.keys.sandbox.secret.as_str();
        // One request each on days 0, 13, 14 and 15; the first is over after the fourteenth.
        for (days, left) in [(0, 1), (13, 2), (1, 3), (1, 3)] {
            issuer.clock.advance(days * 24 * 3_600);
            retention::enforce(&issuer.service).await.unwrap();
            api.call(Method::GET, "/v1/policy", &[("x-institution-key", key)], &Value::Null).await;
            let rows = log(&issuer, owner.onboarded.institution.id, Environment::Sandbox).await;
            assert_eq!(rows.len(), left, "{} after {days} more days", database.engine);
        }
        issuer.clock.advance(14 * 24 * 3_600 + 1);
        retention::enforce(&issuer.service).await.unwrap();
        assert!(log(&issuer, owner.onboarded.institution.id, Environment::Sandbox).await.is_empty(), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_drops_and_counts_and_no_request_waits_for_it() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    let owner = Workspace::onboard(&api, "ada@meridian.example").await;
    let institution = owner.onboarded.institution.id;
    let of = RequestOwner { institution, environment: Some(Environment::Sandbox), key: None, user: None };
    let service = &issuer.service;
    let id = || service.with_random(|random| RequestId::generate(service.clock.as_ref(), random));
    let entry = |id, log: &RequestLog| {
        let (took, now) = (Duration::from_millis(1), service.clock.now());
        let answered = Answered { id, method: &Method::GET, route: "/v1/policy", status: 200, problem: None, replayed: false, took, verification: None, now };
        log.note(of, &answered)
    };
    for _ in 0..MAX_WAITING {
        assert!(entry(id(), &service.request_log));
    }
    let key = owner.onboarded.keys.sandbox.secret.as_str();
    let answer = api.call(Method::GET, "/v1/policy", &[("x-institution-key", key)], &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "the request itself knows nothing of it");
    assert!(crate::metrics::render(service).await.unwrap().contains("passid_request_log_dropped_total 1\n"));
    let rows = log(&issuer, institution, Environment::Sandbox).await;
    assert_eq!(rows.len(), 1_000, "the page asked for");
    assert!(!rows.iter().any(|row| row.id == id_of(&answer)));
    issuer.clock.advance(1);
    let later = api.call(Method::GET, "/v1/policy", &[("x-institution-key", key)], &Value::Null).await;
    assert!(log(&issuer, institution, Environment::Sandbox).await.iter().any(|row| row.id == id_of(&later)), "there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_does_not_take_is_counted() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    let owner = Workspace::onboard(&api, "ada@meridian.example").await;
    owner.call(Method::GET, "/v1/institution", Value::Null).await;
    let gone = issuer.service.store.write(|connection| Box::pin(async move { connection.execute("DROP TABLE request_log", params![]).await }));
    gone.await.unwrap();
    worker::flush(&issuer.service).await;
    assert!(crate::metrics::render(&issuer.service).await.unwrap().contains("passid_request_log_dropped_total 1\n"));
    assert_eq!(owner.call(Method::GET, "/v1/institution", Value::Null).await.status, StatusCode::OK);
}
