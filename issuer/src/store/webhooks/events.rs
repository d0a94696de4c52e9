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

/// Writes an event.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_event(connection: &mut Connection, event: EventRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO events (id, institution_id, environment, kind, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    connection.execute(sql, params![event.id, event.institution, event.environment, event.kind, event.body, event.created_at]).await?;
    Ok(())
}

/// Queues a delivery, due at once. A `single` one is tried once and does not count for the endpoint's health.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_delivery(connection: &mut Connection, event: EventId, endpoint: WebhookEndpointId, single: bool, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO deliveries (event_id, endpoint_id, status, single, attempts, next_attempt_at, leased_until, created_at)
               VALUES ($1, $2, 'pending', $3, 0, $4, 0, $4)";
    connection.execute(sql, params![event, endpoint, single, now]).await?;
    Ok(())
}

/// The body of the institution's event, as it is sent.
///
/// # Errors
/// [`StoreError`].
pub async fn event_body(connection: &mut Connection, institution: InstitutionId, event: EventId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT body FROM events WHERE id = $1 AND institution_id = $2";
    connection.fetch_optional(sql, params![event, institution]).await?.map(|row| row.get("body")).transpose()
}
