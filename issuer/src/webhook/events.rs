//! Writing events: in the transaction of what they report, so that a crash loses none and invents none.

use std::collections::BTreeSet;

use serde_json::Value;

use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId};
use passid_api::time::Timestamp;
use passid_api::webhook::{Envelope, EventKind};

use crate::http::ApiError;
use crate::service::Service;
use crate::store::webhooks::{self as table, EventRow, Subscriber};
use crate::store::{Connection, StoreError};

/// Writes an event and queues a delivery for every enabled endpoint that wants its kind, in the caller's transaction. After the
/// commit the caller wakes the worker with `service.deliveries_due.notify_one()`.
///
/// # Errors
/// `internal` when it cannot be written.
pub async fn record(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    environment: Environment,
    kind: EventKind,
    data: Value,
) -> Result<EventId, ApiError> {
    publish(connection, prepare(service, institution, environment, kind, data)?).await
}

/// [`record`] of an event made before the transaction.
///
/// # Errors
/// `internal` when it cannot be written.
pub async fn publish(connection: &mut Connection, event: EventRow) -> Result<EventId, ApiError> {
    let now = event.created_at;
    publish_each(connection, &[&event], now).await?;
    Ok(event.id)
}

/// [`publish`] of several at once.
///
/// # Errors
/// [`StoreError`].
pub async fn publish_each(connection: &mut Connection, events: &[&EventRow], now: Timestamp) -> Result<(), StoreError> {
    table::insert_events(connection, events).await?;
    let workspaces: BTreeSet<_> = events.iter().map(|event| (event.institution, event.environment)).collect();
    let subscribers = table::subscribers(connection, &workspaces).await?;
    let wants =
        |subscriber: &Subscriber, event: &EventRow| subscriber.workspace == (event.institution, event.environment) && subscriber.kinds.contains(&event.kind);
    let mut deliveries = Vec::new();
    for event in events {
        deliveries.extend(subscribers.iter().filter(|each| wants(each, event)).map(|each| (event.id, each.endpoint)));
    }
    table::insert_deliveries(connection, &deliveries, false, now).await
}

/// Writes an event without telling anyone of it.
pub(super) async fn write(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    environment: Environment,
    kind: EventKind,
    data: Value,
) -> Result<EventId, ApiError> {
    let event = prepare(service, institution, environment, kind, data)?;
    let id = event.id;
    table::insert_events(connection, &[&event]).await?;
    Ok(id)
}

/// Makes an event that nobody knows of yet.
///
/// # Errors
/// `internal` when its body cannot be written as JSON.
pub fn prepare(service: &Service, institution: InstitutionId, environment: Environment, kind: EventKind, data: Value) -> Result<EventRow, ApiError> {
    let now = service.clock.now();
    let id = service.with_random(|random| EventId::generate(service.clock.as_ref(), random));
    let envelope = Envelope { event: kind, id, institution_id: institution, timestamp: now, data };
    let body = serde_json::to_string(&envelope)?;
    Ok(EventRow { id, institution, environment, kind, body, created_at: now })
}
