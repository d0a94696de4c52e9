//! Cross-origin requests: publishable keys from the workspace's registered origins, and nothing else.
//!
//! A browser asks before it sends a key, so the answer to that question can only be whether anyone registered the origin; the
//! request itself is then held against the key's own workspace. Secret keys and access tokens get no such headers: they have no
//! place in a page.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use passid_api::INSTITUTION_KEY_HEADER;
use passid_api::api_key::{ApiKey, KeyKind};
use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::request_log::RequestOwner;
use crate::service::Service;
use crate::store::institutions as table;

const METHODS: &str = "GET, POST";
const HEADERS: &str = "content-type, idempotency-key, x-institution-key, x-passid-client-secret";
const EXPOSED: &str = "idempotent-replayed, ratelimit, ratelimit-policy, retry-after, x-passid-api-version, x-request-id";
/// Seconds a browser may keep the answer to its question.
const MAX_AGE: &str = "600";
const VARY: &str = "origin";

/// Answers browsers' questions and marks the answers their pages may read.
pub async fn cors(State(service): State<Service>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else { return next.run(request).await };
    let asks = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks && publishable(request.headers()).is_none() {
        return next.run(request).await;
    }
    let mut response = match decide(&service, &origin, request.headers(), asks).await {
        Ok(Decision::Refused(owner)) => {
            let mut refused = ApiError::new(ProblemCode::OriginNotAllowed, "Register this page's origin under /v1/institution/origins.").into_response();
            // The key's owner finds the refusal in the request log; a browser's question belongs to nobody.
            if let Some(owner) = owner {
                refused.extensions_mut().insert(owner);
            }
            refused
        }
        Err(error) => error.into_response(),
        Ok(Decision::Allowed) => {
            let mut response = if asks { preflight() } else { next.run(request).await };
            response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
            response
        }
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static(VARY));
    response
}

/// The request's publishable key, if that is what it carries.
fn publishable(headers: &HeaderMap) -> Option<ApiKey> {
    let key: ApiKey = headers.get(INSTITUTION_KEY_HEADER)?.to_str().ok()?.trim().parse().ok()?;
    (key.kind() == KeyKind::Publishable).then_some(key)
}

/// Whether a page may call.
enum Decision {
    Allowed,
    /// With the owner of the key, where there is one.
    Refused(Option<RequestOwner>),
}

async fn decide(service: &Service, origin: &HeaderValue, headers: &HeaderMap, asks: bool) -> Result<Decision, ApiError> {
    let answer = |allowed, owner| if allowed { Decision::Allowed } else { Decision::Refused(owner) };
    let Ok(origin) = origin.to_str() else { return Ok(Decision::Refused(None)) };
    let mut reader = service.store.reader().await?;
    let Some(key) = publishable(headers).filter(|_| !asks) else {
        return Ok(answer(table::any_workspace_allows(&mut reader, origin).await?, None));
    };
    match table::find_key(&mut reader, key.digest()).await?.filter(|owner| owner.works_at(service.clock.now())) {
        Some(owner) => {
            let allowed = table::workspace_allows(&mut reader, owner.institution, key.environment(), origin).await?;
            let of = RequestOwner { institution: owner.institution, environment: Some(key.environment()), key: Some(owner.key), user: None };
            Ok(answer(allowed, Some(of)))
        }
        // A key that does not work is refused as such further on, so that the page's author learns the right reason.
        None => Ok(Decision::Allowed),
    }
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    response
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::institution::testing::{Answered, Api, Workspace};
    use crate::store::testing::databases;
    use crate::testing::TestIssuer;

    use super::*;

    const PAGE: &str = "https://apply.example.com";

    async fn create_session(api: &Api, key: &str, origin: &str) -> Answered {
        api.call(Method::POST, "/v1/sessions", &[("x-institution-key", key), ("origin", origin)], &json!({})).await
    }

    async fn ask(api: &Api, origin: &str) -> Answered {
        let headers = [("origin", origin), ("access-control-request-method", "POST"), ("access-control-request-headers", "x-institution-key")];
        api.call(Method::OPTIONS, "/v1/sessions", &headers, &Value::Null).await
    }

    fn allowed(answer: &Answered) -> Option<&str> {
        answer.headers.get("access-control-allow-origin").map(|origin| origin.to_str().unwrap())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_publishable_key_works_from_its_workspaces_pages_only() {
        for database in databases().await {
            let issuer = TestIssuer::start(&database).await;
            let api = Api::new(&issuer.service);
            let owner = Workspace::onboard(&api, "ada@meridian.example").await;
            let stranger = Workspace::onboard(&api, "eve@other.example").await;
            assert_eq!(allowed(&ask(&api, PAGE).await), None, "{}: nobody registered it yet", database.engine);
            let put = json!({ "sandbox": [PAGE, "http://localhost:3000", "https://APPLY.example.com/"], "live": ["https://live.example.com"] });
            let registered = owner.call(Method::PUT, "/v1/institution/origins", put).await;
            assert_eq!(registered.body["sandbox"], json!(["http://localhost:3000", PAGE]));
            assert_eq!(owner.call(Method::GET, "/v1/institution/origins", Value::Null).await.body, registered.body);

            let asked = ask(&api, PAGE).await;
            assert_eq!((asked.status, allowed(&asked)), (StatusCode::NO_CONTENT, Some(PAGE)));
            assert!(asked.headers["access-control-allow-headers"].to_str().unwrap().contains("x-institution-key"));
            let keys = &owner.onboarded.keys;
            let created = create_session(&api, &keys.sandbox.publishable, PAGE).await;
            assert_eq!((created.status, allowed(&created)), (StatusCode::CREATED, Some(PAGE)));
            assert_eq!(created.headers["vary"], "origin");
            assert!(created.headers.get("access-control-allow-credentials").is_none());

            for (key, origin) in [
                (&keys.sandbox.publishable, "https://evil.example"),
                (&keys.sandbox.publishable, "https://live.example.com"),
                (&keys.sandbox.publishable, "null"),
                (&keys.live.publishable, PAGE),
                (&stranger.onboarded.keys.sandbox.publishable, PAGE),
            ] {
                let refused = create_session(&api, key, origin).await;
                assert_eq!((refused.status, refused.code(), allowed(&refused)), (StatusCode::FORBIDDEN, "origin_not_allowed", None), "{origin}");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_secret_key_gets_no_leave_to_be_used_in_a_page() {
        let database = crate::store::testing::sqlite();
        let issuer = TestIssuer::start(&database).await;
        let owner = Workspace::onboard(&Api::new(&issuer.service), "ada@meridian.example").await;
        owner.call(Method::PUT, "/v1/institution/origins", json!({ "sandbox": [PAGE] })).await;
        let keys = &owner.onboarded.keys.sandbox;
        let secret = create_session(&owner.api, &keys.secret, PAGE).await;
        assert_eq!((secret.status, allowed(&secret)), (StatusCode::CREATED, None), "a browser hides this answer from the page");
        let server = owner.api.call(Method::POST, "/v1/sessions", &[("x-institution-key", &keys.publishable)], &json!({})).await;
        assert_eq!((server.status, allowed(&server)), (StatusCode::CREATED, None), "without an origin it is no browser");
        let mistyped = create_session(&owner.api, &keys.publishable.replace("sandbox", "live"), PAGE).await;
        assert_eq!((mistyped.status, allowed(&mistyped)), (StatusCode::UNAUTHORIZED, None));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_wrong_origin_is_named_and_none_is_registered() {
        let database = crate::store::testing::sqlite();
        let issuer = TestIssuer::start(&database).await;
        let owner = Workspace::onboard(&Api::new(&issuer.service), "ada@meridian.example").await;
        let put = json!({ "sandbox": [PAGE, "*"], "live": ["http://localhost:3000", "https://example.com/apply"] });
        let answer = owner.call(Method::PUT, "/v1/institution/origins", put).await;
        let pointers: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!((answer.status, pointers), (StatusCode::BAD_REQUEST, vec!["/sandbox/1", "/live/0", "/live/1"]));
        let many: Vec<_> = (0..21).map(|number| format!("https://a{number}.example.com")).collect();
        let answer = owner.call(Method::PUT, "/v1/institution/origins", json!({ "live": many })).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (StatusCode::BAD_REQUEST, &json!("/live")));
        assert_eq!(owner.call(Method::GET, "/v1/institution/origins", Value::Null).await.body, json!({ "sandbox": [], "live": [] }));
    }
}
