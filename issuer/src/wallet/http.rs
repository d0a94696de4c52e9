//! The wallet's routes.

use crate::http::openapi::Routes;

use super::{account, credentials, links, recovery, sign_in};

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/wallet/challenge", sign_in::challenge, sign_in::challenge_operation())
        .post("/v1/wallet/register", sign_in::register, sign_in::register_operation())
        .post("/v1/wallet/token", sign_in::token, sign_in::token_operation())
        .put("/v1/wallet/recovery-key", recovery::set_key, recovery::set_key_operation())
        .delete("/v1/wallet/recovery-key", recovery::forget_key, recovery::forget_key_operation())
        .post("/v1/wallet/rebind", recovery::rebind, recovery::rebind_operation())
        .post("/v1/wallet/bank-links", links::create, links::create_operation())
        .get("/v1/wallet/bank-links", links::list, links::list_operation())
        .get("/v1/wallet/bank-links/{id}", links::show, links::show_operation())
        .delete("/v1/wallet/bank-links/{id}", links::revoke, links::revoke_operation())
        .post("/v1/wallet/bank-links/{id}/reconfirm", links::reconfirm, links::reconfirm_operation())
        .get(links::CALLBACK_PATH, links::callback, links::callback_operation())
        .post("/v1/wallet/credentials", credentials::issue, credentials::issue_operation())
        .get("/v1/wallet/credentials", credentials::list, credentials::list_operation())
        .get("/v1/wallet/credentials/{id}/path", credentials::path, credentials::path_operation())
        .get("/v1/wallet/account", account::export, account::export_operation())
        .delete("/v1/wallet/account", account::erase, account::erase_operation())
}
