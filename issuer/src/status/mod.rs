//! Whether the service is up.

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::openapi::{Chapter, Operation, Routes};
use crate::service::Service;

const TEXT: &str = "text/plain";

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new().get("/healthz", alive, alive_operation()).get("/readyz", ready, ready_operation())
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

/// Ready when the database answers.
async fn ready(State(service): State<Service>) -> (StatusCode, &'static str) {
    match service.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
