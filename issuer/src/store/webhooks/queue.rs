//! The queue: due deliveries are leased by a worker, tried, and their outcome written. A crashed worker's leases end by the clock.

use passid_api::ids::{EventId, WebhookEndpointId};
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryFailure, DeliveryStatus};

use crate::params;
use crate::store::{Connection, Engine, StoreError};

/// How many due deliveries are looked at for one lease, so that a long queue of one endpoint cannot hide the others' for long.
const LOOKED_AT: u32 = 1_024;

/// The same but for one clause: another process may be leasing at the same time on PostgreSQL, and neither waits for the other.
const LEASE_SQLITE: &str = "
    WITH due AS (
        SELECT event_id, endpoint_id, next_attempt_at FROM deliveries
        WHERE status = 'pending' AND next_attempt_at <= $1 AND leased_until <= $1 AND instr($3, endpoint_id) = 0
        ORDER BY next_attempt_at LIMIT $6
    ), ranked AS (
        SELECT event_id, endpoint_id, ROW_NUMBER() OVER (PARTITION BY endpoint_id ORDER BY next_attempt_at, event_id) AS place FROM due
    ), chosen AS (
        SELECT event_id, endpoint_id FROM ranked WHERE place <= CASE WHEN instr($7, endpoint_id) > 0 THEN $8 ELSE $5 END ORDER BY place LIMIT $4
    )
    UPDATE deliveries SET leased_until = $2 FROM chosen
    WHERE deliveries.event_id = chosen.event_id AND deliveries.endpoint_id = chosen.endpoint_id
    RETURNING deliveries.event_id, deliveries.endpoint_id, deliveries.single, deliveries.attempts,
              (SELECT body FROM events WHERE events.id = deliveries.event_id) AS body";
const LEASE_POSTGRES: &str = "
    WITH due AS (
        SELECT event_id, endpoint_id, next_attempt_at FROM deliveries
        WHERE status = 'pending' AND next_attempt_at <= $1 AND leased_until <= $1 AND strpos($3, endpoint_id) = 0
        ORDER BY next_attempt_at LIMIT $6 FOR UPDATE SKIP LOCKED
    ), ranked AS (
        SELECT event_id, endpoint_id, ROW_NUMBER() OVER (PARTITION BY endpoint_id ORDER BY next_attempt_at, event_id) AS place FROM due
    ), chosen AS (
        SELECT event_id, endpoint_id FROM ranked WHERE place <= CASE WHEN strpos($7, endpoint_id) > 0 THEN $8 ELSE $5 END ORDER BY place LIMIT $4
    )
    UPDATE deliveries SET leased_until = $2 FROM chosen
    WHERE deliveries.event_id = chosen.event_id AND deliveries.endpoint_id = chosen.endpoint_id
    RETURNING deliveries.event_id, deliveries.endpoint_id, deliveries.single, deliveries.attempts,
              (SELECT body FROM events WHERE events.id = deliveries.event_id) AS body";

/// What a worker asks for.
pub struct Lease<'a> {
    /// Now.
    pub now: Timestamp,
    /// When the lease ends unless its outcome was written.
    pub until: Timestamp,
    /// At most so many deliveries.
    pub limit: u32,
    /// At most so many to one endpoint.
    pub per_endpoint: u32,
    /// Endpoints that are busy: nothing is leased for them.
    pub busy: &'a [WebhookEndpointId],
    /// Endpoints that fail: at most `per_failing` are leased for each.
    pub failing: &'a [WebhookEndpointId],
    /// At most so many to one endpoint that fails.
    pub per_failing: u32,
}

/// What a worker holds, and the proof that it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Leased {
    /// The event.
    pub event: EventId,
    /// The endpoint it goes to.
    pub endpoint: WebhookEndpointId,
    /// When the lease ends.
    pub until: Timestamp,
}

/// A delivery a worker holds.
pub struct LeasedDelivery {
    /// The lease.
    pub leased: Leased,
    /// The body as it is signed and sent.
    pub body: String,
    /// Whether it is tried only once.
    pub single: bool,
    /// Attempts made before.
    pub attempts: u32,
}

/// Whether anything is due for other endpoints than the busy ones; cheaper than a lease that finds nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn any_due(connection: &mut Connection, now: Timestamp, busy: &[WebhookEndpointId]) -> Result<bool, StoreError> {
    let sql = match connection.engine() {
        Engine::Sqlite => {
            "SELECT event_id FROM deliveries WHERE status = 'pending' AND next_attempt_at <= $1 AND leased_until <= $1 AND instr($2, endpoint_id) = 0 LIMIT 1"
        }
        Engine::Postgres => {
            "SELECT event_id FROM deliveries WHERE status = 'pending' AND next_attempt_at <= $1 AND leased_until <= $1 AND strpos($2, endpoint_id) = 0 LIMIT 1"
        }
    };
    Ok(connection.fetch_optional(sql, params![now, joined(busy)]).await?.is_some())
}

/// Identifiers have one length and alphabet, so that one is found in the joined text only where it stands.
fn joined(endpoints: &[WebhookEndpointId]) -> String {
    endpoints.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Leases what is due, the longest waiting of every endpoint first.
///
/// # Errors
/// [`StoreError`].
pub async fn lease_due(connection: &mut Connection, lease: &Lease<'_>) -> Result<Vec<LeasedDelivery>, StoreError> {
    let sql = match connection.engine() {
        Engine::Sqlite => LEASE_SQLITE,
        Engine::Postgres => LEASE_POSTGRES,
    };
    let (busy, failing) = (joined(lease.busy), joined(lease.failing));
    let values = params![lease.now, lease.until, busy, lease.limit, lease.per_endpoint, LOOKED_AT, failing, lease.per_failing];
    let rows = connection.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(LeasedDelivery {
                leased: Leased { event: row.parse("event_id")?, endpoint: row.parse("endpoint_id")?, until: lease.until },
                body: row.get("body")?,
                single: row.flag("single")?,
                attempts: u32::try_from(row.get::<i64>("attempts")?).map_err(|_| StoreError::Corrupt("attempts"))?,
            })
        })
        .collect()
}

/// What came of an attempt.
pub struct AttemptRow {
    /// Delivered, failed for good, or pending until `next_attempt_at`.
    pub status: DeliveryStatus,
    /// When it is tried again, if it is.
    pub next_attempt_at: Timestamp,
    /// Why it failed.
    pub failure: Option<DeliveryFailure>,
    /// Status of the answer.
    pub response_status: Option<u16>,
    /// The beginning of the answer's body.
    pub response_body: Option<String>,
    /// How long it took.
    pub duration_ms: u32,
    /// When it was made.
    pub attempted_at: Timestamp,
}

/// Writes what came of an attempt and gives the lease back. Returns whether the lease was still held; if not, somebody else tries
/// the delivery and this outcome does not count.
///
/// # Errors
/// [`StoreError`].
pub async fn record_attempt(connection: &mut Connection, leased: Leased, attempt: AttemptRow) -> Result<bool, StoreError> {
    let sql = "UPDATE deliveries SET status = $4, attempts = attempts + 1, next_attempt_at = $5, leased_until = 0, failure = $6,
                      response_status = $7, response_body = $8, duration_ms = $9, attempted_at = $10, delivered_at = $11
               WHERE event_id = $1 AND endpoint_id = $2 AND status = 'pending' AND leased_until = $3";
    let delivered_at = (attempt.status == DeliveryStatus::Delivered).then_some(attempt.attempted_at);
    let values = params![
        leased.event,
        leased.endpoint,
        leased.until,
        attempt.status,
        attempt.next_attempt_at,
        attempt.failure,
        attempt.response_status,
        attempt.response_body,
        attempt.duration_ms,
        attempt.attempted_at,
        delivered_at,
    ];
    Ok(connection.execute(sql, values).await? == 1)
}
