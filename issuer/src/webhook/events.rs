//! Writing events: in the transaction of what they report, so that a crash loses none and invents none.

use serde_json::Value;

use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId};
use passid_api::webhook::{Envelope, EventKind};

use crate::http::ApiError;
use crate::service::Service;
use crate::store::Connection;
use crate::store::webhooks::{self as table, EventRow};

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
    let (id, institution, environment, kind, now) = (event.id, event.institution, event.environment, event.kind, event.created_at);
    table::insert_event(connection, event).await?;
    for endpoint in table::subscribers(connection, institution, environment, kind).await? {
        table::insert_delivery(connection, id, endpoint, false, now).await?;
    }
    Ok(id)
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
    table::insert_event(connection, event).await?;
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
