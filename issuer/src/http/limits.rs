//! Counts every request against its caller's quota before anything else is done for it, and says how much is left.
//!
//! The header fields are those of draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy` names quota and window, `RateLimit`
//! what is left and for how many seconds that has to last.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use passid_api::INSTITUTION_KEY_HEADER;

use crate::access;
use crate::limit::address;
use crate::limit::{Charge, LimitName, Subject};
use crate::request_log::RequestOwner;
use crate::service::Service;

use super::ApiError;
use super::callers::{Identified, subject};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");
/// What whoever watches over the server asks often; it costs next to nothing.
const UNCOUNTED: [&str; 2] = ["/healthz", "/readyz"];

/// The network a request comes from, by which callers without a name are counted.
#[derive(Debug, Clone, Copy)]
pub struct ClientNetwork(pub IpAddr);

impl FromRequestParts<Service> for ClientNetwork {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0);
        let client = address::client(peer, &parts.headers, &service.config.trusted_proxies);
        Ok(Self(address::network_of(client)))
    }
}

/// The address a request comes from, where it is known: what a bank is told of a holder who is there. Never stored.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<Service> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0);
        let address = address::client(peer, &parts.headers, &service.config.trusted_proxies);
        Ok(Self(Some(address).filter(|address| !address.is_unspecified())))
    }
}

/// Counts one request of the kind `name`.
///
/// # Errors
/// `rate_limited` when it is one too many.
pub async fn count(service: &Service, name: LimitName, subject: Subject) -> Result<(), ApiError> {
    match service.meter.charge(&service.store, service.clock.as_ref(), name, subject).await? {
        Some(Err(refused)) => Err(refused.into()),
        Some(Ok(_)) | None => Ok(()),
    }
}

pub(super) async fn limit(State(service): State<Service>, request: Request, next: Next) -> Response {
    if UNCOUNTED.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let (name, subject, owner) = caller(&service, &mut parts).await;
    let charged = match service.meter.charge(&service.store, service.clock.as_ref(), name, subject).await {
        Ok(charged) => charged,
        Err(error) => return ApiError::from(error).into_response(),
    };
    let request = Request::from_parts(parts, body);
    let (mut response, charge) = match charged {
        None => (next.run(request).await, None),
        Some(Ok(charge)) => (next.run(request).await, Some(charge)),
        Some(Err(refused)) => (ApiError::from(refused).into_response(), Some(refused.charge)),
    };
    if let Some(charge) = charge {
        tell(response.headers_mut(), &charge);
    }
    if let Some(owner) = owner {
        response.extensions_mut().insert(owner);
    }
    response
}

/// Against which quota a request counts, and in which workspace's log it belongs. A key that works, or whom a token is for, is left in
/// the request for the extractors.
async fn caller(service: &Service, parts: &mut Parts) -> (LimitName, Subject, Option<RequestOwner>) {
    if parts.headers.contains_key(INSTITUTION_KEY_HEADER) {
        if let Ok(identified) = Identified::by_key(&parts.headers, service).await {
            let (key, owner) = (identified.owner.key, identified.request_owner());
            parts.extensions.insert(identified);
            return (LimitName::Key, Subject::Key(key), Some(owner));
        }
    } else if parts.headers.contains_key(header::AUTHORIZATION) {
        match subject(parts, service) {
            Ok(access::Subject::Wallet { sub, .. }) => return (LimitName::Wallet, Subject::Wallet(sub), None),
            Ok(access::Subject::Institution { sub, user }) => {
                let owner = RequestOwner { institution: sub, environment: None, key: None, user: Some(user) };
                return (LimitName::Workspace, Subject::Workspace(sub), Some(owner));
            }
            Err(_) => {}
        }
    }
    // Whoever shows nothing that works is one of the many behind an address.
    let Ok(ClientNetwork(network)) = ClientNetwork::from_request_parts(parts, service).await;
    (LimitName::Address, Subject::Address(network), None)
}

fn tell(headers: &mut HeaderMap, charge: &Charge) {
    let Charge { name, quota, remaining, reset } = charge;
    let fields = [(POLICY, format!("\"{name}\";q={};w={}", quota.requests(), quota.seconds())), (STATE, format!("\"{name}\";r={remaining};t={reset}"))];
    for (field, value) in fields {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(field, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use serde_json::{Value, json};

    use crate::institution::testing::{Api, Workspace};
    use crate::limit::{Limits, Quota};
    use crate::store::testing::{TestDatabase, databases};
    use crate::testing::{TestIssuer, TestSetup};

    use super::*;

    async fn issuer(database: &TestDatabase, limits: &[(LimitName, u32, u32)]) -> TestIssuer {
        let mut all = Limits::off();
        for (name, requests, seconds) in limits {
            all.set(*name, Quota::new(*requests, *seconds));
        }
        TestIssuer::start_with(database, TestSetup { limits: Some(all), ..TestSetup::default() }).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_key_that_asks_too_often_is_told_how_long_to_wait_and_harms_no_other() {
        for database in databases().await {
            let issuer = issuer(&database, &[(LimitName::Key, 3, 30)]).await;
            let api = Api::new(&issuer.service);
            let workspace = Workspace::onboard(&api, "ada@meridian.example").await;
            let keys = &workspace.onboarded.keys.sandbox;
            let ask = async |key: &str| api.call(Method::POST, "/v1/sessions", &[("x-institution-key", key)], &json!({})).await;
            for left in [2, 1, 0] {
                let answer = ask(&keys.secret).await;
                assert_eq!(answer.status, StatusCode::CREATED, "{}", database.engine);
                assert_eq!(answer.headers["ratelimit-policy"], "\"key\";q=3;w=30");
                assert_eq!(answer.headers["ratelimit"], format!("\"key\";r={left};t={}", 10 * (3 - left)));
            }
            let refused = ask(&keys.secret).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
            assert_eq!((&refused.headers["retry-after"], &refused.headers["ratelimit"]), (&"10".parse().unwrap(), &"\"key\";r=0;t=10".parse().unwrap()));
            assert_eq!(refused.body["retry_after"], 10);
            assert_eq!(ask(&keys.publishable).await.status, StatusCode::CREATED, "another key has its own quota");
            issuer.clock.advance(10);
            assert_eq!(ask(&keys.secret).await.status, StatusCode::CREATED, "{}", database.engine);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_shows_nothing_that_works_is_counted_by_address() {
        for database in databases().await {
            let issuer = issuer(&database, &[(LimitName::Address, 4, 60)]).await;
            let api = Api::new(&issuer.service);
            for headers in
                [&[][..], &[("x-institution-key", "sk_sandbox_nonsense")], &[("authorization", "Bearer nonsense")], &[("x-forwarded-for", "192.0.2.1")]]
            {
                assert_ne!(api.call(Method::GET, "/api/v1", headers, &Value::Null).await.status, StatusCode::TOO_MANY_REQUESTS);
            }
            let refused = api.call(Method::GET, "/api/v1", &[("x-forwarded-for", "192.0.2.2")], &Value::Null).await;
            assert_eq!(refused.code(), "rate_limited", "{}: a header is no other address", database.engine);
            assert_eq!(refused.headers["ratelimit"], "\"address\";r=0;t=15");
            assert_eq!(api.call(Method::POST, "/healthz", &[], &Value::Null).await.status, StatusCode::METHOD_NOT_ALLOWED, "health is not counted");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn guessing_codes_ends_for_hits_and_misses_alike_while_links_work() {
        for database in databases().await {
            let issuer = issuer(&database, &[(LimitName::CodeMissesOfAll, 5, 50)]).await;
            let api = Api::new(&issuer.service);
            let workspace = Workspace::onboard(&api, "ada@meridian.example").await;
            let headers = [("x-institution-key", workspace.onboarded.keys.sandbox.secret.as_str())];
            let session = api.call(Method::POST, "/v1/sessions", &headers, &json!({})).await.body;
            let by_code = async |code: &str| api.call(Method::GET, &format!("/v1/sessions/by-code/{code}/public"), &[], &Value::Null).await;
            let code = session["code"].as_str().unwrap();
            for _ in 0..20 {
                assert_eq!(by_code(code).await.status, StatusCode::OK, "{}: hits cost nothing", database.engine);
            }
            let expired = api.call(Method::POST, "/v1/sessions", &headers, &json!({ "ttlSeconds": 60 })).await.body;
            issuer.clock.advance(60);
            let unknown = by_code("AB3X-7YQM").await;
            let over = by_code(expired["code"].as_str().unwrap()).await;
            assert_eq!((unknown.status, &unknown.body["detail"]), (StatusCode::NOT_FOUND, &over.body["detail"]));
            assert_eq!(over.status, StatusCode::NOT_FOUND);
            for _ in 0..3 {
                assert_eq!(by_code("AB3X-7YQM").await.status, StatusCode::NOT_FOUND);
            }
            for guess in ["AB3X-7YQM", code] {
                let refused = by_code(guess).await;
                assert_eq!((refused.status, refused.body["retry_after"].clone()), (StatusCode::TOO_MANY_REQUESTS, json!(10)), "{}", database.engine);
            }
            let link = api.call(Method::GET, &format!("/v1/sessions/{}/public", session["requestId"].as_str().unwrap()), &[], &Value::Null).await;
            assert_eq!(link.status, StatusCode::OK);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_key_that_guesses_tokens_is_stopped_and_a_used_one_is_no_guess() {
        for database in databases().await {
            let issuer = issuer(&database, &[(LimitName::CodeMisses, 3, 30)]).await;
            let api = Api::new(&issuer.service);
            let workspace = Workspace::onboard(&api, "ada@meridian.example").await;
            let keys = &workspace.onboarded.keys.sandbox;
            let submit = async |key: &str, token: &str| api.call(Method::POST, "/v1/verify", &[("x-institution-key", key)], &json!({ "token": token })).await;
            for token in ["2222-2222-2222", "nonsense", "2222-2222-2223"] {
                assert_eq!(submit(&keys.secret, token).await.body["deny_reason"], "TOKEN_NOT_FOUND", "{}", database.engine);
            }
            assert_eq!(submit(&keys.secret, "2222-2222-2224").await.code(), "rate_limited");
            assert_eq!(submit(&keys.publishable, "2222-2222-2224").await.status, StatusCode::OK, "another key has its own budget");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn guessing_a_password_is_stopped_for_the_account_and_for_the_address() {
        for database in databases().await {
            let issuer = issuer(&database, &[(LimitName::SignIn, 3, 300)]).await;
            let api = Api::new(&issuer.service);
            Workspace::onboard(&api, "ada@meridian.example").await;
            let sign_in = async |email: &str, password: &str| api.post("/api/institution/login", json!({ "email": email, "password": password })).await;
            for _ in 0..3 {
                assert_eq!(sign_in("ada@meridian.example", "wrong horse battery").await.status, StatusCode::UNAUTHORIZED);
            }
            assert_eq!(sign_in("Ada@Meridian.example", "correct horse battery").await.code(), "rate_limited", "{}", database.engine);
            assert_eq!(sign_in("eve@meridian.example", "wrong horse battery").await.status, StatusCode::UNAUTHORIZED);
            issuer.clock.advance(100);
            assert_eq!(sign_in("ada@meridian.example", "correct horse battery").await.status, StatusCode::OK);
        }
    }
}
