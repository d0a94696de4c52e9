//! One attempt against receivers that misbehave. The time limit passes when a test says so, once the receiver has done its part.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use passid_api::environment::Environment;
use passid_api::time::Clock;
use passid_api::webhook::{DeliveryFailure, WebhookSecret};

use super::receiver::{Receiver, nobody, raw};
use crate::testing::beginning;
use crate::webhook::attempt::{self, Message, Outcome};
use crate::webhook::client;
use crate::webhook::secrets::SigningSecrets;

fn secret() -> WebhookSecret {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

async fn attempt(url: String, environment: Environment) -> Outcome {
    limited_attempt(url, environment, std::future::pending()).await
}

async fn limited_attempt(url: String, environment: Environment, limit: impl Future<Output = ()>) -> Outcome {
    let secrets = SigningSecrets { current: secret(), previous: None };
    let event = "evt_01arz3ndektsv4rrffq69g5fav".parse().unwrap();
    let message = Message { event, body: "{}".to_owned(), url: &url, environment, secrets: &secrets };
    attempt::make(&client::build(true).unwrap(), message, true, beginning().now(), limit).await
}

/// Reads a request up to the end of its two-byte body.
async fn read_request(connections: &mut mpsc::UnboundedReceiver<TcpStream>) -> TcpStream {
    let mut connection = connections.recv().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n{}") {
        assert_ne!(connection.read_buf(&mut request).await.unwrap(), 0);
    }
    connection
}

#[tokio::test]
async fn a_receiver_that_stalls_is_given_up_whichever_part_it_stalls_in() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    for part in ["", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\ncontent-le", head, &format!("{head}ok so")] {
        let (url, mut connections) = raw().await;
        let (pass, passed) = oneshot::channel::<()>();
        let limit = async { passed.await.unwrap() };
        let running = tokio::spawn(limited_attempt(url, Environment::Sandbox, limit));
        let mut connection = read_request(&mut connections).await;
        connection.write_all(part.as_bytes()).await.unwrap();
        assert!(!running.is_finished(), "{part:?}");
        pass.send(()).unwrap();
        let outcome = running.await.unwrap();
        assert_eq!((outcome.failure, outcome.response_status), (Some(DeliveryFailure::TimedOut), None), "{part:?}: half an answer is no answer");
        drop(connection);
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_and_its_connection_closed() {
    let (url, mut connections) = raw().await;
    let running = tokio::spawn(attempt(url, Environment::Sandbox));
    let mut connection = read_request(&mut connections).await;
    connection.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
    let chunk = format!("2000\r\n{}\r\n", "x".repeat(0x2000));
    // Ends only because the sender of the webhook hangs up.
    while connection.write_all(chunk.as_bytes()).await.is_ok() {}
    let outcome = running.await.unwrap();
    assert_eq!((outcome.failure, outcome.response_status), (None, Some(200)));
    assert_eq!(outcome.response_body.unwrap().len(), 2_048);
}

#[tokio::test]
async fn a_redirect_is_a_refusal_and_is_not_followed() {
    let (mut elsewhere, receiver) = (Receiver::start().await, Receiver::start().await);
    for status in [301, 302, 303, 307, 308] {
        receiver.answers_with(status, "location", &elsewhere.url);
        let outcome = attempt(receiver.url.clone(), Environment::Sandbox).await;
        assert_eq!((outcome.failure, outcome.response_status), (Some(DeliveryFailure::Refused), Some(status)));
    }
    assert!(elsewhere.taken().is_empty());
}

#[tokio::test]
async fn broken_connections_and_answers_are_failures() {
    let outcome = attempt(format!("http://{}/", nobody().await), Environment::Sandbox).await;
    assert_eq!(outcome.failure, Some(DeliveryFailure::ConnectionFailed));

    for answer in [&b""[..], b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"] {
        let (url, mut connections) = raw().await;
        let running = tokio::spawn(attempt(url, Environment::Sandbox));
        let mut connection = read_request(&mut connections).await;
        connection.write_all(answer).await.unwrap();
        drop(connection);
        assert_eq!(running.await.unwrap().failure, Some(DeliveryFailure::ConnectionFailed), "{answer:?}");
    }
}

#[tokio::test]
async fn a_receiver_without_tls_behind_https_is_a_failure() {
    let (url, mut connections) = raw().await;
    let running = tokio::spawn(attempt(url.replace("http://", "https://"), Environment::Sandbox));
    let mut connection = connections.recv().await.unwrap();
    connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    assert_eq!(running.await.unwrap().failure, Some(DeliveryFailure::ConnectionFailed));
}

#[tokio::test]
async fn loopback_is_never_reached_for_live_events() {
    let mut receiver = Receiver::start().await;
    let outcome = attempt(receiver.url.clone(), Environment::Live).await;
    assert_eq!(outcome.failure, Some(DeliveryFailure::AddressNotAllowed));
    assert!(receiver.taken().is_empty());
}
