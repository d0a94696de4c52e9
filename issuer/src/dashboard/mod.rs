//! The dashboard: what an institution's people see of their workspace, as pages under `/dashboard`.
//!
//! Pages are made on the server and work without a script; where one runs, htmx swaps the part of a page that changes ([`part`]). A page is loaded by a [`visit::Visit`] (who is signed in, and in which
//! environment); a form arrives as a [`form::Form`], which has been checked to come from one of our own pages, sent
//! by somebody whose role may send it. What a page shows
//! or does belongs to the domain folders; here it is only shown. Every page of a workspace lies under its environment, so that
//! sandbox and live are never shown together: `/dashboard/sandbox/keys`, `/dashboard/live/keys`.

mod assets;
mod audit_log;
mod chart;
mod cookie;
mod form;
mod join;
mod keys;
mod outcomes;
mod overview;
mod page;
mod pages;
mod part;
mod performance;
mod requests;
mod sign_in;
mod team;
mod try_it;
mod verifications;
mod visit;
mod webhooks;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use passid_api::problem::ProblemCode;

use crate::http::ApiError;

use crate::service::Service;

use pages::Pages;

/// The room's routes.
pub fn routes() -> Router<Service> {
    let pages = pages().into_router().layer(axum::middleware::from_fn(part::explain)).layer(axum::middleware::map_response(page::harden));
    Router::new().merge(pages).merge(assets::routes())
}

fn pages() -> Pages {
    Pages::new()
        .merge(sign_in::routes())
        .merge(overview::routes())
        .merge(verifications::routes())
        .merge(outcomes::routes())
        .merge(performance::routes())
        .merge(try_it::routes())
        .merge(keys::routes())
        .merge(webhooks::routes())
        .merge(requests::routes())
        .merge(team::routes())
        .merge(join::routes())
        .merge(audit_log::routes())
}

/// Says on a page that a form was too large: the limit is reached before a form is read.
pub async fn explain_limit(request: Request, next: Next) -> Response {
    let is_page = request.uri().path().starts_with("/dashboard/");
    let response = next.run(request).await;
    if !is_page || response.status() != StatusCode::PAYLOAD_TOO_LARGE {
        return response;
    }
    let problem = ApiError::new(ProblemCode::BodyTooLarge, "A form holds at most 64 KiB. Split a larger table into several.");
    page::harden(page::PageError::from(problem).into_response()).await
}

/// The page for an address under `/dashboard` where nothing is.
pub async fn not_found() -> Response {
    page::harden(page::PageError::not_found().into_response()).await
}
