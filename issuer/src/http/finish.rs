//! What every response carries: request id, API version, security headers, and a problem's body.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;
use tracing::{Instrument, field};

use passid_api::API_VERSION;
use passid_api::ids::RequestId;
use passid_api::problem::{Problem, ProblemCode};

use crate::request_log::{Answered, Made, RequestOwner};
use crate::service::Service;
use crate::status::component::{Component, waits};

use super::idempotency::REPLAYED;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const VERSION: HeaderName = HeaderName::from_static("x-passid-api-version");

pub(super) async fn finish(State(service): State<Service>, request: Request, next: Next) -> Response {
    let id = service.with_random(|random| RequestId::generate(service.clock.as_ref(), random));
    let request_id = id.to_string();
    let method = request.method().clone();
    // The route's pattern, not the address: addresses can hold tokens.
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let started = Instant::now();
    let traced = tracing::debug_span!(
        "http",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        request_id,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = field::Empty
    );
    let mut response = next.run(request).instrument(tracing::info_span!("request", id = request_id)).instrument(traced.clone()).await;
    let took = started.elapsed();
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| problem_of_layers(&response));
    let code = problem.as_ref().map(|problem| problem.code);
    if let Some(mut problem) = problem {
        problem.problem_type.insert_str(0, service.config.issuer());
        problem.request_id.clone_from(&request_id);
        write_problem(&mut response, &problem);
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(VERSION, HeaderValue::from_static(API_VERSION));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let status = response.status().as_u16();
    traced.record("http.response.status_code", status);
    if response.status().is_server_error() {
        traced.record("otel.status_code", "ERROR");
    }
    service.metrics.note_request(method.as_str(), &route, status, took);
    if let Some(owner) = response.extensions_mut().remove::<RequestOwner>() {
        let verification = response.extensions_mut().remove::<Made>().map(|made| made.0);
        let replayed = response.headers().contains_key(REPLAYED);
        let now = service.clock.now();
        let answered = Answered { id, method: &method, route: &route, status, problem: code, replayed, took, verification, now };
        if !service.request_log.note(owner, &answered) {
            service.metrics.note_requests_unlogged(1);
        }
    }
    if let Some(component) = Component::of_route(&route) {
        let counted = if waits(method.as_str(), &route) { Duration::ZERO } else { took };
        service.status.note_request(component, service.clock.now(), status, counted);
    }
    tracing::info!(request_id, %method, route, status, duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), "answered");
    response
}

/// Refusals made before a handler ran, such as a body over the limit, or a path or query that does not decode: they come as a
/// line of text.
fn problem_of_layers(response: &Response) -> Option<Problem> {
    let is_text = response.headers().get(header::CONTENT_TYPE).is_none_or(|media| media.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if is_text => Some(Problem::new(ProblemCode::BodyTooLarge, "Send at most 64 KiB.")),
        StatusCode::BAD_REQUEST if is_text => Some(Problem::new(ProblemCode::MalformedRequest, "The path or the query does not decode; percent-encode UTF-8.")),
        _ => None,
    }
}

fn write_problem(response: &mut Response, problem: &Problem) {
    let body = serde_json::to_vec(problem).unwrap_or_default();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = problem.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.code == ProblemCode::Unauthenticated {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    *response.body_mut() = Body::from(body);
}
