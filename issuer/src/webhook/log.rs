//! Sending again: a test event, one delivery, everything since a time. Each is tried once and leaves the endpoint's health alone.

use serde_json::json;

use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId, WebhookEndpointId};
use passid_api::institution::{DeliveryView, ReplayEvents, Replayed};
use passid_api::problem::ProblemCode;
use passid_api::webhook::EventKind;

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::service::Service;
use crate::store::Connection;
use crate::store::webhooks as table;

use super::{endpoints, events, simulate};

/// Events one replay queues at most.
const MAX_REPLAYED: u32 = 500;

async fn delivery(connection: &mut Connection, endpoint: WebhookEndpointId, event: EventId) -> Result<DeliveryView, ApiError> {
    table::find_delivery(connection, endpoint, event).await?.ok_or_else(ApiError::not_found)
}

/// Sends a test event to one endpoint, whatever events it wants and even when it is disabled. All but `webhook.test` are invented,
/// and a live endpoint never gets an invented one.
pub(crate) async fn test(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: WebhookEndpointId,
    kind: EventKind,
    actor: &str,
) -> Result<DeliveryView, ApiError> {
    let endpoint = endpoints::own(connection, institution, id).await?;
    if kind != EventKind::WebhookTest && endpoint.environment == Environment::Live {
        return Err(ApiError::new(ProblemCode::Conflict, "An invented event goes to sandbox endpoints only; send webhook.test to a live one."));
    }
    let now = service.clock.now();
    let data = match kind {
        EventKind::WebhookTest => json!({ "webhook_id": id, "message": "This is a test event." }),
        kind => simulate::data(service, kind, now),
    };
    let event = events::write(connection, service, institution, endpoint.environment, kind, data).await?;
    table::insert_deliveries(connection, &[(event, id)], true, now).await?;
    audit::append(connection, institution, Action::WebhookTested, &id.to_string(), actor, now).await?;
    delivery(connection, id, event).await
}

/// Sends one event again.
pub(crate) async fn resend(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: WebhookEndpointId,
    event: EventId,
    actor: &str,
) -> Result<DeliveryView, ApiError> {
    endpoints::own(connection, institution, id).await?;
    let now = service.clock.now();
    let present = delivery(connection, id, event).await?;
    if !table::send_again(connection, id, event, now).await? {
        let next = present.next_attempt_at.map_or_else(String::new, |next| format!(" The next attempt is due at {next}."));
        return Err(ApiError::new(ProblemCode::Conflict, format!("The event is still being delivered.{next}")));
    }
    audit::append(connection, institution, Action::WebhookResent, &event.to_string(), actor, now).await?;
    delivery(connection, id, event).await
}

/// Sends again what happened since a time, as far as the endpoint wants it: also what was delivered, and what happened before the
/// endpoint was registered. Tests are left out.
pub(crate) async fn replay(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: WebhookEndpointId,
    request: &ReplayEvents,
    actor: &str,
) -> Result<Replayed, ApiError> {
    let endpoint = endpoints::own(connection, institution, id).await?;
    if !endpoint.enabled {
        return Err(ApiError::new(ProblemCode::Conflict, "The endpoint is disabled; enable it first."));
    }
    let now = service.clock.now();
    let kinds: Vec<_> = endpoint.events.into_iter().filter(|kind| *kind != EventKind::WebhookTest).collect();
    let since = request.since;
    let mut found = table::events_since(connection, institution, endpoint.environment, &kinds, since, MAX_REPLAYED + 1).await?;
    let limit = usize::try_from(MAX_REPLAYED).unwrap_or(usize::MAX);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let mut queued = 0;
    for position in &found {
        queued += u32::from(table::queue_again(connection, id, position.event, now).await?);
    }
    audit::append(connection, institution, Action::WebhookReplayed, &id.to_string(), actor, now).await?;
    Ok(Replayed { queued, has_more, last_event_at: found.last().map(|position| position.created_at) })
}
