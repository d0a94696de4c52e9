//! What server-rendered pages share: the layout (`templates/layout.html`), the style sheet, and how a page is answered.
//!
//! A page runs no script, loads nothing from elsewhere, and cannot be framed.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::service::Service;

const STYLE: &str = include_str!("../../assets/pages/passid.css");
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The room's routes.
pub fn routes() -> Router<Service> {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Router::new().route("/assets/passid.css", get(move || async move { (headers, STYLE) }))
}

/// Answers a page.
pub fn html(status: StatusCode, html: String) -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY), (header::REFERRER_POLICY, "no-referrer"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Html(html)).into_response()
}
