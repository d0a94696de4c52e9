//! Receivers of webhooks: one that answers as told, and bad ones that speak TCP themselves.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use passid_api::time::Timestamp;
use passid_api::webhook::{Envelope, ID_HEADER, SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER, SignatureError, TIMESTAMP_HEADER, WebhookSecret};

/// What arrived.
pub(super) struct Received {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Received {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    pub(super) fn envelope(&self) -> Envelope {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks it as a receiver would that follows Standard Webhooks.
    pub(super) fn standard(&self, secret: &str, now: Timestamp) -> Result<(), SignatureError> {
        let secret: WebhookSecret = secret.parse().unwrap();
        secret.verify_standard(self.header(ID_HEADER), self.header(TIMESTAMP_HEADER), self.header(STANDARD_SIGNATURE_HEADER), &self.body, now)
    }

    /// Checks it as a receiver would that follows the integration guide.
    pub(super) fn documented(&self, secret: &str) -> Result<(), SignatureError> {
        secret.parse::<WebhookSecret>().unwrap().verify_body(self.header(SIGNATURE_HEADER), &self.body)
    }
}

#[derive(Clone)]
struct Script {
    arrived: mpsc::UnboundedSender<Received>,
    answers: Arc<Mutex<VecDeque<(u16, HeaderMap)>>>,
}

/// A receiver that answers as told, then with 204.
pub(super) struct Receiver {
    pub(super) url: String,
    arrived: mpsc::UnboundedReceiver<Received>,
    script: Script,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let (sender, arrived) = mpsc::unbounded_channel();
        let script = Script { arrived: sender, answers: Arc::default() };
        let listener = listener().await;
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, arrived, script }
    }

    /// Answers the next requests with these statuses.
    pub(super) fn answers(&self, statuses: &[u16]) {
        self.script.answers.lock().unwrap().extend(statuses.iter().map(|status| (*status, HeaderMap::new())));
    }

    /// Answers the next request with this status and header.
    pub(super) fn answers_with(&self, status: u16, name: &'static str, value: &str) {
        let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
        self.script.answers.lock().unwrap().push_back((status, headers));
    }

    /// What has arrived and was not taken yet.
    pub(super) fn taken(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.arrived.try_recv().ok()).collect()
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Received {
        self.arrived.recv().await.unwrap()
    }
}

async fn answer(State(script): State<Script>, headers: HeaderMap, body: Bytes) -> Response {
    script.arrived.send(Received { headers, body }).unwrap();
    let (status, headers) = script.answers.lock().unwrap().pop_front().unwrap_or((204, HeaderMap::new()));
    (StatusCode::from_u16(status).unwrap(), headers, if status == 204 { "" } else { "told to" }).into_response()
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// A receiver that hands out its connections for a test to misbehave on.
pub(super) async fn raw() -> (String, mpsc::UnboundedReceiver<TcpStream>) {
    let listener = listener().await;
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, connections) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            if sender.send(connection).is_err() {
                return;
            }
        }
    });
    (url, connections)
}

/// An address where nobody listens.
pub(super) async fn nobody() -> SocketAddr {
    listener().await.local_addr().unwrap()
}
