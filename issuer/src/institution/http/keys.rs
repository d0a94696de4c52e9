//! The workspace's keys.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use passid_api::ids::ApiKeyId;
use passid_api::institution::{ApiKeyCreated, ApiKeyView, CreateKey, Page, RotateKey};
use passid_api::problem::ProblemCode;

use crate::http::callers::InstitutionCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, Empty, JsonBody};
use crate::institution::keys;
use crate::service::Service;
use crate::store::institutions as table;

use super::examples;

/// Keys listed at most; older ones have long ended.
const MAX_LISTED: u32 = 100;

pub(super) fn list_operation() -> Operation {
    Operation::new(Chapter::Workspace, "list_keys", "The workspace's keys, newest first").by(Caller::InstitutionUser).answers::<Page<ApiKeyView>>(
        200,
        "At most the 100 newest.",
        examples::keys(),
    )
}

pub(super) async fn list(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<Page<ApiKeyView>>, ApiError> {
    let rows = table::list_keys(&mut service.store.reader().await?, caller.institution, MAX_LISTED).await?;
    Ok(Json(Page { data: rows.into_iter().map(keys::view).collect(), has_more: false, next_cursor: None }))
}

pub(super) fn create_operation() -> Operation {
    Operation::new(Chapter::Workspace, "create_key", "Make a key")
        .by(Caller::InstitutionUser)
        .idempotent()
        .takes::<CreateKey>(examples::create_key())
        .answers::<ApiKeyCreated>(201, "The key; its value is shown here and never again.", examples::key_created())
        .fails([ProblemCode::Conflict])
}

pub(super) async fn create(
    State(service): State<Service>,
    caller: InstitutionCaller,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<CreateKey>,
) -> Result<Answer, ApiError> {
    let inside = service.clone();
    once(&service, &caller.institution.to_string(), &key, digest, move |connection| {
        Box::pin(async move {
            let created = keys::create(connection, &inside, caller.institution, &value, &caller.actor()).await?;
            Answer::new(StatusCode::CREATED, &created)
        })
    })
    .await
}

fn key_id(text: &str) -> Result<ApiKeyId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

pub(super) fn rotate_operation() -> Operation {
    Operation::new(Chapter::Workspace, "rotate_key", "Replace a key, both working for a while")
        .by(Caller::InstitutionUser)
        .path::<ApiKeyId>("id", "The key to replace.", examples::KEY)
        .idempotent()
        .takes_one_of::<RotateKey>([("an hour", serde_json::json!({ "overlap_seconds": 3_600 })), ("a day", serde_json::json!({}))])
        .answers::<ApiKeyCreated>(201, "The new key; its value is shown here and never again.", examples::key_created())
        .fails([ProblemCode::NotFound, ProblemCode::Conflict])
}

pub(super) async fn rotate(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<RotateKey>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (key_id(&id)?, service.clone());
    once(&service, &caller.institution.to_string(), &key, digest, move |connection| {
        Box::pin(async move {
            let rotated = keys::rotate(connection, &inside, caller.institution, id, &value, &caller.actor()).await?;
            Answer::new(StatusCode::CREATED, &rotated)
        })
    })
    .await
}

pub(super) fn revoke_operation() -> Operation {
    Operation::new(Chapter::Workspace, "revoke_key", "End a key at once")
        .by(Caller::InstitutionUser)
        .path::<ApiKeyId>("id", "The key.", examples::KEY)
        .idempotent()
        .takes::<Empty>(serde_json::json!({}))
        .answers::<ApiKeyView>(200, "It is revoked, now or earlier.", examples::key_revoked())
        .fails([ProblemCode::NotFound])
}

pub(super) async fn revoke(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value: Empty {}, digest }: JsonBody<Empty>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (key_id(&id)?, service.clone());
    once(&service, &caller.institution.to_string(), &key, digest, move |connection| {
        Box::pin(async move { Answer::ok(&keys::revoke(connection, &inside, caller.institution, id, &caller.actor()).await?) })
    })
    .await
}
