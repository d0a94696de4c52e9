//! A caller for tests of the HTTP surface, and workspaces for it to call from.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use passid_api::institution::Onboarded;

use crate::http::router;
use crate::service::Service;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    /// The problem's code, or nothing.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// Calls the issuer's router.
#[derive(Clone)]
pub(crate) struct Api(Router);

impl Api {
    pub(crate) fn new(service: &Service) -> Self {
        Self(router(service.clone()))
    }

    pub(crate) async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.0.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.unwrap();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answered { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answered {
        self.call(Method::POST, path, &[], &body).await
    }
}

/// A signed-in user of a fresh workspace.
pub(crate) struct Workspace {
    pub(crate) api: Api,
    pub(crate) onboarded: Onboarded,
    authorization: String,
}

impl Workspace {
    pub(crate) async fn onboard(api: &Api, email: &str) -> Self {
        let request = json!({ "name": "Meridian Bank", "email": email, "password": "correct horse battery" });
        let answer = api.post("/api/institution/onboard", request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let onboarded: Onboarded = serde_json::from_value(answer.body).unwrap();
        Self { api: api.clone(), authorization: format!("Bearer {}", onboarded.access_token), onboarded }
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        self.api.call(method, path, &[("authorization", &self.authorization)], &body).await
    }

    pub(crate) async fn call_with_key(&self, path: &str, key: &str, body: Value) -> Answered {
        self.api.call(Method::POST, path, &[("authorization", &self.authorization), ("idempotency-key", key)], &body).await
    }

    /// Signs in again, for tests in which ten minutes pass.
    pub(crate) async fn sign_in_again(&mut self, email: &str) {
        let answer = self.api.post("/api/institution/login", json!({ "email": email, "password": "correct horse battery" })).await;
        self.authorization = format!("Bearer {}", answer.body["access_token"].as_str().unwrap());
    }
}
