//! The dashboard: what an institution's people see of their workspace, as pages under `/dashboard`.
//!
//! Pages are made on the server and work without a script. A page is loaded by a [`visit::Visit`] (who is signed in, and in which
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
use axum::response::{IntoResponse, Response};

use crate::service::Service;

use pages::Pages;

/// The room's routes.
pub fn routes() -> Router<Service> {
    let pages = pages().into_router().layer(axum::middleware::map_response(page::harden));
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

/// The page for an address under `/dashboard` where nothing is.
pub async fn not_found() -> Response {
    page::harden(page::PageError::not_found().into_response()).await
}
