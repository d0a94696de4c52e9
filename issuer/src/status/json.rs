//! The picture in the shapes of the Statuspage format, which monitoring tools read.
//!
//! Source: Atlassian Statuspage's public API, version 2 (`status`, `summary`, `components`, `incidents`, `scheduled-maintenances`).

use passid_api::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::component::Health;
use super::incident::{Impact, Incident};
use super::snapshot::{ComponentPicture, Snapshot};

/// The page's own identifier, as the format wants one.
const PAGE_ID: &str = "passid";

/// Which page the data belongs to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PageName {
    id: &'static str,
    name: &'static str,
    url: String,
    time_zone: &'static str,
    updated_at: Option<Timestamp>,
}

/// Everything's health.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Overall {
    indicator: &'static str,
    description: &'static str,
}

/// `/api/v2/status.json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StatusDocument {
    page: PageName,
    status: Overall,
}

/// `/api/v2/components.json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ComponentsDocument {
    page: PageName,
    components: Vec<Value>,
}

/// `/api/v2/incidents.json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct IncidentsDocument {
    page: PageName,
    incidents: Vec<Value>,
}

/// `/api/v2/scheduled-maintenances.json`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MaintenancesDocument {
    page: PageName,
    scheduled_maintenances: Vec<Value>,
}

/// `/api/v2/summary.json`: components, and what is not over.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SummaryDocument {
    page: PageName,
    status: Overall,
    components: Vec<Value>,
    incidents: Vec<Value>,
    scheduled_maintenances: Vec<Value>,
}

/// Everything's health in one word, and in a sentence.
pub(super) const fn overall(worst: Health) -> (&'static str, &'static str) {
    match worst {
        Health::Operational => ("none", "All systems operational"),
        Health::Maintenance => ("maintenance", "Maintenance under way"),
        Health::Degraded => ("minor", "Degraded performance"),
        Health::Partial => ("major", "Partial outage"),
        Health::Major => ("critical", "Major outage"),
    }
}

fn page(picture: &Snapshot, issuer: &str) -> PageName {
    PageName { id: PAGE_ID, name: "PASSID", url: format!("{issuer}/status"), time_zone: "Etc/UTC", updated_at: picture.taken_at }
}

/// The overall health of a picture; nothing measured yet is said to be just that. An incident that is told of is not contradicted by
/// probes that pass.
pub(super) fn indicator(picture: &Snapshot) -> (&'static str, &'static str) {
    if picture.components.is_empty() {
        return ("none", "Not measured yet");
    }
    match picture.worst() {
        Health::Operational => picture
            .active()
            .map(|incident| told(incident.impact))
            .max_by_key(|(place, ..)| *place)
            .map_or(overall(Health::Operational), |(_, indicator, description)| (indicator, description)),
        worst => overall(worst),
    }
}

/// How an open incident shows while every component's probes pass, the worst last.
const fn told(impact: Impact) -> (u8, &'static str, &'static str) {
    match impact {
        Impact::None => (0, "none", "Systems operational, an incident is being looked into"),
        Impact::Maintenance => (1, "maintenance", "Maintenance under way"),
        Impact::Minor => (2, "minor", "An incident is open"),
        Impact::Major => (3, "major", "A major incident is open"),
        Impact::Critical => (4, "critical", "A critical incident is open"),
    }
}

fn status_of(picture: &Snapshot) -> Overall {
    let (indicator, description) = indicator(picture);
    Overall { indicator, description }
}

fn component(picture: &ComponentPicture, position: usize, taken_at: Option<Timestamp>) -> Value {
    json!({
        "id": picture.component,
        "name": picture.component.name(),
        "description": picture.component.description(),
        "status": picture.health,
        "position": position,
        "page_id": PAGE_ID,
        "group": false,
        "group_id": null,
        "only_show_if_degraded": false,
        "showcase": true,
        "updated_at": taken_at,
        "uptime_90_days": picture.uptime().basis_points().map(|points| format!("{}.{:02}", points / 100, points % 100)),
    })
}

fn incident(incident: &Incident, issuer: &str) -> Value {
    let updates: Vec<Value> = incident
        .updates
        .iter()
        .map(|update| {
            json!({ "id": update.id, "incident_id": incident.id, "status": update.stage, "body": update.body,
                    "created_at": update.created_at, "updated_at": update.created_at, "display_at": update.created_at })
        })
        .collect();
    let components: Vec<Value> = incident.components.iter().map(|component| json!({ "id": component, "name": component.name() })).collect();
    let mut value = json!({
        "id": incident.id,
        "name": incident.name,
        "status": incident.stage,
        "impact": incident.impact,
        "page_id": PAGE_ID,
        "created_at": incident.created_at,
        "started_at": incident.started_at,
        "updated_at": incident.updates.first().map_or(incident.created_at, |update| update.created_at),
        "monitoring_at": null,
        "resolved_at": incident.resolved_at,
        "shortlink": format!("{issuer}/status#{}", incident.id),
        "components": components,
        "incident_updates": updates,
    });
    if incident.impact == Impact::Maintenance {
        value["scheduled_for"] = json!(incident.started_at);
        value["scheduled_until"] = json!(incident.scheduled_until);
    }
    value
}

fn components_of(picture: &Snapshot) -> Vec<Value> {
    picture.components.iter().enumerate().map(|(index, one)| component(one, index + 1, picture.taken_at)).collect()
}

fn incidents_of(picture: &Snapshot, issuer: &str, wanted: impl Fn(&Incident) -> bool) -> Vec<Value> {
    picture.incidents.iter().filter(|one| wanted(one)).map(|one| incident(one, issuer)).collect()
}

/// The page's health in one word.
pub(super) fn status(picture: &Snapshot, issuer: &str) -> StatusDocument {
    StatusDocument { page: page(picture, issuer), status: status_of(picture) }
}

/// Every component with its health.
pub(super) fn components(picture: &Snapshot, issuer: &str) -> ComponentsDocument {
    ComponentsDocument { page: page(picture, issuer), components: components_of(picture) }
}

/// The incidents of the last 90 days.
pub(super) fn incidents(picture: &Snapshot, issuer: &str) -> IncidentsDocument {
    IncidentsDocument { page: page(picture, issuer), incidents: incidents_of(picture, issuer, |one| one.impact != Impact::Maintenance) }
}

/// Maintenance announced, under way and done.
pub(super) fn maintenances(picture: &Snapshot, issuer: &str) -> MaintenancesDocument {
    MaintenancesDocument { page: page(picture, issuer), scheduled_maintenances: incidents_of(picture, issuer, |one| one.impact == Impact::Maintenance) }
}

/// Components, and what is not over.
pub(super) fn summary(picture: &Snapshot, issuer: &str) -> SummaryDocument {
    SummaryDocument {
        page: page(picture, issuer),
        status: status_of(picture),
        components: components_of(picture),
        incidents: incidents_of(picture, issuer, |one| one.impact != Impact::Maintenance && !one.stage.is_over()),
        scheduled_maintenances: incidents_of(picture, issuer, |one| one.impact == Impact::Maintenance && !one.stage.is_over()),
    }
}
