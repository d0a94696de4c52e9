//! Workspaces as their users meet them, on both engines; the races first.

use axum::http::{Method, StatusCode};
use futures_util::future::join_all;
use serde_json::{Value, json};

use passid_api::api_key::ApiKey;
use passid_api::institution::Onboarded;

use super::testing::{Answered, Api, Workspace};
use crate::audit;
use crate::params;
use crate::service::Service;
use crate::store::institutions as table;
use crate::store::testing::databases;
use crate::testing::TestIssuer;

const EMAIL: &str = "ada@meridian.example";
const PASSWORD: &str = "correct horse battery";

async fn refresh(api: &Api, token: &str) -> Answered {
    api.post("/api/institution/token/refresh", json!({ "refresh_token": token })).await
}

fn refresh_token(answer: &Answered) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["refresh_token"].as_str().unwrap().to_owned()
}

async fn count(service: &Service, sql: &'static str) -> i64 {
    service.store.reader().await.unwrap().fetch_optional(sql, params![]).await.unwrap().unwrap().get("n").unwrap()
}

async fn key_works(service: &Service, key: &str) -> bool {
    let key: ApiKey = key.parse().unwrap();
    let found = table::find_key(&mut service.store.reader().await.unwrap(), key.digest()).await.unwrap();
    found.is_some_and(|owner| owner.works_at(service.clock.now()))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_onboard_with_one_address_one_succeeds() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let attempts = (0..8).map(|number| {
            let email = if number % 2 == 0 { EMAIL.to_owned() } else { EMAIL.to_uppercase() };
            let api = api.clone();
            async move { api.post("/api/institution/onboard", json!({ "name": format!("Bank {number}"), "email": email, "password": PASSWORD })).await }
        });
        let (made, refused): (Vec<_>, Vec<_>) = join_all(attempts).await.into_iter().partition(|answer| answer.status == StatusCode::CREATED);
        assert_eq!((made.len(), refused.len()), (1, 7), "{}", database.engine);
        for answer in refused {
            assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "conflict"));
            assert_eq!(answer.body["errors"][0]["pointer"], "/email");
        }
        assert_eq!(count(&issuer.service, "SELECT COUNT(*) AS n FROM institutions").await, 1, "the losers leave nothing behind");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_present_one_refresh_token_one_succeeds_and_its_family_dies() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let workspace = Workspace::onboard(&api, EMAIL).await;
        let racers = (0..16).map(|_| refresh(&api, &workspace.onboarded.refresh_token));
        let (won, lost): (Vec<_>, Vec<_>) = join_all(racers).await.into_iter().partition(|answer| answer.status == StatusCode::OK);
        assert_eq!((won.len(), lost.len()), (1, 15), "{}", database.engine);
        assert!(lost.iter().all(|answer| answer.code() == "unauthenticated"));
        let after = refresh(&api, &refresh_token(&won[0])).await;
        assert_eq!(after.status, StatusCode::UNAUTHORIZED, "the token was presented twice, so the family is revoked");
    }
}

/// The thief presents the old token while the owner exchanges the new one: whoever comes first, nothing of the family may live on.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_made_while_its_family_is_revoked_is_revoked_too() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        for round in 0..20 {
            let workspace = Workspace::onboard(&api, &format!("ada{round}@meridian.example")).await;
            let stolen = workspace.onboarded.refresh_token.clone();
            let owned = refresh_token(&refresh(&api, &stolen).await);
            let (reuse, exchange) = tokio::join!(refresh(&api, &stolen), refresh(&api, &owned));
            assert_eq!(reuse.status, StatusCode::UNAUTHORIZED);
            let newest = if exchange.status == StatusCode::OK { refresh_token(&exchange) } else { owned };
            assert_eq!(refresh(&api, &newest).await.status, StatusCode::UNAUTHORIZED, "{} round {round}", database.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_can_be_had_again_without_harm() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let workspace = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
        let body = json!({ "refresh_token": workspace.onboarded.refresh_token });
        let first = workspace.call_with_key("/api/institution/token/refresh", "once", body.clone()).await;
        let second = workspace.call_with_key("/api/institution/token/refresh", "once", body).await;
        assert_eq!(refresh_token(&first), refresh_token(&second), "{}", database.engine);
        assert_eq!(second.headers["idempotent-replayed"], "true");
        assert_eq!(refresh(&workspace.api, &refresh_token(&first)).await.status, StatusCode::OK, "the family lives");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_ends_after_thirty_days_or_when_its_user_signs_out() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let mut token = Workspace::onboard(&api, EMAIL).await.onboarded.refresh_token;
        for _ in 0..2 {
            issuer.clock.advance(14 * 24 * 3_600);
            token = refresh_token(&refresh(&api, &token).await);
        }
        issuer.clock.advance(2 * 24 * 3_600);
        assert_eq!(refresh(&api, &token).await.status, StatusCode::UNAUTHORIZED, "{}: rotation does not prolong it", database.engine);

        let login = api.post("/api/institution/login", json!({ "email": EMAIL.to_uppercase(), "password": PASSWORD })).await;
        let token = refresh_token(&login);
        for _ in 0..2 {
            let answer = api.post("/api/institution/logout", json!({ "refresh_token": token })).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(refresh(&api, &token).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_an_address_is_known_cannot_be_told_from_a_failed_login() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        Workspace::onboard(&api, EMAIL).await;
        let mut answers = Vec::new();
        for (email, password) in [(EMAIL, "wrong horse battery"), ("nobody@meridian.example", PASSWORD), (EMAIL, "short"), ("not an address", PASSWORD)] {
            let mut answer = api.post("/api/institution/login", json!({ "email": email, "password": password })).await;
            answer.body["request_id"] = Value::Null;
            answers.push((answer.status, answer.body));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(answers.iter().all(|answer| answer == &answers[0]), "{}: {answers:?}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn onboarding_repeated_with_its_key_shows_the_same_keys_and_makes_nothing() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let request = json!({ "name": "Meridian Bank", "email": EMAIL, "password": PASSWORD });
        let headers = [("idempotency-key", "onboard-1")];
        let first = api.call(Method::POST, "/api/institution/onboard", &headers, &request).await;
        let second = api.call(Method::POST, "/api/institution/onboard", &headers, &request).await;
        assert_eq!((first.status, &first.body), (StatusCode::CREATED, &second.body), "{}", database.engine);
        let other = json!({ "name": "Another Bank", "email": EMAIL, "password": PASSWORD });
        let reused = api.call(Method::POST, "/api/institution/onboard", &headers, &other).await;
        assert_eq!((reused.status, reused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"));

        let onboarded: Onboarded = serde_json::from_value(first.body).unwrap();
        for pair in [onboarded.keys.sandbox, onboarded.keys.live] {
            assert!(key_works(&issuer.service, &pair.publishable).await && key_works(&issuer.service, &pair.secret).await);
        }
        assert_eq!(count(&issuer.service, "SELECT COUNT(*) AS n FROM api_keys").await, 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named() {
    let database = crate::store::testing::sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    let answer = api.post("/api/institution/onboard", json!({ "name": " ", "email": "ada", "password": "short" })).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::BAD_REQUEST, "malformed_request"));
    let pointers: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/name", "/email", "/password"]);
    assert!(!answer.body.to_string().contains("short\""), "what was typed is not repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_works_beside_its_successor_until_the_overlap_ends() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let workspace = Workspace::onboard(&api, EMAIL).await;
        let old = workspace.onboarded.keys.sandbox.secret.clone();
        let listed = workspace.call(Method::GET, "/v1/institution/keys", Value::Null).await;
        let listed = listed.body["data"].as_array().unwrap().clone();
        let key = listed.iter().find(|key| key["kind"] == "sk" && key["environment"] == "sandbox").unwrap();
        assert_eq!(key["last_four"], old[old.len() - 4..]);

        let path = format!("/v1/institution/keys/{}/rotate", key["id"].as_str().unwrap());
        let rotated = workspace.call(Method::POST, &path, json!({ "overlap_seconds": 3_600 })).await;
        assert_eq!(rotated.status, StatusCode::CREATED, "{}", rotated.body);
        let new = rotated.body["value"].as_str().unwrap().to_owned();
        assert!(new.starts_with("sk_sandbox_"));
        assert_eq!(workspace.call(Method::POST, &path, json!({})).await.status, StatusCode::CONFLICT, "one successor only");

        issuer.clock.advance(3_599);
        assert!(key_works(&issuer.service, &old).await && key_works(&issuer.service, &new).await, "{}", database.engine);
        issuer.clock.advance(1);
        assert!(!key_works(&issuer.service, &old).await && key_works(&issuer.service, &new).await);
        let refused = api.call(Method::POST, "/v1/sessions", &[("x-institution-key", &old)], &json!({})).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_stops_at_once_and_a_used_one_is_noted() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let workspace = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
        let key = &workspace.onboarded.keys.sandbox.secret;
        let created = workspace.api.call(Method::POST, "/v1/sessions", &[("x-institution-key", key)], &json!({})).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
        let listed = workspace.call(Method::GET, "/v1/institution/keys", Value::Null).await.body["data"].as_array().unwrap().clone();
        let used: Vec<_> = listed.iter().filter(|key| key["last_used_at"].is_string()).collect();
        assert_eq!(used.len(), 1, "{}", database.engine);

        let path = format!("/v1/institution/keys/{}/revoke", used[0]["id"].as_str().unwrap());
        for _ in 0..2 {
            assert!(workspace.call(Method::POST, &path, Value::Null).await.body["revoked_at"].is_string());
        }
        let refused = workspace.api.call(Method::POST, "/v1/sessions", &[("x-institution-key", key)], &json!({})).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        let rotate = path.replace("/revoke", "/rotate");
        assert_eq!(workspace.call(Method::POST, &rotate, json!({})).await.status, StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_revoked_its_key_makes_another_and_not_without_end() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let workspace = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
        let request = json!({ "environment": "live", "kind": "pk" });
        let made = workspace.call_with_key("/v1/institution/keys", "one", request.clone()).await;
        assert_eq!((made.status, &made.body["last_four"]), (StatusCode::CREATED, &json!(made.body["value"].as_str().unwrap()[42..])));
        assert!(key_works(&issuer.service, made.body["value"].as_str().unwrap()).await);
        assert_eq!(workspace.call_with_key("/v1/institution/keys", "one", request.clone()).await.body, made.body, "{}", database.engine);
        for _ in 2..10 {
            assert_eq!(workspace.call(Method::POST, "/v1/institution/keys", request.clone()).await.status, StatusCode::CREATED);
        }
        assert_eq!(workspace.call(Method::POST, "/v1/institution/keys", request).await.code(), "conflict");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_workspaces_keys_are_not_there() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let owner = Workspace::onboard(&api, EMAIL).await;
        let stranger = Workspace::onboard(&api, "eve@other.example").await;
        let listed = owner.call(Method::GET, "/v1/institution/keys", Value::Null).await.body["data"].as_array().unwrap().clone();
        for (key, action) in listed.iter().flat_map(|key| [(key, "rotate"), (key, "revoke")]) {
            let path = format!("/v1/institution/keys/{}/{action}", key["id"].as_str().unwrap());
            assert_eq!(stranger.call(Method::POST, &path, json!({})).await.status, StatusCode::NOT_FOUND, "{} {path}", database.engine);
        }
        let others = stranger.call(Method::GET, "/v1/institution/keys", Value::Null).await.body["data"].clone();
        assert!(others.as_array().unwrap().iter().all(|other| listed.iter().all(|key| key["id"] != other["id"])));
        assert!(key_works(&issuer.service, &owner.onboarded.keys.live.secret).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approval_is_written_once_and_the_chain_of_all_this_holds() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        let workspace = Workspace::onboard(&Api::new(service), EMAIL).await;
        let id = workspace.onboarded.institution.id;
        for _ in 0..2 {
            super::approve(&service.store, id, service.clock.now()).await.unwrap();
        }
        let shown = workspace.call(Method::GET, "/v1/institution", Value::Null).await;
        assert_eq!((&shown.body["live_enabled"], &shown.body["id"]), (&json!(true), &json!(id)));
        let unknown = "ins_01arz3ndektsv4rrffq69g5fav".parse().unwrap();
        assert!(matches!(super::approve(&service.store, unknown, service.clock.now()).await, Err(super::ApproveError::Unknown(_))));
        let entries = audit::verify(&mut service.store.reader().await.unwrap(), id).await.unwrap();
        assert_eq!(entries, 2, "{}: onboarded, approved", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_holds_no_secret_in_clear() {
    let database = crate::store::testing::sqlite();
    let issuer = TestIssuer::start(&database).await;
    let workspace = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
    let body = json!({ "name": "Second Bank", "email": "second@meridian.example", "password": PASSWORD });
    let stored = workspace.call_with_key("/api/institution/onboard", "stored", body).await;
    issuer.service.store.close().await;
    let crate::store::DatabaseUrl::Sqlite(path) = &database.url else { unreachable!("the embedded engine") };
    // The file and its write-ahead log.
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
    let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let onboarded: Onboarded = serde_json::from_value(stored.body).unwrap();
    for shown in [&workspace.onboarded, &onboarded] {
        for secret in [&shown.keys.sandbox.secret, &shown.keys.live.publishable, &shown.refresh_token, &shown.access_token, &PASSWORD.to_owned()] {
            let random_part = &secret.as_bytes()[secret.len() - 16..];
            assert!(!bytes.windows(16).any(|window| window == random_part));
        }
    }
    assert!(bytes.windows(EMAIL.len()).any(|window| window == EMAIL.as_bytes()), "the data is what was searched");
}
