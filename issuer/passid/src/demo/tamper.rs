//! A hostile network for one refusal: a forward proxy that changes what a proof is said to prove, on its way.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use reqwest::Client;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running proxy.
pub(super) struct TamperingProxy {
    server: JoinHandle<std::io::Result<()>>,
}

impl TamperingProxy {
    /// Forwards what arrives on `listener`, changing every presentation.
    pub(super) fn start(listener: TcpListener, client: Client) -> Self {
        let router = Router::new().fallback(forward).with_state(client);
        Self { server: tokio::spawn(async move { axum::serve(listener, router).await }) }
    }

    /// Stops forwarding.
    pub(super) fn stop(self) {
        self.server.abort();
    }
}

async fn forward(State(client): State<Client>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 1 << 20).await else { return StatusCode::BAD_GATEWAY.into_response() };
    let body = if parts.method == Method::POST && parts.uri.path().ends_with("/fulfill") { change_presentation(&body) } else { body };
    let mut headers = parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::HOST);
    let Ok(answer) = client.request(parts.method, parts.uri.to_string()).headers(headers).body(body).send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    match answer.bytes().await {
        Ok(bytes) => *response.body_mut() = Body::from(bytes),
        Err(_) => *response.status_mut() = StatusCode::BAD_GATEWAY,
    }
    response
}

/// Claims fresher data than the wallet proved: one second less of age, the rest left as it was.
fn change_presentation(body: &Bytes) -> Bytes {
    let Ok(mut document) = serde_json::from_slice::<serde_json::Value>(body) else { return body.clone() };
    if let Some(age) = document.pointer_mut("/presentation/max_data_age") {
        *age = serde_json::json!(age.as_u64().unwrap_or(0).saturating_sub(1));
    }
    serde_json::to_vec(&document).map_or_else(|_| body.clone(), Bytes::from)
}
