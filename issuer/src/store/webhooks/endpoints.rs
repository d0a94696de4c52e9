//! Registered addresses and their health.

use std::collections::BTreeSet;

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, WebhookEndpointId};
use passid_api::time::Timestamp;
use passid_api::webhook::{DisabledReason, EventKind};

use crate::params;
use crate::store::{Connection, Row, StoreError};

/// A registered address.
pub struct EndpointRow {
    /// Its identifier.
    pub id: WebhookEndpointId,
    /// Whose it is.
    pub institution: InstitutionId,
    /// Which environment's events it gets.
    pub environment: Environment,
    /// Where they go.
    pub url: String,
    /// Which events it gets.
    pub events: Vec<EventKind>,
    /// Whether it gets any.
    pub enabled: bool,
    /// Why it was disabled.
    pub disabled_reason: Option<DisabledReason>,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// Since when no attempt has succeeded.
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before the present one signs too.
    pub previous_secret_until: Option<Timestamp>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// An endpoint's sealed secrets.
pub struct SecretsRow {
    /// The present one.
    pub current: Vec<u8>,
    /// The one before it.
    pub previous: Option<Vec<u8>>,
    /// Until when the one before signs too.
    pub previous_until: Option<Timestamp>,
}

impl SecretsRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            current: row.get("sealed_secret")?,
            previous: row.get("sealed_previous_secret")?,
            previous_until: row.time_optional("previous_secret_until")?,
        })
    }
}

fn read(row: &Row) -> Result<EndpointRow, StoreError> {
    Ok(EndpointRow {
        id: row.parse("id")?,
        institution: row.parse("institution_id")?,
        environment: row.parse("environment")?,
        url: row.get("url")?,
        events: row.json("events")?,
        enabled: row.flag("enabled")?,
        disabled_reason: row.parse_optional("disabled_reason")?,
        disabled_at: row.time_optional("disabled_at")?,
        failing_since: row.time_optional("failing_since")?,
        previous_secret_until: row.time_optional("previous_secret_until")?,
        created_at: row.time("created_at")?,
    })
}

fn events_text(events: &[EventKind]) -> Result<String, StoreError> {
    serde_json::to_string(events).map_err(|_| StoreError::Corrupt("event list"))
}

/// Registers an endpoint.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_endpoint(connection: &mut Connection, endpoint: &EndpointRow, sealed_secret: Vec<u8>) -> Result<(), StoreError> {
    let sql = "INSERT INTO webhook_endpoints (id, institution_id, environment, url, events, sealed_secret, enabled, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let events = events_text(&endpoint.events)?;
    let (url, created_at) = (endpoint.url.as_str(), endpoint.created_at);
    let values = params![endpoint.id, endpoint.institution, endpoint.environment, url, events, sealed_secret, endpoint.enabled, created_at];
    connection.execute(sql, values).await?;
    Ok(())
}

/// How many endpoints the workspace has in this environment.
///
/// # Errors
/// [`StoreError`].
pub async fn count_endpoints(connection: &mut Connection, institution: InstitutionId, environment: Environment) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS total FROM webhook_endpoints WHERE institution_id = $1 AND environment = $2 AND removed_at IS NULL";
    connection.fetch_optional(sql, params![institution, environment]).await?.map_or(Ok(0), |row| row.get("total"))
}

/// The workspace's endpoints, oldest first; their number is limited when they are registered.
///
/// # Errors
/// [`StoreError`].
pub async fn list_endpoints(connection: &mut Connection, institution: InstitutionId) -> Result<Vec<EndpointRow>, StoreError> {
    let sql = "SELECT id, institution_id, environment, url, events, enabled, disabled_reason, disabled_at, failing_since, previous_secret_until, created_at
               FROM webhook_endpoints WHERE institution_id = $1 AND removed_at IS NULL ORDER BY id";
    connection.fetch_all(sql, params![institution]).await?.iter().map(read).collect()
}

/// One of the workspace's endpoints.
///
/// # Errors
/// [`StoreError`].
pub async fn find_endpoint(connection: &mut Connection, institution: InstitutionId, id: WebhookEndpointId) -> Result<Option<EndpointRow>, StoreError> {
    let sql = "SELECT id, institution_id, environment, url, events, enabled, disabled_reason, disabled_at, failing_since, previous_secret_until, created_at
               FROM webhook_endpoints WHERE institution_id = $1 AND id = $2 AND removed_at IS NULL";
    connection.fetch_optional(sql, params![institution, id]).await?.as_ref().map(read).transpose()
}

/// An endpoint that is told of events.
pub struct Subscriber {
    /// Whose events, of which environment.
    pub workspace: (InstitutionId, Environment),
    /// The endpoint.
    pub endpoint: WebhookEndpointId,
    /// Of which events.
    pub kinds: Vec<EventKind>,
}

/// The endpoints that get events of these workspaces.
///
/// # Errors
/// [`StoreError`].
pub async fn subscribers(connection: &mut Connection, workspaces: &BTreeSet<(InstitutionId, Environment)>) -> Result<Vec<Subscriber>, StoreError> {
    let sql = "WITH asked (institution, world) AS (VALUES ($1, $2))
               SELECT institution_id, environment, id, events FROM asked JOIN webhook_endpoints ON institution_id = institution AND environment = world
               WHERE removed_at IS NULL AND enabled = 1";
    let rows = workspaces.iter().map(|(institution, environment)| params![*institution, *environment]).collect();
    let read = |row: &Row| {
        let workspace = (row.parse("institution_id")?, row.parse("environment")?);
        Ok(Subscriber { workspace, endpoint: row.parse("id")?, kinds: row.json("events")? })
    };
    connection.fetch_each(sql, rows, params![]).await?.iter().map(read).collect()
}

/// Changes where events go and which.
///
/// # Errors
/// [`StoreError`].
pub async fn update_endpoint(connection: &mut Connection, id: WebhookEndpointId, url: &str, events: &[EventKind]) -> Result<(), StoreError> {
    let sql = "UPDATE webhook_endpoints SET url = $2, events = $3 WHERE id = $1";
    connection.execute(sql, params![id, url, events_text(events)?]).await?;
    Ok(())
}

/// Removes an endpoint with its secrets. Returns whether it was there.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_endpoint(connection: &mut Connection, institution: InstitutionId, id: WebhookEndpointId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook_endpoints
               SET removed_at = $3, enabled = 0, sealed_secret = $4, sealed_previous_secret = NULL, previous_secret_until = NULL
               WHERE institution_id = $1 AND id = $2 AND removed_at IS NULL";
    Ok(connection.execute(sql, params![institution, id, now, Vec::new()]).await? == 1)
}

/// Stops sending to an endpoint. Returns its workspace if it was enabled.
///
/// # Errors
/// [`StoreError`].
pub async fn disable_endpoint(
    connection: &mut Connection,
    id: WebhookEndpointId,
    reason: DisabledReason,
    now: Timestamp,
) -> Result<Option<InstitutionId>, StoreError> {
    let sql = "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = $2, disabled_at = $3
               WHERE id = $1 AND enabled = 1 AND removed_at IS NULL RETURNING institution_id";
    connection.fetch_optional(sql, params![id, reason, now]).await?.map(|row| row.parse("institution_id")).transpose()
}

/// Sends to an endpoint again, with its past forgiven. Returns whether it was disabled.
///
/// # Errors
/// [`StoreError`].
pub async fn enable_endpoint(connection: &mut Connection, id: WebhookEndpointId) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook_endpoints SET enabled = 1, disabled_reason = NULL, disabled_at = NULL, failing_since = NULL
               WHERE id = $1 AND enabled = 0 AND removed_at IS NULL";
    Ok(connection.execute(sql, params![id]).await? == 1)
}

/// Notes that an attempt failed; the first one after a success counts.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_failing(connection: &mut Connection, id: WebhookEndpointId, now: Timestamp) -> Result<(), StoreError> {
    connection.execute("UPDATE webhook_endpoints SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL", params![id, now]).await?;
    Ok(())
}

/// Notes that an attempt succeeded.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_working(connection: &mut Connection, id: WebhookEndpointId) -> Result<(), StoreError> {
    connection.execute("UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL", params![id]).await?;
    Ok(())
}

/// The endpoint's sealed secrets, locked for the transaction so that two rotations follow each other.
///
/// # Errors
/// [`StoreError`].
pub async fn secrets(connection: &mut Connection, institution: InstitutionId, id: WebhookEndpointId) -> Result<Option<SecretsRow>, StoreError> {
    // Writing a column over itself is the lock that both engines have.
    let sql = "UPDATE webhook_endpoints SET enabled = enabled WHERE institution_id = $1 AND id = $2 AND removed_at IS NULL
               RETURNING sealed_secret, sealed_previous_secret, previous_secret_until";
    connection.fetch_optional(sql, params![institution, id]).await?.as_ref().map(SecretsRow::read).transpose()
}

/// Replaces the endpoint's sealed secrets.
///
/// # Errors
/// [`StoreError`].
pub async fn set_secrets(connection: &mut Connection, id: WebhookEndpointId, secrets: SecretsRow) -> Result<(), StoreError> {
    let sql = "UPDATE webhook_endpoints SET sealed_secret = $2, sealed_previous_secret = $3, previous_secret_until = $4 WHERE id = $1";
    connection.execute(sql, params![id, secrets.current, secrets.previous, secrets.previous_until]).await?;
    Ok(())
}

/// What an attempt has to know of its endpoint.
pub struct DestinationRow {
    /// Which environment it belongs to.
    pub environment: Environment,
    /// Where events go.
    pub url: String,
    /// Whether it gets events.
    pub enabled: bool,
    /// Since when no attempt has succeeded.
    pub failing_since: Option<Timestamp>,
    /// Its sealed secrets; none once it was removed.
    pub secrets: Option<SecretsRow>,
}

/// The endpoint as a destination, also when it was removed.
///
/// # Errors
/// [`StoreError`].
pub async fn find_destination(connection: &mut Connection, id: WebhookEndpointId) -> Result<Option<DestinationRow>, StoreError> {
    let sql = "SELECT environment, url, enabled, failing_since, removed_at, sealed_secret, sealed_previous_secret, previous_secret_until
               FROM webhook_endpoints WHERE id = $1";
    let Some(row) = connection.fetch_optional(sql, params![id]).await? else { return Ok(None) };
    let removed = row.time_optional("removed_at")?.is_some();
    Ok(Some(DestinationRow {
        environment: row.parse("environment")?,
        url: row.get("url")?,
        enabled: row.flag("enabled")?,
        failing_since: row.time_optional("failing_since")?,
        secrets: if removed { None } else { Some(SecretsRow::read(&row)?) },
    }))
}
