//! Incidents and announced maintenance, told by people as they learn more.

use passid_api::ids::{IncidentId, IncidentUpdateId};
use passid_api::time::{Clock, Timestamp};

use crate::store::{self, Connection, StoreError};

use super::component::Component;

/// The longest name, characters.
const MAX_NAME: usize = 120;
/// The longest text of an update, characters.
const MAX_TEXT: usize = 4_000;

passid_api::text_enum! {
    /// How much an incident harms.
    pub enum Impact as "impact" {
        /// Nothing that users notice.
        None = "none",
        /// Little.
        Minor = "minor",
        /// Much.
        Major = "major",
        /// Nearly everything.
        Critical = "critical",
        /// Nothing unforeseen: announced work.
        Maintenance = "maintenance",
    }
}

passid_api::text_enum! {
    /// How far an incident, or announced work, has come.
    pub enum Stage as "incident status" {
        /// The cause is being looked for.
        Investigating = "investigating",
        /// The cause is known.
        Identified = "identified",
        /// A fix is in place and watched.
        Monitoring = "monitoring",
        /// It is over.
        Resolved = "resolved",
        /// Work is announced.
        Scheduled = "scheduled",
        /// Announced work has begun.
        InProgress = "in_progress",
        /// Announced work is done.
        Completed = "completed",
    }
}

impl Stage {
    /// Whether nothing more is expected.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Resolved | Self::Completed)
    }
}

/// An incident with its timeline.
#[derive(Debug, Clone)]
pub struct Incident {
    /// Its identifier.
    pub id: IncidentId,
    /// What it is about.
    pub name: String,
    /// How much it harms.
    pub impact: Impact,
    /// How far it has come.
    pub stage: Stage,
    /// What it touches.
    pub components: Vec<Component>,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it began, or is to begin.
    pub started_at: Timestamp,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// Until when announced work is to last.
    pub scheduled_until: Option<Timestamp>,
    /// What was said, newest first.
    pub updates: Vec<Update>,
}

/// Something said about an incident.
#[derive(Debug, Clone)]
pub struct Update {
    /// Its identifier.
    pub id: IncidentUpdateId,
    /// How far things had come.
    pub stage: Stage,
    /// The words.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// An incident about to be opened.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// What it is about.
    pub name: String,
    /// How much it harms.
    pub impact: Impact,
    /// What it touches.
    pub components: Vec<Component>,
    /// The first thing to say.
    pub body: String,
    /// When it began, or work is to begin; now when left out.
    pub started_at: Option<Timestamp>,
    /// Until when announced work is to last.
    pub scheduled_until: Option<Timestamp>,
}

/// Why an incident cannot be written so.
#[derive(Debug, thiserror::Error)]
pub enum IncidentError {
    /// Write 1 to 120 characters as name and 1 to 4,000 as text.
    #[error("write 1 to {MAX_NAME} characters as the name, and 1 to {MAX_TEXT} as the text")]
    Text,
    /// Maintenance needs a beginning and an end after it.
    #[error("announced work needs the time at which it begins and a later one at which it ends")]
    Times,
    /// Use the identifier that opening printed.
    #[error("there is no incident {0}")]
    Unknown(IncidentId),
    /// Open another one.
    #[error("the incident is over; open another one")]
    Over,
    /// Choose a status that fits: announced work is scheduled, in_progress or completed, anything else is not.
    #[error("the status {0} does not fit this kind of incident")]
    Stage(Stage),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn check_text(text: &str, most: usize) -> Result<(), IncidentError> {
    if (1..=most).contains(&text.trim().chars().count()) { Ok(()) } else { Err(IncidentError::Text) }
}

/// Opens an incident, or announces work.
///
/// # Errors
/// [`IncidentError`].
pub async fn open(
    connection: &mut Connection,
    new: NewIncident,
    clock: &dyn Clock,
    random: &mut (dyn rand::CryptoRng + Send),
) -> Result<IncidentId, IncidentError> {
    check_text(&new.name, MAX_NAME)?;
    check_text(&new.body, MAX_TEXT)?;
    let (now, announced) = (clock.now(), new.impact == Impact::Maintenance);
    let started_at = new.started_at.unwrap_or(now);
    if announced != new.scheduled_until.is_some() || new.scheduled_until.is_some_and(|until| until <= started_at) {
        return Err(IncidentError::Times);
    }
    let stage = if announced { Stage::Scheduled } else { Stage::Investigating };
    let update = Update { id: IncidentUpdateId::generate(clock, random), stage, body: new.body, created_at: now };
    let incident = Incident {
        id: IncidentId::generate(clock, random),
        name: new.name,
        impact: new.impact,
        stage,
        components: new.components,
        created_at: now,
        started_at,
        resolved_at: None,
        scheduled_until: new.scheduled_until,
        updates: Vec::new(),
    };
    store::incidents::insert(connection, &incident).await?;
    store::incidents::insert_update(connection, incident.id, &update).await?;
    Ok(incident.id)
}

/// Says something more about an incident; ends it with a status that is the end.
///
/// # Errors
/// [`IncidentError`].
pub async fn update(
    connection: &mut Connection,
    id: IncidentId,
    stage: Stage,
    body: String,
    clock: &dyn Clock,
    random: &mut (dyn rand::CryptoRng + Send),
) -> Result<(), IncidentError> {
    check_text(&body, MAX_TEXT)?;
    let incident = store::incidents::find(connection, id).await?.ok_or(IncidentError::Unknown(id))?;
    if incident.stage.is_over() {
        return Err(IncidentError::Over);
    }
    let of_announced = matches!(stage, Stage::Scheduled | Stage::InProgress | Stage::Completed);
    if of_announced != (incident.impact == Impact::Maintenance) {
        return Err(IncidentError::Stage(stage));
    }
    let now = clock.now();
    let update = Update { id: IncidentUpdateId::generate(clock, random), stage, body, created_at: now };
    store::incidents::insert_update(connection, id, &update).await?;
    Ok(store::incidents::set_stage(connection, id, stage, stage.is_over().then_some(now)).await?)
}
