//! One attempt against receivers that misbehave. The time limit passes when a test says so, once the receiver has done its part.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use passid_api::environment::Environment;
use passid_api::time::Clock;
use passid_api::webhook::{DeliveryFailure, WebhookSecret};

use super::receiver::{Receiver, nobody, raw};
use crate::testing::beginning;
use crate::webhook::address::SPECIAL_PURPOSE;
use crate::webhook::attempt::{self, Message, Outcome};
use crate::webhook::client::{self, Lookup};
use crate::webhook::secrets::SigningSecrets;

fn secret() -> WebhookSecret {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

async fn attempt(url: String, environment: Environment) -> Outcome {
    limited_attempt(url, environment, std::future::pending()).await
}

async fn limited_attempt(url: String, environment: Environment, limit: impl Future<Output = ()>) -> Outcome {
    attempt_by(&client::build(true).unwrap(), url, environment, limit).await
}

async fn attempt_by(client: &reqwest::Client, url: String, environment: Environment, limit: impl Future<Output = ()>) -> Outcome {
    let secrets = SigningSecrets { current: secret(), previous: None };
    let event = "evt_01arz3ndektsv4rrffq69g5fav".parse().unwrap();
    let message = Message { event, body: "{}".to_owned(), url: &url, environment, secrets: &secrets };
    attempt::make(client, message, true, beginning().now(), limit).await
}

/// A client for which every name leads to the addresses in turn, and then to the last.
fn led_to(turns: Vec<Vec<IpAddr>>) -> (reqwest::Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |_| {
        let turn = count.fetch_add(1, Ordering::Relaxed).min(turns.len() - 1);
        let addresses = turns[turn].iter().map(|address| SocketAddr::new(*address, 0)).collect();
        Box::pin(async move { Ok(addresses) })
    });
    (client::build_with(true, lookup).unwrap(), asked)
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

/// Closing with the request unread makes the system send a reset.
#[tokio::test]
async fn a_reset_is_a_failure() {
    let (url, mut connections) = raw().await;
    let running = tokio::spawn(attempt(url, Environment::Sandbox));
    let connection = connections.recv().await.unwrap();
    connection.readable().await.unwrap();
    drop(connection);
    assert_eq!(running.await.unwrap().failure, Some(DeliveryFailure::ConnectionFailed));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_ends_the_connection_before_anything_is_sent() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let (url, mut connections) = raw().await;
    let running = tokio::spawn(attempt(url.replace("http://127.0.0.1", "https://localhost"), Environment::Sandbox));
    let shaken = acceptor.accept(connections.recv().await.unwrap()).await;
    assert!(shaken.is_err(), "the sender breaks the handshake off");
    assert_eq!(running.await.unwrap().failure, Some(DeliveryFailure::ConnectionFailed));
}

#[tokio::test]
async fn a_name_that_leads_into_a_special_purpose_block_is_not_connected_to() {
    for block in SPECIAL_PURPOSE {
        let address: IpAddr = block.split('/').next().unwrap().parse().unwrap();
        let public: IpAddr = "93.184.216.34".parse().unwrap();
        for addresses in [vec![address], vec![public, address]] {
            let (client, asked) = led_to(vec![addresses]);
            let outcome = attempt_by(&client, "https://receiver.example/hook".to_owned(), Environment::Live, std::future::pending()).await;
            assert_eq!((outcome.failure, asked.load(Ordering::Relaxed)), (Some(DeliveryFailure::AddressNotAllowed), 1), "{block}");
        }
    }
}

/// The name leads to a public address when it is looked at first, and to this machine ever after.
#[tokio::test]
async fn a_name_that_changes_its_mind_is_looked_up_once_for_each_attempt_and_checked_each_time() {
    let (url, mut connections) = raw().await;
    let port = url.trim_end_matches("/hook").rsplit_once(':').unwrap().1.to_owned();
    // TEST-NET addresses are refused, so a public one nobody answers at: the attempt is given up once the name was looked up.
    let (client, asked) = led_to(vec![vec!["192.0.1.1".parse().unwrap()], vec!["127.0.0.1".parse().unwrap()]]);
    let looked_up = async {
        while asked.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
    };
    let url = format!("https://rebound.example:{port}/hook");
    let outcome = attempt_by(&client, url.clone(), Environment::Sandbox, looked_up).await;
    assert_ne!(outcome.failure, None);
    assert_eq!(asked.load(Ordering::Relaxed), 1, "what was checked is what is connected to: nothing asks again");
    let outcome = attempt_by(&client, url, Environment::Sandbox, std::future::pending()).await;
    assert_eq!((outcome.failure, asked.load(Ordering::Relaxed)), (Some(DeliveryFailure::AddressNotAllowed), 2));
    assert!(connections.try_recv().is_err(), "this machine was never connected to");
}

#[tokio::test]
async fn loopback_is_never_reached_for_live_events() {
    let mut receiver = Receiver::start().await;
    let outcome = attempt(receiver.url.clone(), Environment::Live).await;
    assert_eq!(outcome.failure, Some(DeliveryFailure::AddressNotAllowed));
    assert!(receiver.taken().is_empty());
}
