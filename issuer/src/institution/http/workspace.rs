//! The workspace itself and its origins.

use axum::Json;
use axum::extract::State;

use passid_api::institution::{InstitutionView, Origins};
use passid_api::problem::ProblemCode;

use crate::http::callers::InstitutionCaller;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::institution::origins;
use crate::service::Service;
use crate::store::institutions as table;

use super::examples;

pub(super) fn show_operation() -> Operation {
    Operation::new(Chapter::Workspace, "get_institution", "The workspace")
        .by(Caller::InstitutionUser)
        .answers::<InstitutionView>(200, "The signed-in user's workspace.", examples::institution())
        .fails([ProblemCode::NotFound])
}

pub(super) async fn show(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<InstitutionView>, ApiError> {
    let found = table::find(&mut service.store.reader().await?, caller.institution).await?;
    found.map(Json).ok_or_else(ApiError::not_found)
}

pub(super) fn show_origins_operation() -> Operation {
    Operation::new(Chapter::Workspace, "get_origins", "From which pages publishable keys may be used").by(Caller::InstitutionUser).answers::<Origins>(
        200,
        "The origins of each environment.",
        examples::origins(),
    )
}

pub(super) async fn show_origins(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<Origins>, ApiError> {
    Ok(Json(origins::show(&mut service.store.reader().await?, caller.institution).await?))
}

pub(super) fn replace_origins_operation() -> Operation {
    Operation::new(Chapter::Workspace, "replace_origins", "Say from which pages publishable keys may be used")
        .about("Replaces the lists as a whole; at most 20 origins for each environment.")
        .by(Caller::InstitutionUser)
        .takes_one_of::<Origins>([("a page", examples::origins()), ("none", serde_json::json!({}))])
        .answers::<Origins>(200, "The origins as they are now.", examples::origins())
}

pub(super) async fn replace_origins(
    State(service): State<Service>,
    caller: InstitutionCaller,
    JsonBody { value, .. }: JsonBody<Origins>,
) -> Result<Json<Origins>, ApiError> {
    let (rows, now) = (origins::read(&value)?, service.clock.now());
    let replaced = service
        .store
        .write(move |connection| Box::pin(async move { origins::replace(connection, caller.institution, rows, &caller.actor(), now).await }))
        .await?;
    Ok(Json(replaced))
}
