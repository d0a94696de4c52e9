//! The wallet's routes.

use axum::Router;
use axum::routing::{get, post};

use crate::service::Service;

use super::{credentials, links, sign_in};

/// The room's routes.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/v1/wallet/challenge", post(sign_in::challenge))
        .route("/v1/wallet/register", post(sign_in::register))
        .route("/v1/wallet/token", post(sign_in::token))
        .route("/v1/wallet/bank-links", post(links::create).get(links::list))
        .route("/v1/wallet/bank-links/{id}", get(links::show).delete(links::revoke))
        .route("/v1/wallet/bank-links/{id}/reconfirm", post(links::reconfirm))
        .route(links::CALLBACK_PATH, get(links::callback))
        .route("/v1/wallet/credentials", post(credentials::issue).get(credentials::list))
        .route("/v1/wallet/credentials/{id}/path", get(credentials::path))
}
