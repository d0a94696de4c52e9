//! Webhooks: endpoints, their secrets, what was delivered, sending again.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Deserialize;

use passid_api::ids::{EventId, WebhookEndpointId};
use passid_api::institution::{
    AttemptView, CreateWebhookEndpoint, DeliveryView, ReplayEvents, UpdateWebhookEndpoint, WebhookEndpointCreated, WebhookEndpointView,
};
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryStatus, EventKind};

use crate::http::ApiError;
use crate::http::idempotency::{Answer, once};
use crate::service::Service;
use crate::store::webhooks as table;
use crate::webhook::{endpoints, log};

use super::form::{Fields, Form};
use super::page::{Frame, Page, PageError, done, readable, show, show_as};
use super::pages::Pages;
use super::visit::Visit;

/// Deliveries on a page.
const PAGE: u32 = 25;
const HOUR: u32 = 3_600;
/// Seconds around its next attempt in which the page of a delivery asks again how it went.
const WATCHED: i64 = 60;

pub(super) fn routes() -> Pages {
    Pages::new()
        .get("/dashboard/{environment}/webhooks", list)
        .post("/dashboard/{environment}/webhooks", create)
        .get("/dashboard/{environment}/webhooks/{id}", endpoint)
        .post("/dashboard/{environment}/webhooks/{id}", update)
        .post("/dashboard/{environment}/webhooks/{id}/switch", switch)
        .post("/dashboard/{environment}/webhooks/{id}/remove", remove)
        .post("/dashboard/{environment}/webhooks/{id}/rotate-secret", rotate_secret)
        .post("/dashboard/{environment}/webhooks/{id}/test", test)
        .post("/dashboard/{environment}/webhooks/{id}/replay", replay)
        .get("/dashboard/{environment}/webhooks/{id}/deliveries/{event}", delivery)
        .post("/dashboard/{environment}/webhooks/{id}/deliveries/{event}/resend", resend)
}

/// How an endpoint fares, in words: colour alone would not do.
fn health(endpoint: &WebhookEndpointView) -> (&'static str, String) {
    match (endpoint.disabled_reason, endpoint.failing_since) {
        (Some(reason), _) => {
            let why = match reason {
                passid_api::webhook::DisabledReason::Gone => "it answered 410 Gone",
                passid_api::webhook::DisabledReason::Failing => "nothing could be delivered for five days",
                passid_api::webhook::DisabledReason::Owner => "a user of the workspace switched it off",
            };
            ("poor", format!("Disabled{}: {why}", endpoint.disabled_at.map_or_else(String::new, |at| format!(" {}", readable(&at)))))
        }
        (None, Some(since)) => ("fair", format!("Failing since {}", readable(&since))),
        (None, None) if endpoint.enabled => ("good", "Working".to_owned()),
        (None, None) => ("poor", "Disabled".to_owned()),
    }
}

struct EndpointLine {
    endpoint: WebhookEndpointView,
    class: &'static str,
    health: String,
}

impl From<WebhookEndpointView> for EndpointLine {
    fn from(endpoint: WebhookEndpointView) -> Self {
        let (class, health) = health(&endpoint);
        Self { endpoint, class, health }
    }
}

impl EndpointLine {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn wants(&self, kind: &EventKind) -> bool {
        self.endpoint.events.contains(kind)
    }
}

#[derive(Template)]
#[template(path = "dashboard/webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    endpoints: Vec<EndpointLine>,
    kinds: &'static [EventKind],
}

#[derive(Template)]
#[template(path = "dashboard/webhook.html")]
struct EndpointPage {
    frame: Frame,
    line: EndpointLine,
    kinds: &'static [EventKind],
    statuses: &'static [DeliveryStatus],
    status: Option<DeliveryStatus>,
    deliveries: Vec<DeliveryView>,
    /// Whether this is not the newest page.
    is_older: bool,
    older: Option<String>,
    since: String,
}

impl EndpointPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn picked(&self, status: &DeliveryStatus) -> bool {
        self.status == Some(*status)
    }
}

#[derive(Template)]
#[template(path = "dashboard/delivery.html")]
struct DeliveryPage {
    frame: Frame,
    endpoint: WebhookEndpointView,
    delivery: DeliveryView,
    attempts: Vec<AttemptView>,
    /// Whether an attempt is about to be made.
    due: bool,
    /// The event's body, indented.
    body: String,
}

#[derive(Template)]
#[template(path = "dashboard/secret_shown.html")]
struct SecretShown {
    frame: Frame,
    created: WebhookEndpointCreated,
    rotated: bool,
}

async fn list(State(service): State<Service>, visit: Visit) -> Page {
    let rows = table::list_endpoints(&mut service.store.reader().await?, visit.institution.id).await?;
    let own = rows.into_iter().map(endpoints::view).filter(|endpoint| endpoint.environment == visit.environment);
    show(&WebhooksPage { endpoints: own.map(EndpointLine::from).collect(), frame: Frame::new(&service, &visit, "webhooks"), kinds: EventKind::ALL })
}

/// The endpoint of the address, if it is the workspace's and of the page's environment.
async fn own(service: &Service, visit: &Visit, id: &str) -> Result<WebhookEndpointView, PageError> {
    let id: WebhookEndpointId = id.parse().map_err(|_| PageError::not_found())?;
    let row = endpoints::own(&mut service.store.reader().await?, visit.institution.id, id).await?;
    if row.environment == visit.environment { Ok(endpoints::view(row)) } else { Err(PageError::not_found()) }
}

fn events(fields: &Fields) -> Result<Vec<EventKind>, ApiError> {
    let kinds: Result<Vec<EventKind>, _> = fields.all("events").map(str::parse).collect();
    kinds.map_err(|error| ApiError::field("/events", "invalid", error.to_string()))
}

async fn create(State(service): State<Service>, Form { visit, fields }: Form) -> Page {
    let institution = visit.institution.id;
    let request = CreateWebhookEndpoint { url: fields.text("url").to_owned(), environment: visit.environment, events: Some(events(&fields)?) };
    let (new, actor) = (endpoints::prepare(&service, institution, request)?, visit.actor());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &endpoints::create(connection, new, &actor).await?) })
    })
    .await?;
    show_as(StatusCode::CREATED, &SecretShown { frame: Frame::new(&service, &visit, "webhooks"), created: answer.read()?, rotated: false })
}

/// Which deliveries.
#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    status: String,
    after: Option<String>,
}

async fn endpoint(State(service): State<Service>, visit: Visit, Path((_, id)): Path<(String, String)>, Query(which): Query<Which>) -> Page {
    let line = EndpointLine::from(own(&service, &visit, &id).await?);
    let after: Option<EventId> = which.after.as_deref().map(str::parse).transpose().map_err(|_| PageError::not_found())?;
    // An unknown word shows all.
    let status: Option<DeliveryStatus> = which.status.parse().ok();
    let mut deliveries = table::list_deliveries(&mut service.store.reader().await?, line.endpoint.id, status, after, PAGE + 1).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = deliveries.len() > limit;
    deliveries.truncate(limit);
    let older = deliveries.last().filter(|_| has_more).map(|delivery| delivery.event_id.to_string());
    let since = service.clock.now().plus_seconds(-24 * 3_600).to_string();
    let frame = Frame::new(&service, &visit, "webhooks");
    show(&EndpointPage { frame, line, kinds: EventKind::ALL, statuses: DeliveryStatus::ALL, status, deliveries, is_older: after.is_some(), older, since })
}

/// The page of an endpoint.
fn address(visit: &Visit, id: WebhookEndpointId) -> String {
    format!("/dashboard/{}/webhooks/{id}", visit.environment)
}

async fn change(service: &Service, visit: &Visit, id: WebhookEndpointId, request: UpdateWebhookEndpoint) -> Result<(), PageError> {
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    service
        .store
        .write(move |connection| Box::pin(async move { endpoints::update(connection, &inside, institution, id, request, &actor).await.map(drop) }))
        .await
        .map_err(|error: ApiError| error.into())
}

async fn update(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let request = UpdateWebhookEndpoint { url: Some(fields.text("url").to_owned()), events: Some(events(&fields)?), enabled: None };
    change(&service, &visit, id, request).await?;
    Ok(done(&address(&visit, id), "changed").into_response())
}

async fn switch(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let enabled = fields.text("enabled") == "yes";
    change(&service, &visit, id, UpdateWebhookEndpoint { enabled: Some(enabled), ..UpdateWebhookEndpoint::default() }).await?;
    Ok(done(&address(&visit, id), if enabled { "enabled" } else { "disabled" }).into_response())
}

async fn remove(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, .. }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    service.store.write(move |connection| Box::pin(async move { endpoints::remove(connection, &inside, institution, id, &actor).await })).await?;
    Ok(done(&format!("/dashboard/{}/webhooks", visit.environment), "removed").into_response())
}

async fn rotate_secret(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let hours: u32 = fields.parse("overlap_hours", "how long both secrets sign")?;
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move {
            let overlap = Some(hours.saturating_mul(HOUR));
            Answer::ok(&endpoints::rotate_secret(connection, &inside, institution, id, overlap, &actor).await?)
        })
    })
    .await?;
    show(&SecretShown { frame: Frame::new(&service, &visit, "webhooks"), created: answer.read()?, rotated: true })
}

/// Sends `webhook.test`, or in the sandbox an invented event of another kind.
async fn test(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let kind: EventKind = if fields.text("event").is_empty() { EventKind::WebhookTest } else { fields.parse("event", "an event")? };
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::ACCEPTED, &log::test(connection, &inside, institution, id, kind, &actor).await?) })
    })
    .await?;
    service.deliveries_due.notify_one();
    let queued: DeliveryView = answer.read()?;
    Ok(done(&format!("{}/deliveries/{}", address(&visit, id), queued.event_id), "queued").into_response())
}

async fn resend(State(service): State<Service>, Path((_, id, event)): Path<(String, String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let event: EventId = event.parse().map_err(|_| PageError::not_found())?;
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::ACCEPTED, &log::resend(connection, &inside, institution, id, event, &actor).await?) })
    })
    .await?;
    service.deliveries_due.notify_one();
    Ok(done(&format!("{}/deliveries/{event}", address(&visit, id)), "queued").into_response())
}

async fn replay(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?.id;
    let since: Timestamp = fields.parse("since", "a time such as 2026-03-17T14:00:00Z")?;
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move {
            let replayed = log::replay(connection, &inside, institution, id, &ReplayEvents { since }, &actor).await?;
            Answer::new(StatusCode::ACCEPTED, &replayed)
        })
    })
    .await?;
    service.deliveries_due.notify_one();
    let replayed: passid_api::institution::Replayed = answer.read()?;
    Ok(done(&address(&visit, id), if replayed.queued == 0 { "nothing" } else { "replayed" }).into_response())
}

async fn delivery(State(service): State<Service>, visit: Visit, Path((_, id, event)): Path<(String, String, String)>) -> Page {
    let endpoint = own(&service, &visit, &id).await?;
    let event: EventId = event.parse().map_err(|_| PageError::not_found())?;
    let mut reader = service.store.reader().await?;
    let delivery = table::find_delivery(&mut reader, endpoint.id, event).await?.ok_or_else(PageError::not_found)?;
    let attempts = table::attempts(&mut reader, endpoint.id, event).await?;
    let body = table::event_body(&mut reader, visit.institution.id, event).await?.unwrap_or_default();
    drop(reader);
    let indented = serde_json::from_str::<serde_json::Value>(&body).and_then(|value| serde_json::to_string_pretty(&value));
    let now = service.clock.now();
    let due = delivery.next_attempt_at.is_some_and(|at| at >= now.plus_seconds(-WATCHED) && at <= now.plus_seconds(WATCHED));
    show(&DeliveryPage { frame: Frame::new(&service, &visit, "webhooks"), endpoint, delivery, attempts, due, body: indented.unwrap_or(body) })
}
