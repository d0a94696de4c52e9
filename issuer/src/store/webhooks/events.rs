//! Events, written once in the transaction of what they report, and the deliveries that follow from them.

use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId, WebhookEndpointId};
use passid_api::time::Timestamp;
use passid_api::webhook::EventKind;

use crate::params;
use crate::store::{Connection, StoreError};

/// An event.
pub struct EventRow {
    /// Its identifier, the same over all deliveries.
    pub id: EventId,
    /// Whose it is.
    pub institution: InstitutionId,
    /// In which world it happened.
    pub environment: Environment,
    /// What happened.
    pub kind: EventKind,
    /// The body as it is signed and sent, byte for byte.
    pub body: String,
    /// When it happened.
    pub created_at: Timestamp,
}

/// Writes events.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_events(connection: &mut Connection, events: &[&EventRow]) -> Result<(), StoreError> {
    let sql = "INSERT INTO events (id, institution_id, environment, kind, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let row = |event: &&EventRow| params![event.id, event.institution, event.environment, event.kind, event.body.as_str(), event.created_at];
    connection.execute_each(sql, events.iter().map(row).collect(), params![]).await.map(drop)
}

/// Queues deliveries, due at once. `single` ones are tried once and do not count for the endpoint's health.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_deliveries(
    connection: &mut Connection,
    deliveries: &[(EventId, WebhookEndpointId)],
    single: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "WITH due (event, endpoint) AS (VALUES ($1, $2))
               INSERT INTO deliveries (event_id, endpoint_id, status, single, attempts, next_attempt_at, leased_until, created_at)
               SELECT event, endpoint, 'pending', $3, 0, $4, 0, $4 FROM due";
    let rows = deliveries.iter().map(|(event, endpoint)| params![*event, *endpoint]).collect();
    connection.execute_each(sql, rows, params![single, now]).await.map(drop)
}

/// The body of the institution's event, as it is sent.
///
/// # Errors
/// [`StoreError`].
pub async fn event_body(connection: &mut Connection, institution: InstitutionId, event: EventId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT body FROM events WHERE id = $1 AND institution_id = $2";
    connection.fetch_optional(sql, params![event, institution]).await?.map(|row| row.get("body")).transpose()
}
