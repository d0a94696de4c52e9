//! Incidents and what was said about them.

use passid_api::ids::IncidentId;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;
use crate::status::component::Component;
use crate::status::incident::{Incident, Stage, Update};

/// Incidents read at most, and updates of one.
const LIMIT: u32 = 200;

fn read(row: &Row) -> Result<Incident, StoreError> {
    Ok(Incident {
        id: row.parse("id")?,
        name: row.get("name")?,
        impact: row.parse("impact")?,
        stage: row.parse("status")?,
        components: row.json("components")?,
        created_at: row.time("created_at")?,
        started_at: row.time("started_at")?,
        resolved_at: row.time_optional("resolved_at")?,
        scheduled_until: row.time_optional("scheduled_until")?,
        updates: Vec::new(),
    })
}

fn components_text(components: &[Component]) -> Result<String, StoreError> {
    serde_json::to_string(components).map_err(|_| StoreError::Corrupt("component list"))
}

/// Stores an incident without its timeline.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, incident: &Incident) -> Result<(), StoreError> {
    let sql = "INSERT INTO incidents (id, name, impact, status, components, created_at, started_at, scheduled_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let components = components_text(&incident.components)?;
    let (name, until) = (incident.name.as_str(), incident.scheduled_until);
    connection.execute(sql, params![incident.id, name, incident.impact, incident.stage, components, incident.created_at, incident.started_at, until]).await?;
    Ok(())
}

/// Adds to an incident's timeline.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_update(connection: &mut Connection, id: IncidentId, update: &Update) -> Result<(), StoreError> {
    let sql = "INSERT INTO incident_updates (id, incident_id, status, body, created_at) VALUES ($1, $2, $3, $4, $5)";
    connection.execute(sql, params![update.id, id, update.stage, update.body.as_str(), update.created_at]).await?;
    Ok(())
}

/// How far an incident has come, and when it was over.
///
/// # Errors
/// [`StoreError`].
pub async fn set_stage(connection: &mut Connection, id: IncidentId, stage: Stage, resolved_at: Option<Timestamp>) -> Result<(), StoreError> {
    connection.execute("UPDATE incidents SET status = $2, resolved_at = $3 WHERE id = $1", params![id, stage, resolved_at]).await?;
    Ok(())
}

/// An incident, locked for the transaction, without its timeline.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, id: IncidentId) -> Result<Option<Incident>, StoreError> {
    let sql = "UPDATE incidents SET status = status WHERE id = $1
               RETURNING id, name, impact, status, components, created_at, started_at, resolved_at, scheduled_until";
    connection.fetch_optional(sql, params![id]).await?.as_ref().map(read).transpose()
}

/// Incidents that began since a time or are not over, the latest first, with their timelines.
///
/// # Errors
/// [`StoreError`].
pub async fn since(connection: &mut Connection, since: Timestamp) -> Result<Vec<Incident>, StoreError> {
    let sql = "SELECT id, name, impact, status, components, created_at, started_at, resolved_at, scheduled_until FROM incidents
               WHERE started_at >= $1 OR resolved_at IS NULL ORDER BY started_at DESC, id DESC LIMIT $2";
    let mut incidents: Vec<Incident> = connection.fetch_all(sql, params![since, LIMIT]).await?.iter().map(read).collect::<Result<_, _>>()?;
    for incident in &mut incidents {
        let sql = "SELECT id, status, body, created_at FROM incident_updates WHERE incident_id = $1 ORDER BY id DESC LIMIT $2";
        let rows = connection.fetch_all(sql, params![incident.id, LIMIT]).await?;
        let update = |row: &Row| Ok(Update { id: row.parse("id")?, stage: row.parse("status")?, body: row.get("body")?, created_at: row.time("created_at")? });
        incident.updates = rows.iter().map(update).collect::<Result<_, StoreError>>()?;
    }
    Ok(incidents)
}
