//! The first page.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;

use crate::service::Service;

use super::page::{Frame, Page, show};
use super::visit::Visit;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/dashboard/{environment}", get(overview))
}

#[derive(Template)]
#[template(path = "dashboard/overview.html")]
struct Overview {
    frame: Frame,
}

async fn overview(State(service): State<Service>, visit: Visit) -> Page {
    show(&Overview { frame: Frame::new(&service, &visit, "") })
}
