//! Waiting for a session's answer, and its image, on both engines.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use futures_util::StreamExt;
use passid_api::environment::Environment;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::access::{self, Subject};
use crate::http::router;
use crate::institution::testing::{Answered, Api, Workspace};
use crate::service::Service;
use crate::store::testing::databases;
use crate::testing::{TestIssuer, TestSetup};
use crate::wallet::testing::registered;

/// Long before a poll ends by itself; only a failure takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

struct Asked {
    api: Api,
    key: String,
    id: String,
}

impl Asked {
    async fn create(service: &Service) -> Self {
        let api = Api::new(service);
        let bank = Workspace::onboard(&api, "ada@meridian.example").await;
        let key = bank.onboarded.keys.sandbox.secret.clone();
        let created = api.call(Method::POST, "/v1/sessions", &[("x-institution-key", &key)], &json!({})).await;
        let id = created.body["requestId"].as_str().unwrap().to_owned();
        Self { api, key, id }
    }

    async fn poll(&self, query: &str) -> Answered {
        self.api.call(Method::GET, &format!("/v1/sessions/{}{query}", self.id), &[("x-institution-key", &self.key)], &Value::Null).await
    }
}

async fn decline(service: &Service, id: &str) {
    let subject = Subject::Wallet { sub: registered(service).await, environment: Environment::Sandbox, device: 0 };
    let token = access::issue(&service.keys, service.config.issuer(), subject, service.clock.now()).unwrap();
    let authorization = format!("Bearer {token}");
    let path = format!("/v1/sessions/{id}/decline");
    let answer = Api::new(service).call(Method::POST, &path, &[("authorization", &authorization)], &json!({ "reason": "Not now" })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_poll_is_answered_when_the_holder_answers() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let asked = Asked::create(&issuer.service).await;
        assert_eq!(asked.poll("").await.body["status"], json!("pending"));
        assert_eq!(asked.poll("?wait=26").await.status, StatusCode::BAD_REQUEST);
        let (waited, ()) = tokio::join!(tokio::time::timeout(PATIENCE, asked.poll("?wait=25")), async {
            while issuer.service.session_changes.waiting() == 0 {
                tokio::task::yield_now().await;
            }
            decline(&issuer.service, &asked.id).await;
        });
        let body = waited.expect("the poll is woken").body;
        assert_eq!((&body["status"], &body["decline_reason"]), (&json!("declined"), &json!("Not now")), "{}", database.engine);
        assert_eq!(issuer.service.session_changes.waiting(), 0, "who waited is forgotten");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_poll_sees_what_another_process_wrote() {
    for database in databases().await.into_iter().filter(|database| database.engine == "PostgreSQL") {
        let issuer = TestIssuer::start(&database).await;
        let other = TestIssuer::start_with(&database, TestSetup { clock: Some(issuer.clock.clone()), ..TestSetup::default() }).await;
        let asked = Asked::create(&issuer.service).await;
        let (waited, ()) = tokio::join!(tokio::time::timeout(PATIENCE, asked.poll("?wait=25")), async {
            while issuer.service.session_changes.waiting() == 0 {
                tokio::task::yield_now().await;
            }
            decline(&other.service, &asked.id).await;
        });
        assert_eq!(waited.expect("the poll looks again").body["status"], json!("declined"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_keeps_nobody_waiting() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let asked = Asked::create(&issuer.service).await;
        issuer.service.stopping.cancel();
        let answer = tokio::time::timeout(PATIENCE, asked.poll("?wait=25")).await.expect("an answer at once");
        assert_eq!(answer.body["status"], json!("pending"), "{}", database.engine);
    }
}

async fn get(service: &Service, asked: &Asked, tail: &str, accept: &str) -> Response {
    let request = Request::get(format!("/v1/sessions/{}/{tail}", asked.id)).header("x-institution-key", &asked.key).header("accept", accept);
    router(service.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_where_the_session_stands_and_ends_with_its_answer() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let asked = Asked::create(&issuer.service).await;
        let response = get(&issuer.service, &asked, "events", "text/event-stream").await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut pieces = response.into_body().into_data_stream();
        let mut next = async || match tokio::time::timeout(PATIENCE, pieces.next()).await.expect("an event") {
            Some(piece) => String::from_utf8(piece.unwrap().to_vec()).unwrap(),
            None => String::new(),
        };
        let first = next().await;
        assert!(first.starts_with("event: session\ndata: {") && first.contains("\"pending\"") && first.ends_with("\n\n"), "{first}");
        decline(&issuer.service, &asked.id).await;
        let second = next().await;
        assert!(second.contains("\"declined\""), "{}: {second}", database.engine);
        assert_eq!(next().await, "", "the stream ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_image_comes_as_its_reader_likes() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let asked = Asked::create(&issuer.service).await;
        for (accept, media) in
            [("*/*", "image/svg+xml"), ("image/png", "image/png"), ("image/png;q=0.1, image/svg+xml", "image/svg+xml"), ("text/html", "image/svg+xml")]
        {
            let response = get(&issuer.service, &asked, "qr", accept).await;
            assert_eq!((response.status(), response.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, media), "{}: {accept}", database.engine);
        }
    }
}
