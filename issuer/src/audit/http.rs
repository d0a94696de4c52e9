//! `GET /v1/institution/audit/checkpoint`: the workspace's own proof of what its log holds, to be kept elsewhere.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::http::callers::InstitutionCaller;
use crate::http::openapi::{Caller, Chapter, Operation, Routes};
use crate::service::Service;

use super::checkpoint;

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new().get("/v1/institution/audit/checkpoint", show, show_operation())
}

fn show_operation() -> Operation {
    Operation::new(Chapter::Workspace, "get_audit_checkpoint", "Where the workspace's audit log stands, signed")
        .about(
            "A signed note (C2SP `tlog-checkpoint`): the log's name, its number of entries, the newest entry's digest. Keep it: with it, \
             anyone can show later that entries were cut off or written anew.",
        )
        .by(Caller::InstitutionUser)
        .answers_text(200, "The checkpoint.", "text/plain", EXAMPLE)
        .fails([ProblemCode::NotFound])
}

const EXAMPLE: &str = "passid/audit/ins_01hzk3vw0kg9m2x4p6r8t0v2w4\n7\nFaeAOhWOzys1VQgnpAAtYGXU…\n2026-03-17T14:02:11Z\n\n\
    — passid/audit/ins_01hzk3vw0kg9m2x4p6r8t0v2w4 q1Jc…\n";

async fn show(State(service): State<Service>, caller: InstitutionCaller) -> Result<Response, ApiError> {
    let note = checkpoint::make(&service, caller.institution).await.map_err(|error| ApiError::internal(&error))?;
    let note = note.ok_or_else(ApiError::not_found)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}
