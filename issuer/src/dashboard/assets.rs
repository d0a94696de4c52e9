//! The style sheet, under an address that changes with its content, so that browsers may keep it for good.

use std::sync::LazyLock;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::service::Service;

const STYLE: &str = include_str!("../../assets/dashboard/dashboard.css");

/// Where the style sheet is.
pub(super) static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| format!("/dashboard/assets/{}/dashboard.css", hex::encode(&Sha256::digest(STYLE)[..8])));

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/dashboard/assets/{version}/dashboard.css", get(style))
}

/// An address of another version answers the present style, but is not kept: it belongs to a page from before an update.
async fn style(uri: axum::http::Uri) -> Response {
    let kept = if uri.path() == STYLE_ADDRESS.as_str() { "public, max-age=31536000, immutable" } else { "no-store" };
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, kept)], STYLE).into_response()
}
