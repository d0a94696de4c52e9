//! The status page, its data and its feed; whether this process is up; its metrics.

use std::future::Ready;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;

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

/// The room's documented routes: health, and the status page's data in another format's shapes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/healthz", alive, alive_operation())
        .get("/readyz", ready, ready_operation())
        .get("/api/v2/status.json", serve(json::status), shape::<json::StatusDocument>("get_status", "Everything's health in one word", json::status))
        .get(
            "/api/v2/summary.json",
            serve(json::summary),
            shape::<json::SummaryDocument>("get_status_summary", "Components, and incidents that are not over", json::summary),
        )
        .get(
            "/api/v2/components.json",
            serve(json::components),
            shape::<json::ComponentsDocument>("list_components", "Every component with its health", json::components),
        )
        .get(
            "/api/v2/incidents.json",
            serve(json::incidents),
            shape::<json::IncidentsDocument>("list_incidents", "Incidents with their timeline", json::incidents),
        )
        .get(
            "/api/v2/scheduled-maintenances.json",
            serve(json::maintenances),
            shape::<json::MaintenancesDocument>("list_maintenances", "Maintenance announced, under way and done", json::maintenances),
        )
}

/// The status page for people, its feed, and what the operator alone sees.
pub fn pages() -> Router<Service> {
    Router::new().route("/metrics", get(metrics)).route("/status", get(page)).route("/status/feed.atom", get(feed))
}

/// A document of the status page; its example is one of a server that has not measured anything yet.
fn shape<T: JsonSchema + Serialize>(id: &'static str, summary: &'static str, of: fn(&Snapshot, &str) -> T) -> Operation {
    let example = serde_json::to_value(of(&Snapshot::default(), "https://api.passid.io")).unwrap_or_default();
    Operation::new(Chapter::Service, id, summary)
        .about("The shapes are those of the Statuspage format, which monitoring tools read; every page may read it.")
        .answers::<T>(200, "As last measured.", example)
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
fn serve<T: Serialize + 'static>(shape: fn(&Snapshot, &str) -> T) -> impl Fn(State<Service>) -> Ready<Response> + Clone {
    move |State(service)| {
        let body = Json(shape(&service.status.picture(), service.config.issuer()));
        std::future::ready(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "max-age=10")], body).into_response())
    }
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
