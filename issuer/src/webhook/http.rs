//! The endpoints under `/v1/institution/webhooks`.

use std::str::FromStr;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use passid_api::ids::{EventId, InstitutionId, WebhookEndpointId};
use passid_api::institution::{
    CreateWebhookEndpoint, DeliveryView, Page, ReplayEvents, RotateWebhookSecret, TestWebhook, UpdateWebhookEndpoint, WebhookEndpointView,
};
use passid_api::webhook::{DeliveryStatus, EventKind};

use crate::http::callers::InstitutionCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::openapi::Routes;
use crate::http::{ApiError, Empty, JsonBody};
use crate::service::Service;
use crate::store::webhooks as table;

use super::{endpoints, log, operations};

/// Entries of a page when the caller does not say, and at most.
const DEFAULT_PAGE: u32 = 20;
const MAX_PAGE: u32 = 100;

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .post("/v1/institution/webhooks", create, operations::create())
        .get("/v1/institution/webhooks", list, operations::list())
        .get("/v1/institution/webhooks/{id}", show, operations::show())
        .patch("/v1/institution/webhooks/{id}", update, operations::update())
        .delete("/v1/institution/webhooks/{id}", remove, operations::remove())
        .post("/v1/institution/webhooks/{id}/test", test, operations::test())
        .post("/v1/institution/webhooks/{id}/rotate-secret", rotate_secret, operations::rotate_secret())
        .post("/v1/institution/webhooks/{id}/replay", replay, operations::replay())
        .get("/v1/institution/webhooks/{id}/deliveries", deliveries, operations::deliveries())
        .get("/v1/institution/webhooks/{id}/deliveries/{event}", delivery, operations::delivery())
        .post("/v1/institution/webhooks/{id}/deliveries/{event}/resend", resend, operations::resend())
}

/// What cannot be an identifier names nothing.
fn named<T: FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

fn scope(institution: InstitutionId) -> String {
    institution.to_string()
}

async fn create(
    State(service): State<Service>,
    caller: InstitutionCaller,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<CreateWebhookEndpoint>,
) -> Result<Answer, ApiError> {
    let new = endpoints::prepare(&service, caller.institution, value)?;
    once(&service, &scope(caller.institution), &key, digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &endpoints::create(connection, new, &caller.actor()).await?) })
    })
    .await
}

async fn list(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<Page<WebhookEndpointView>>, ApiError> {
    let rows = table::list_endpoints(&mut service.store.reader().await?, caller.institution).await?;
    Ok(Json(Page { data: rows.into_iter().map(endpoints::view).collect(), has_more: false, next_cursor: None }))
}

async fn show(State(service): State<Service>, caller: InstitutionCaller, Path(id): Path<String>) -> Result<Json<WebhookEndpointView>, ApiError> {
    let row = endpoints::own(&mut service.store.reader().await?, caller.institution, named(&id)?).await?;
    Ok(Json(endpoints::view(row)))
}

async fn update(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    JsonBody { value, .. }: JsonBody<UpdateWebhookEndpoint>,
) -> Result<Json<WebhookEndpointView>, ApiError> {
    let (id, inside) = (named(&id)?, service.clone());
    let changed = service
        .store
        .write(move |connection| Box::pin(async move { endpoints::update(connection, &inside, caller.institution, id, value, &caller.actor()).await }))
        .await?;
    Ok(Json(changed))
}

async fn remove(State(service): State<Service>, caller: InstitutionCaller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let (id, inside) = (named(&id)?, service.clone());
    service
        .store
        .write(move |connection| Box::pin(async move { endpoints::remove(connection, &inside, caller.institution, id, &caller.actor()).await }))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_secret(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<RotateWebhookSecret>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (named(&id)?, service.clone());
    once(&service, &scope(caller.institution), &key, digest, move |connection| {
        Box::pin(async move {
            let rotated = endpoints::rotate_secret(connection, &inside, caller.institution, id, value.overlap_seconds, &caller.actor()).await?;
            Answer::ok(&rotated)
        })
    })
    .await
}

async fn test(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value: TestWebhook { event }, digest }: JsonBody<TestWebhook>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (named(&id)?, service.clone());
    let answer = once(&service, &scope(caller.institution), &key, digest, move |connection| {
        Box::pin(async move {
            let queued = log::test(connection, &inside, caller.institution, id, event.unwrap_or(EventKind::WebhookTest), &caller.actor()).await?;
            Answer::new(StatusCode::ACCEPTED, &queued)
        })
    })
    .await?;
    service.deliveries_due.notify_one();
    Ok(answer)
}

async fn resend(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path((id, event)): Path<(String, String)>,
    key: IdempotencyKey,
    JsonBody { value: Empty {}, digest }: JsonBody<Empty>,
) -> Result<Answer, ApiError> {
    let (id, event, inside) = (named(&id)?, named(&event)?, service.clone());
    let answer = once(&service, &scope(caller.institution), &key, digest, move |connection| {
        Box::pin(async move {
            let queued = log::resend(connection, &inside, caller.institution, id, event, &caller.actor()).await?;
            Answer::new(StatusCode::ACCEPTED, &queued)
        })
    })
    .await?;
    service.deliveries_due.notify_one();
    Ok(answer)
}

async fn replay(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<ReplayEvents>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (named(&id)?, service.clone());
    let answer = once(&service, &scope(caller.institution), &key, digest, move |connection| {
        Box::pin(async move {
            let replayed = log::replay(connection, &inside, caller.institution, id, &value, &caller.actor()).await?;
            Answer::new(StatusCode::ACCEPTED, &replayed)
        })
    })
    .await?;
    service.deliveries_due.notify_one();
    Ok(answer)
}

/// Which part of a list.
#[derive(Deserialize)]
struct PageQuery {
    after: Option<String>,
    limit: Option<String>,
    status: Option<String>,
}

impl PageQuery {
    /// The identifier after which the page begins, and its size.
    fn read<T: FromStr>(&self) -> Result<(Option<T>, u32), ApiError> {
        let after =
            self.after.as_deref().map(str::parse).transpose().map_err(|_| ApiError::field("after", "invalid", "Send the next_cursor of the page before."))?;
        let limit = self.limit.as_deref().map_or(Ok(DEFAULT_PAGE), str::parse).ok().filter(|limit| (1..=MAX_PAGE).contains(limit));
        let limit = limit.ok_or_else(|| ApiError::field("limit", "invalid", format!("Choose 1 to {MAX_PAGE} entries.")))?;
        Ok((after, limit))
    }
}

async fn deliveries(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<DeliveryView>>, ApiError> {
    let id: WebhookEndpointId = named(&id)?;
    let (before, limit) = query.read::<EventId>()?;
    let status = query.status.as_deref().map(str::parse::<DeliveryStatus>).transpose();
    let status = status.map_err(|error| ApiError::field("status", "invalid", error.to_string()))?;
    let mut reader = service.store.reader().await?;
    endpoints::own(&mut reader, caller.institution, id).await?;
    let mut data = table::list_deliveries(&mut reader, id, status, before, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = data.len() > limit;
    data.truncate(limit);
    let next_cursor = data.last().filter(|_| has_more).map(|delivery| delivery.event_id.to_string());
    Ok(Json(Page { data, has_more, next_cursor }))
}

async fn delivery(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path((id, event)): Path<(String, String)>,
) -> Result<Json<DeliveryView>, ApiError> {
    let (id, event) = (named(&id)?, named(&event)?);
    let mut reader = service.store.reader().await?;
    endpoints::own(&mut reader, caller.institution, id).await?;
    let mut found = table::find_delivery(&mut reader, id, event).await?.ok_or_else(ApiError::not_found)?;
    found.attempt_log = Some(table::attempts(&mut reader, id, event).await?);
    Ok(Json(found))
}
