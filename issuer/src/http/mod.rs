//! The HTTP surface: router, extractors, problems, stored answers.

pub mod body;
pub mod callers;
pub mod error;
mod finish;
pub mod idempotency;

use axum::Router;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::service::Service;

pub use body::{Empty, JsonBody};
pub use error::ApiError;

/// The largest request body, bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Every route of the issuer.
pub fn router(service: Service) -> Router {
    Router::new()
        .merge(crate::status::routes())
        .merge(crate::credential::http::routes())
        .merge(crate::wallet::http::routes())
        .merge(crate::session::http::routes())
        .merge(crate::share::http::routes())
        .merge(crate::verify::http::routes())
        .merge(crate::institution::http::routes())
        .merge(crate::webhook::http::routes())
        .route("/api/v1", get(crate::status::discovery))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(axum::middleware::from_fn_with_state(service.clone(), crate::institution::cors::cors))
        .layer(axum::middleware::from_fn_with_state(service.clone(), finish::finish))
        .with_state(service)
}
