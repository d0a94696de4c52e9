//! `/api/institution/…` and the workspace's own pages under `/v1/institution`.

mod examples;
pub(crate) mod history;
mod keys;
mod session;
mod workspace;

use crate::http::openapi::Routes;

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .post("/api/institution/onboard", session::onboard, session::onboard_operation())
        .post("/api/institution/login", session::login, session::login_operation())
        .post("/api/institution/token/refresh", session::refresh, session::refresh_operation())
        .post("/api/institution/logout", session::logout, session::logout_operation())
        .get("/v1/institution", workspace::show, workspace::show_operation())
        .get("/v1/institution/origins", workspace::show_origins, workspace::show_origins_operation())
        .put("/v1/institution/origins", workspace::replace_origins, workspace::replace_origins_operation())
        .get("/v1/institution/verifications", history::list, history::list_operation())
        .get("/v1/verifications", history::list_by_key, history::list_by_key_operation())
        .get("/v1/institution/keys", keys::list, keys::list_operation())
        .post("/v1/institution/keys", keys::create, keys::create_operation())
        .post("/v1/institution/keys/{id}/rotate", keys::rotate, keys::rotate_operation())
        .post("/v1/institution/keys/{id}/revoke", keys::revoke, keys::revoke_operation())
}
