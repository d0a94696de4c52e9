//! The institution's webhook receiver: keeps what arrives, with its headers, for the signature check.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use passid_api::time::Timestamp;
use passid_api::webhook::{Envelope, EventKind, ID_HEADER, SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER, SignatureError, TIMESTAMP_HEADER, WebhookSecret};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// An event as it arrived.
#[derive(Clone)]
pub(super) struct Received {
    headers: HeaderMap,
    body: Bytes,
}

impl Received {
    /// The event.
    pub(super) fn envelope(&self) -> Result<Envelope, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// Checks both signatures over the raw body.
    pub(super) fn verify(&self, secret: &WebhookSecret, now: Timestamp) -> Result<(), SignatureError> {
        let header = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok()).ok_or(SignatureError::Malformed);
        secret.verify_body(header(SIGNATURE_HEADER)?, &self.body)?;
        secret.verify_standard(header(ID_HEADER)?, header(TIMESTAMP_HEADER)?, header(STANDARD_SIGNATURE_HEADER)?, &self.body, now)
    }
}

#[derive(Default)]
struct Inbox {
    received: Mutex<Vec<Received>>,
    arrived: Notify,
}

/// A running receiver.
pub(super) struct Receiver {
    inbox: Arc<Inbox>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Receiver {
    /// Receives on `listener`.
    pub(super) fn start(listener: TcpListener) -> Self {
        let inbox = Arc::new(Inbox::default());
        let router = Router::new().route("/passid/events", post(receive)).with_state(Arc::clone(&inbox));
        Self { inbox, server: tokio::spawn(async move { axum::serve(listener, router).await }) }
    }

    /// The first event of this kind that has not been taken yet, waiting for it up to ten seconds.
    pub(super) async fn take(&self, kind: EventKind) -> Option<Received> {
        let waiting = async {
            loop {
                let arrived = self.inbox.arrived.notified();
                if let Some(found) = self.find(kind) {
                    return found;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), waiting).await.ok()
    }

    fn find(&self, kind: EventKind) -> Option<Received> {
        let mut received = self.inbox.received.lock().unwrap_or_else(PoisonError::into_inner);
        let place = received.iter().position(|event| event.envelope().is_ok_and(|envelope| envelope.event == kind))?;
        Some(received.remove(place))
    }

    /// Stops receiving.
    pub(super) fn stop(self) {
        self.server.abort();
    }
}

async fn receive(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    inbox.received.lock().unwrap_or_else(PoisonError::into_inner).push(Received { headers, body });
    inbox.arrived.notify_one();
    StatusCode::OK
}
