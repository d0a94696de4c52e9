//! The log of deliveries, and sending again what is in it.

use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId, WebhookEndpointId};
use passid_api::institution::{AttemptView, DeliveryView};
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryFailure, DeliveryStatus, EventKind};

use crate::params;
use crate::store::{Connection, Row, StoreError};

fn count<T: TryFrom<i64>>(row: &Row, column: &'static str) -> Result<Option<T>, StoreError> {
    row.get::<Option<i64>>(column)?.map(T::try_from).transpose().map_err(|_| StoreError::Corrupt(column))
}

fn read(row: &Row) -> Result<DeliveryView, StoreError> {
    let status: DeliveryStatus = row.parse("status")?;
    Ok(DeliveryView {
        event_id: row.parse("event_id")?,
        event: row.parse("kind")?,
        status,
        attempts: count(row, "attempts")?.unwrap_or_default(),
        failure: row.parse_optional("failure")?,
        response_status: count(row, "response_status")?,
        response_body: row.get("response_body")?,
        duration_ms: count(row, "duration_ms")?,
        created_at: row.time("created_at")?,
        attempted_at: row.time_optional("attempted_at")?,
        next_attempt_at: if status == DeliveryStatus::Pending { Some(row.time("next_attempt_at")?) } else { None },
        delivered_at: row.time_optional("delivered_at")?,
        attempt_log: None,
    })
}

/// At most `limit` deliveries to an endpoint, of one status or any, newest event first, from before `before`.
///
/// # Errors
/// [`StoreError`].
pub async fn list_deliveries(
    connection: &mut Connection,
    endpoint: WebhookEndpointId,
    status: Option<DeliveryStatus>,
    before: Option<EventId>,
    limit: u32,
) -> Result<Vec<DeliveryView>, StoreError> {
    let sql = "SELECT deliveries.event_id, events.kind, deliveries.status, deliveries.attempts, deliveries.failure, deliveries.response_status,
                      deliveries.response_body, deliveries.duration_ms, deliveries.created_at, deliveries.attempted_at, deliveries.next_attempt_at,
                      deliveries.delivered_at
               FROM deliveries JOIN events ON events.id = deliveries.event_id
               WHERE deliveries.endpoint_id = $1 AND deliveries.event_id < $2 AND ($4 IS NULL OR deliveries.status = $4)
               ORDER BY deliveries.event_id DESC LIMIT $3";
    // '~' stands after everything an identifier is written with.
    let before = before.map_or_else(|| "~".to_owned(), |event| event.to_string());
    connection.fetch_all(sql, params![endpoint, before, limit, status]).await?.iter().map(read).collect()
}

/// One delivery.
///
/// # Errors
/// [`StoreError`].
pub async fn find_delivery(connection: &mut Connection, endpoint: WebhookEndpointId, event: EventId) -> Result<Option<DeliveryView>, StoreError> {
    let sql = "SELECT deliveries.event_id, events.kind, deliveries.status, deliveries.attempts, deliveries.failure, deliveries.response_status,
                      deliveries.response_body, deliveries.duration_ms, deliveries.created_at, deliveries.attempted_at, deliveries.next_attempt_at,
                      deliveries.delivered_at
               FROM deliveries JOIN events ON events.id = deliveries.event_id
               WHERE deliveries.endpoint_id = $1 AND deliveries.event_id = $2";
    connection.fetch_optional(sql, params![endpoint, event]).await?.as_ref().map(read).transpose()
}

/// Attempts shown at most: five by schedule, and what was sent again by hand.
const MAX_ATTEMPTS_SHOWN: u32 = 100;

/// Every attempt at a delivery, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn attempts(connection: &mut Connection, endpoint: WebhookEndpointId, event: EventId) -> Result<Vec<AttemptView>, StoreError> {
    let sql = "SELECT attempted_at, failure, response_status, response_body, duration_ms FROM delivery_attempts
               WHERE endpoint_id = $1 AND event_id = $2 ORDER BY attempted_at, number LIMIT $3";
    let rows = connection.fetch_all(sql, params![endpoint, event, MAX_ATTEMPTS_SHOWN]).await?;
    rows.iter()
        .map(|row| {
            Ok(AttemptView {
                attempted_at: row.time("attempted_at")?,
                failure: row.parse_optional("failure")?,
                response_status: count(row, "response_status")?,
                response_body: row.get("response_body")?,
                duration_ms: count(row, "duration_ms")?.unwrap_or_default(),
            })
        })
        .collect()
}

/// Queues a delivery that is over for one more attempt. Returns whether it was over.
///
/// # Errors
/// [`StoreError`].
pub async fn send_again(connection: &mut Connection, endpoint: WebhookEndpointId, event: EventId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE deliveries SET status = 'pending', single = 1, next_attempt_at = $3, leased_until = 0
               WHERE endpoint_id = $1 AND event_id = $2 AND status <> 'pending'";
    Ok(connection.execute(sql, params![endpoint, event, now]).await? == 1)
}

/// Gives up what is still pending for an endpoint that gets no more events. What is being tried at this moment ends by itself.
///
/// # Errors
/// [`StoreError`].
pub async fn cancel_pending(connection: &mut Connection, endpoint: WebhookEndpointId, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE deliveries SET status = $2, failure = $3 WHERE endpoint_id = $1 AND status = 'pending' AND leased_until <= $4";
    connection.execute(sql, params![endpoint, DeliveryStatus::Failed, DeliveryFailure::EndpointDisabled, now]).await
}

/// An event's place in time.
pub struct Position {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub created_at: Timestamp,
}

/// The query below names four places for kinds.
const _: () = assert!(EventKind::ALL.len() <= 4);

/// At most `limit` events of these kinds from `since` on, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn events_since(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    kinds: &[EventKind],
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Position>, StoreError> {
    let sql = "SELECT id, created_at FROM events
               WHERE institution_id = $1 AND environment = $2 AND created_at >= $3 AND kind IN ($4, $5, $6, $7)
               ORDER BY created_at, id LIMIT $8";
    let kind = |index: usize| kinds.get(index).or(kinds.first()).map(|kind| kind.as_str());
    let values = params![institution, environment, since, kind(0), kind(1), kind(2), kind(3), limit];
    let rows = connection.fetch_all(sql, values).await?;
    rows.iter().map(|row| Ok(Position { event: row.parse("id")?, created_at: row.time("created_at")? })).collect()
}

/// Queues an event for an endpoint once more, whether or not it was queued before; one that is pending stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn queue_again(connection: &mut Connection, endpoint: WebhookEndpointId, event: EventId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO deliveries (event_id, endpoint_id, status, single, attempts, next_attempt_at, leased_until, created_at)
               VALUES ($1, $2, 'pending', 1, 0, $3, 0, $3)
               ON CONFLICT (event_id, endpoint_id) DO UPDATE SET status = 'pending', single = 1, next_attempt_at = $3, leased_until = 0
               WHERE deliveries.status <> 'pending'";
    Ok(connection.execute(sql, params![event, endpoint, now]).await? == 1)
}
