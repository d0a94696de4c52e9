//! The HTTP surface: router, extractors, problems, stored answers.

pub mod accept;
pub mod body;
pub mod callers;
#[cfg(test)]
mod coverage;
pub mod error;
mod finish;
pub mod idempotency;
pub mod limits;
pub mod openapi;
pub mod operator;
pub mod query;

use axum::Router;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::service::Service;

pub use body::{Empty, JsonBody};
pub use error::ApiError;
use openapi::Routes;

/// The largest request body, bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Every route of the API, with what the document says of it.
pub(crate) fn documented_routes() -> Routes {
    Routes::new()
        .merge(crate::verify::http::routes())
        .merge(crate::session::http::routes())
        .merge(crate::outcome::http::routes())
        .merge(crate::institution::http::routes())
        .merge(crate::webhook::http::routes())
        .merge(crate::share::http::routes())
        .merge(crate::wallet::http::routes())
        .merge(crate::credential::http::routes())
        .merge(crate::legacy::http::routes())
        .merge(openapi::http::routes())
        .merge(crate::audit::http::routes())
        .merge(crate::status::http::routes())
}

/// Everything the issuer serves. What institutions and wallets call belongs to the documented routes; pages may be merged here.
pub fn router(service: Service) -> Router {
    documented_routes()
        .into_router()
        .merge(crate::status::http::pages())
        .merge(crate::pages::routes())
        .merge(crate::dashboard::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(axum::middleware::from_fn(crate::dashboard::explain_limit))
        .layer(axum::middleware::from_fn_with_state(service.clone(), limits::limit))
        .layer(axum::middleware::from_fn_with_state(service.clone(), crate::institution::cors::cors))
        .layer(axum::middleware::from_fn_with_state(service.clone(), finish::finish))
        .with_state(service)
}

/// People get a page, programs a problem document.
async fn not_found(address: Uri) -> Response {
    if address.path().starts_with("/dashboard/") { crate::dashboard::not_found().await } else { ApiError::not_found().into_response() }
}
