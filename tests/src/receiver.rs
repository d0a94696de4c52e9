//! A webhook receiver: keeps what arrives.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// An event as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// The path it came to.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its raw body.
    pub body: Bytes,
}

impl Received {
    /// A header's text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

#[derive(Default)]
struct Inbox {
    received: Mutex<Vec<Received>>,
    arrived: Notify,
}

/// A running receiver on a free loopback port.
pub struct Receiver {
    inbox: Arc<Inbox>,
    /// Where events are to be sent.
    pub url: String,
}

impl Receiver {
    /// Starts one.
    pub async fn start() -> Self {
        let inbox = Arc::new(Inbox::default());
        let router = Router::new().fallback(post(receive)).with_state(Arc::clone(&inbox));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/events", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inbox, url }
    }

    /// Waits until `count` events have arrived and returns all of them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        self.wait_until(|received| received.len() >= count).await
    }

    /// Waits until an event of that name has arrived and returns the first. Events may arrive more than once, and in any order.
    pub async fn wait_for_event(&self, name: &str) -> serde_json::Value {
        let is_it = |received: &Received| received.json()["event"] == name;
        let received = self.wait_until(|received| received.iter().any(is_it)).await;
        received.iter().find(|received| is_it(received)).map(Received::json).unwrap_or_default()
    }

    /// Waits until what has arrived is enough and returns all of it.
    pub async fn wait_until(&self, enough: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        loop {
            let arrived = self.inbox.arrived.notified();
            {
                let received = self.inbox.received.lock().unwrap_or_else(PoisonError::into_inner);
                if enough(&received) {
                    return received.clone();
                }
            }
            arrived.await;
        }
    }
}

async fn receive(State(inbox): State<Arc<Inbox>>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    inbox.received.lock().unwrap_or_else(PoisonError::into_inner).push(Received { path: uri.path().to_owned(), headers, body });
    inbox.arrived.notify_one();
    StatusCode::OK
}
