//! The wallet against an issuer that is away, changed, or answers what it should not.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use passid_api::problem::ProblemCode;
use serde_json::Value;

use super::*;
use crate::WalletError;
use crate::testing::{Behaviour, Home};

async fn answering(router: Router) -> IssuerClient {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    IssuerClient::new(address.parse().unwrap(), http_client().unwrap(), std::sync::Arc::new(crate::testing::random(1)))
}

#[tokio::test]
async fn answers_that_are_not_of_the_form_are_typed_failures() {
    let json = |status, body: &'static str| any(move || async move { (status, body) });
    let client = answering(
        Router::new()
            .route("/large", any(|| async { vec![b' '; 1024 * 1024 + 1] }))
            .route("/html", json(StatusCode::OK, "<html>"))
            .route("/proxy", json(StatusCode::BAD_GATEWAY, "<html>"))
            .route(
                "/problem",
                any(|| async {
                    let problem = passid_api::problem::Problem::new(ProblemCode::Gone, "over");
                    (StatusCode::GONE, serde_json::to_string(&problem).unwrap())
                }),
            )
            .route(
                "/liar",
                any(|| async {
                    let problem = passid_api::problem::Problem::new(ProblemCode::Gone, "over");
                    (StatusCode::BAD_REQUEST, serde_json::to_string(&problem).unwrap())
                }),
            )
            .route("/elsewhere", any(|| async { (StatusCode::FOUND, [("location", "/html")]) })),
    )
    .await;
    let ask = async |path: &str| client.send::<Value>(Call::get(path)).await.unwrap_err();
    assert_eq!(ask("/large").await, IssuerError::Malformed);
    assert_eq!(ask("/html").await, IssuerError::Malformed);
    assert_eq!(ask("/proxy").await, IssuerError::Status(502));
    assert_eq!(ask("/problem").await.code(), "gone");
    assert_eq!(ask("/liar").await, IssuerError::Status(400), "a problem that contradicts its own status is none");
    assert_eq!(ask("/elsewhere").await, IssuerError::Status(302), "redirects are not followed");
    let nobody = IssuerClient::new("http://127.0.0.1:1".parse().unwrap(), http_client().unwrap(), std::sync::Arc::new(crate::testing::random(1)));
    assert_eq!(nobody.send::<Value>(Call::get("/")).await.unwrap_err(), IssuerError::Unreachable);
}

#[tokio::test]
async fn another_issuer_at_the_same_address_is_not_believed() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    home.issuer.inside().identifier = "https://other.test".to_owned();
    home.clock.advance(3_601);
    assert_eq!(wallet.credentials().await, Err(WalletError::Issuer(IssuerError::IssuerChanged)));
    home.issuer.inside().identifier = "https://issuer.test".to_owned();
    assert_eq!(wallet.credentials().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    home.issuer.inside().tokens_valid = false;
    assert_eq!(wallet.refresh_credentials().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_registration_is_found_again_with_the_same_keys() {
    let home = Home::new().await;
    let wallet = home.open().await.unwrap();
    assert_eq!(wallet.credentials().await, Err(WalletError::NotRegistered));
    home.issuer.behave(Behaviour::LoseAnswer);
    assert_eq!(wallet.register().await.unwrap_err(), WalletError::Issuer(IssuerError::Status(502)));
    assert_eq!(wallet.registration().await.unwrap(), None);
    wallet.close().await.unwrap();
    let wallet = home.open().await.unwrap();
    let registration = wallet.register().await.unwrap();
    assert_eq!(wallet.register().await.unwrap(), registration);
    assert_eq!(wallet.registration().await.unwrap(), Some(registration));
    home.receive(&wallet).await.unwrap();
}

#[tokio::test]
async fn what_only_reads_is_asked_again_and_what_changes_something_is_not() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    let asked = Arc::new(AtomicU32::new(0));
    let counting = {
        let asked = asked.clone();
        any(move || async move { if asked.fetch_add(1, Ordering::SeqCst) == 1 { (StatusCode::OK, "7") } else { (StatusCode::SERVICE_UNAVAILABLE, "") } })
    };
    let client = answering(Router::new().route("/", counting)).await;
    assert_eq!(client.send::<u32>(Call::get("/")).await, Ok(7));
    assert_eq!(asked.swap(2, Ordering::SeqCst), 2);
    let key = IdempotencyKey::generate(&crate::testing::random(1));
    assert_eq!(client.send::<u32>(Call::post("/", &key, Vec::new())).await, Err(IssuerError::Status(503)));
    assert_eq!(asked.swap(2, Ordering::SeqCst), 3, "once");
    assert_eq!(client.send::<u32>(Call::get("/")).await, Err(IssuerError::Status(503)), "and not for ever");
    assert_eq!(asked.load(Ordering::SeqCst), 5);
}
