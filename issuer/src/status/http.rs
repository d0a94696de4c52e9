//! The status page, its data and its feed; whether this process is up; its metrics.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use crate::http::ApiError;
use crate::http::openapi::{Chapter, Operation, Routes};
use crate::http::operator::OperatorCaller;
use crate::metrics::TEXT_FORMAT;
use crate::pages;
use crate::service::Service;

use super::json;
use super::page::{Feed, Page};
use super::snapshot::Snapshot;

const TEXT: &str = "text/plain";

/// The room's documented routes.
pub fn routes() -> Routes {
    Routes::new().get("/healthz", alive, alive_operation()).get("/readyz", ready, ready_operation())
}

/// The status page, its data in another format's shapes, and what the operator alone sees.
pub fn pages() -> Router<Service> {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/status", get(page))
        .route("/status/feed.atom", get(feed))
        .route("/api/v2/status.json", get(|State(service): State<Service>| async move { data(&service, json::status) }))
        .route("/api/v2/summary.json", get(|State(service): State<Service>| async move { data(&service, json::summary) }))
        .route("/api/v2/components.json", get(|State(service): State<Service>| async move { data(&service, json::components) }))
        .route("/api/v2/incidents.json", get(|State(service): State<Service>| async move { data(&service, json::incidents) }))
        .route("/api/v2/scheduled-maintenances.json", get(|State(service): State<Service>| async move { data(&service, json::maintenances) }))
}

fn alive_operation() -> Operation {
    Operation::new(Chapter::Service, "get_health", "Whether the process answers").answers_text(200, "It does.", TEXT, "ok\n")
}

async fn alive() -> &'static str {
    "ok\n"
}

fn ready_operation() -> Operation {
    Operation::new(Chapter::Service, "get_readiness", "Whether the database answers").answers_text(200, "It does.", TEXT, "ready\n").answers_text(
        503,
        "It does not.",
        TEXT,
        "the database does not answer\n",
    )
}

/// Ready when the database answers and the process is not about to end.
async fn ready(State(service): State<Service>) -> (StatusCode, &'static str) {
    if service.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match service.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Data for monitoring tools; readable from every page, as the format's own service allows.
fn data(service: &Service, shape: fn(&Snapshot, &str) -> Value) -> Response {
    let body = Json(shape(&service.status.picture(), service.config.issuer()));
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "max-age=10")], body).into_response()
}

async fn page(State(service): State<Service>) -> Result<Response, ApiError> {
    let picture = service.status.picture();
    let html = Page::new(&picture).render().map_err(|error| ApiError::internal(&error))?;
    Ok(pages::html(StatusCode::OK, html))
}

async fn feed(State(service): State<Service>) -> Result<Response, ApiError> {
    let picture = service.status.picture();
    let xml = Feed::new(&picture, service.config.issuer()).render().map_err(|error| ApiError::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"), (header::CACHE_CONTROL, "max-age=60")], xml).into_response())
}

async fn metrics(State(service): State<Service>, _: OperatorCaller) -> Result<Response, ApiError> {
    let text = crate::metrics::render(&service).await?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response())
}
