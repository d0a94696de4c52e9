//! The queue: due deliveries are leased by a worker, tried, and their outcome written. A crashed worker's leases end by the clock.

use passid_api::ids::{EventId, WebhookEndpointId};
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryFailure, DeliveryStatus};

use crate::params;
use crate::store::{Connection, Engine, StoreError};

/// The texts differ in one clause: on PostgreSQL another process may be leasing at the same time, and neither waits for the other.
const LEASE_SQLITE: &str = "
    WITH chosen AS MATERIALIZED (
        SELECT event_id FROM deliveries
        WHERE endpoint_id = $1 AND status = 'pending' AND next_attempt_at <= $2 AND leased_until <= $2
        ORDER BY next_attempt_at, event_id LIMIT $4
    )
    UPDATE deliveries SET leased_until = $3 FROM chosen
    WHERE deliveries.endpoint_id = $1 AND deliveries.event_id = chosen.event_id
    RETURNING deliveries.event_id, deliveries.single, deliveries.attempts, (SELECT body FROM events WHERE events.id = deliveries.event_id) AS body";
const LEASE_POSTGRES: &str = "
    WITH chosen AS MATERIALIZED (
        SELECT event_id FROM deliveries
        WHERE endpoint_id = $1 AND status = 'pending' AND next_attempt_at <= $2 AND leased_until <= $2
        ORDER BY next_attempt_at, event_id LIMIT $4
        FOR UPDATE SKIP LOCKED
    )
    UPDATE deliveries SET leased_until = $3 FROM chosen
    WHERE deliveries.endpoint_id = $1 AND deliveries.event_id = chosen.event_id
    RETURNING deliveries.event_id, deliveries.single, deliveries.attempts, (SELECT body FROM events WHERE events.id = deliveries.event_id) AS body";

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

/// At most `limit` endpoints, in the order of their identifiers from after `after`, for which something is due. Steps from one
/// endpoint to the next in the index, so that the length of a queue makes no difference.
///
/// # Errors
/// [`StoreError`].
pub async fn due_endpoints(connection: &mut Connection, now: Timestamp, after: &str, limit: u32) -> Result<Vec<WebhookEndpointId>, StoreError> {
    let sql = "
        WITH RECURSIVE waiting (endpoint_id) AS (
            SELECT endpoint_id FROM (SELECT endpoint_id FROM deliveries WHERE status = 'pending' AND endpoint_id > $1 ORDER BY endpoint_id LIMIT 1) AS first
            UNION ALL
            SELECT (SELECT deliveries.endpoint_id FROM deliveries
                    WHERE deliveries.status = 'pending' AND deliveries.endpoint_id > waiting.endpoint_id ORDER BY deliveries.endpoint_id LIMIT 1)
            FROM waiting WHERE waiting.endpoint_id IS NOT NULL
        )
        SELECT endpoint_id FROM waiting
        WHERE endpoint_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM deliveries WHERE deliveries.endpoint_id = waiting.endpoint_id AND deliveries.status = 'pending'
                                           AND deliveries.next_attempt_at <= $2 AND deliveries.leased_until <= $2
        )
        LIMIT $3";
    let rows = connection.fetch_all(sql, params![after, now, limit]).await?;
    rows.iter().map(|row| row.parse("endpoint_id")).collect()
}

/// Leases what is due for an endpoint until `until`, at most `limit`, the longest waiting first.
///
/// # Errors
/// [`StoreError`].
pub async fn lease_due(
    connection: &mut Connection,
    endpoint: WebhookEndpointId,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<LeasedDelivery>, StoreError> {
    let sql = match connection.engine() {
        Engine::Sqlite => LEASE_SQLITE,
        Engine::Postgres => LEASE_POSTGRES,
    };
    let rows = connection.fetch_all(sql, params![endpoint, now, until, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(LeasedDelivery {
                leased: Leased { event: row.parse("event_id")?, endpoint, until },
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

/// Writes what came of an attempt into the log, and gives the lease back. Returns whether the lease was still held; if not, somebody
/// else tries the delivery, and this outcome stands in the log without counting.
///
/// # Errors
/// [`StoreError`].
pub async fn record_attempt(connection: &mut Connection, leased: Leased, attempt: AttemptRow) -> Result<bool, StoreError> {
    let sql = "UPDATE deliveries SET status = $4, attempts = attempts + 1, next_attempt_at = $5, leased_until = 0, failure = $6,
                      response_status = $7, response_body = $8, duration_ms = $9, attempted_at = $10, delivered_at = $11
               WHERE event_id = $1 AND endpoint_id = $2 AND status = 'pending' AND leased_until = $3 RETURNING attempts";
    let delivered_at = (attempt.status == DeliveryStatus::Delivered).then_some(attempt.attempted_at);
    let values = params![
        leased.event,
        leased.endpoint,
        leased.until,
        attempt.status,
        attempt.next_attempt_at,
        attempt.failure,
        attempt.response_status,
        attempt.response_body.as_deref(),
        attempt.duration_ms,
        attempt.attempted_at,
        delivered_at,
    ];
    let number: Option<i64> = connection.fetch_optional(sql, values).await?.map(|row| row.get("attempts")).transpose()?;
    let sql = "INSERT INTO delivery_attempts (endpoint_id, event_id, number, attempted_at, failure, response_status, response_body, duration_ms)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = params![
        leased.endpoint,
        leased.event,
        number.unwrap_or(-leased.until.seconds()),
        attempt.attempted_at,
        attempt.failure,
        attempt.response_status,
        attempt.response_body,
        attempt.duration_ms,
    ];
    connection.execute(sql, values).await?;
    Ok(number.is_some())
}

/// Since when the longest waiting delivery is due that nobody holds, of endpoints that work.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting_since(connection: &mut Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT MIN(deliveries.next_attempt_at) AS since FROM deliveries JOIN webhook_endpoints ON webhook_endpoints.id = deliveries.endpoint_id
               WHERE deliveries.status = 'pending' AND deliveries.next_attempt_at <= $1 AND deliveries.leased_until <= $1
                     AND webhook_endpoints.failing_since IS NULL";
    connection.fetch_optional(sql, params![now]).await?.map_or(Ok(None), |row| row.time_optional("since"))
}

/// How many deliveries are queued.
///
/// # Errors
/// [`StoreError`].
pub async fn count_pending(connection: &mut Connection) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS total FROM deliveries WHERE status = 'pending'";
    connection.fetch_optional(sql, params![]).await?.map_or(Ok(0), |row| row.get("total"))
}

/// Ends the leases of a process that is gone. Only for a database that one process uses: on a shared one, leases of the dead end by
/// the clock.
///
/// # Errors
/// [`StoreError`].
pub async fn release_leases(connection: &mut Connection) -> Result<u64, StoreError> {
    connection.execute("UPDATE deliveries SET leased_until = 0 WHERE status = 'pending' AND leased_until > 0", params![]).await
}
