//! What the dashboard counts and lists. Every query is bounded by the workspace, the environment and a time or a number of rows.

use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId, SessionId, VerificationId, WebhookEndpointId};
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;
use passid_api::webhook::{DeliveryStatus, EventKind};

use super::{Connection, Row, StoreError};
use crate::params;

fn count(row: &Row, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(row.get::<i64>(column)?).map_err(|_| StoreError::Corrupt(column))
}

/// The first identifier a verification of that time can have: identifiers sort by time, and the index is by identifier.
fn first(since: Timestamp) -> String {
    VerificationId::first_at(since).to_string()
}

/// Verifications of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// Days since the epoch.
    pub day: i64,
    /// Accepted.
    pub accepted: u32,
    /// Refused.
    pub refused: u32,
}

/// Verifications by day since a time; days without any are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn by_day(connection: &mut Connection, institution: InstitutionId, environment: Environment, since: Timestamp) -> Result<Vec<DayCount>, StoreError> {
    let sql = "SELECT created_at / 86400 AS day, CAST(SUM(credential_valid) AS BIGINT) AS accepted, COUNT(*) AS total
               FROM verifications WHERE institution_id = $1 AND environment = $2 AND id >= $3 GROUP BY 1 ORDER BY 1";
    let rows = connection.fetch_all(sql, params![institution, environment, first(since)]).await?;
    let read = |row: &Row| {
        let (accepted, total) = (count(row, "accepted")?, count(row, "total")?);
        Ok(DayCount { day: row.get("day")?, accepted, refused: total - accepted })
    };
    rows.iter().map(read).collect()
}

/// What became of sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Created.
    pub created: u32,
    /// Answered with claims.
    pub completed: u32,
    /// Declined by the holder.
    pub declined: u32,
    /// Nobody answered in time.
    pub expired: u32,
}

/// What became of the sessions created since a time.
///
/// # Errors
/// [`StoreError`].
pub async fn funnel(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    since: Timestamp,
    now: Timestamp,
) -> Result<Funnel, StoreError> {
    let sql = "SELECT COUNT(*) AS created, COUNT(CASE WHEN state = 'completed' THEN 1 END) AS completed,
                      COUNT(CASE WHEN state = 'declined' THEN 1 END) AS declined,
                      COUNT(CASE WHEN state = 'pending' AND expires_at <= $4 THEN 1 END) AS expired
               FROM sessions WHERE institution_id = $1 AND environment = $2 AND created_at >= $3";
    let Some(row) = connection.fetch_optional(sql, params![institution, environment, since, now]).await? else { return Ok(Funnel::default()) };
    Ok(Funnel { created: count(&row, "created")?, completed: count(&row, "completed")?, declined: count(&row, "declined")?, expired: count(&row, "expired")? })
}

/// Seconds from a session's creation to its verification, shortest first, of the newest `limit` sessions that were completed.
///
/// # Errors
/// [`StoreError`].
pub async fn times_to_verify(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT verifications.created_at - sessions.created_at AS seconds
               FROM sessions JOIN verifications ON verifications.id = sessions.verification_id
               WHERE sessions.institution_id = $1 AND sessions.environment = $2 AND sessions.created_at >= $3
               ORDER BY sessions.id DESC LIMIT $4";
    let rows = connection.fetch_all(sql, params![institution, environment, since, limit]).await?;
    let mut seconds = rows.iter().map(|row| row.get("seconds")).collect::<Result<Vec<i64>, _>>()?;
    seconds.sort_unstable();
    Ok(seconds)
}

/// Deliveries by how far they have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Taken by the endpoint.
    pub delivered: u32,
    /// Given up.
    pub failed: u32,
    /// Still being tried.
    pub pending: u32,
}

/// The deliveries queued since a time, to endpoints there are.
///
/// # Errors
/// [`StoreError`].
pub async fn deliveries(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    since: Timestamp,
) -> Result<DeliveryCounts, StoreError> {
    let sql =
        "SELECT COUNT(CASE WHEN deliveries.status = 'delivered' THEN 1 END) AS delivered, COUNT(CASE WHEN deliveries.status = 'failed' THEN 1 END) AS failed,
                      COUNT(CASE WHEN deliveries.status = 'pending' THEN 1 END) AS pending
               FROM deliveries JOIN webhook_endpoints ON webhook_endpoints.id = deliveries.endpoint_id
               WHERE webhook_endpoints.institution_id = $1 AND webhook_endpoints.environment = $2 AND webhook_endpoints.removed_at IS NULL
               AND deliveries.created_at >= $3";
    let Some(row) = connection.fetch_optional(sql, params![institution, environment, since]).await? else { return Ok(DeliveryCounts::default()) };
    Ok(DeliveryCounts { delivered: count(&row, "delivered")?, failed: count(&row, "failed")?, pending: count(&row, "pending")? })
}

/// Refusals since a time by their reason, most frequent first.
///
/// # Errors
/// [`StoreError`].
pub async fn denials(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    since: Timestamp,
) -> Result<Vec<(DenyReason, u32)>, StoreError> {
    let sql = "SELECT deny_reason, COUNT(*) AS n FROM verifications WHERE institution_id = $1 AND environment = $2 AND id >= $3
               AND deny_reason IS NOT NULL GROUP BY deny_reason ORDER BY n DESC, deny_reason";
    let rows = connection.fetch_all(sql, params![institution, environment, first(since)]).await?;
    rows.iter().map(|row| Ok((row.parse("deny_reason")?, count(row, "n")?))).collect()
}

/// The session the institution's verification answered; none when a token or code was redeemed.
///
/// # Errors
/// [`StoreError`].
pub async fn session_of(connection: &mut Connection, institution: InstitutionId, verification: VerificationId) -> Result<Option<SessionId>, StoreError> {
    let sql = "SELECT session_id FROM verifications WHERE institution_id = $1 AND id = $2";
    match connection.fetch_optional(sql, params![institution, verification]).await? {
        Some(row) => row.parse_optional("session_id"),
        None => Ok(None),
    }
}

/// When the institution's session was created.
///
/// # Errors
/// [`StoreError`].
pub async fn session_created_at(connection: &mut Connection, institution: InstitutionId, session: SessionId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT created_at FROM sessions WHERE institution_id = $1 AND id = $2";
    connection.fetch_optional(sql, params![institution, session]).await?.map(|row| row.time("created_at")).transpose()
}

/// A webhook that told of a verification or its outcome.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which event.
    pub event: EventId,
    /// Its kind.
    pub kind: EventKind,
    /// The endpoint.
    pub endpoint: WebhookEndpointId,
    /// Where it goes.
    pub url: String,
    /// How far the delivery has come.
    pub status: DeliveryStatus,
    /// When it was last tried.
    pub attempted_at: Option<Timestamp>,
}

/// The deliveries of the events written at that second, or the one after, whose body names the institution's `verification`.
///
/// # Errors
/// [`StoreError`].
pub async fn told(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    verification: VerificationId,
    at: Timestamp,
) -> Result<Vec<Told>, StoreError> {
    // The event is written in the verification's transaction, so it has its second: the index leaves few bodies to look into.
    let sql = "SELECT events.id AS event_id, events.kind AS kind, webhook_endpoints.id AS endpoint_id, webhook_endpoints.url AS url,
                      deliveries.status AS status, deliveries.attempted_at AS attempted_at
               FROM events JOIN deliveries ON deliveries.event_id = events.id JOIN webhook_endpoints ON webhook_endpoints.id = deliveries.endpoint_id
               WHERE events.institution_id = $1 AND events.environment = $2 AND events.created_at >= $3 AND events.created_at <= $4
               AND events.body LIKE $5 AND webhook_endpoints.removed_at IS NULL ORDER BY events.id, webhook_endpoints.id LIMIT 20";
    let names = format!("%\"verification_id\":\"{verification}\"%");
    let rows = connection.fetch_all(sql, params![institution, environment, at, at.plus_seconds(1), names]).await?;
    let read = |row: &Row| {
        Ok(Told {
            event: row.parse("event_id")?,
            kind: row.parse("kind")?,
            endpoint: row.parse("endpoint_id")?,
            url: row.get("url")?,
            status: row.parse("status")?,
            attempted_at: row.time_optional("attempted_at")?,
        })
    };
    rows.iter().map(read).collect()
}
