//! The picture of the whole service: health now, uptime over ninety days and by the month, incidents.

use std::collections::BTreeMap;

use passid_api::time::Timestamp;

use crate::service::Service;
use crate::store::status::Day;
use crate::store::{self, Connection, StoreError};

use super::component::{Component, Counts, Health};
use super::incident::{Impact, Incident};
use super::uptime::{ANNOUNCED_SECONDS, MINUTES_PER_DAY, Uptime, Window, day_of, minute_of, outside};

/// Days shown.
pub const DAYS: i64 = 90;
/// Minutes that health is judged by.
const RECENT_MINUTES: i64 = 5;
/// Days kept by the minute; older ones are summed up.
const DAYS_BY_THE_MINUTE: i64 = 3;
/// Seconds of ninety days and a month, for incidents.
const INCIDENT_SECONDS: i64 = DAYS * 24 * 3_600;

/// One component.
#[derive(Debug, Clone)]
pub struct ComponentPicture {
    /// Which.
    pub component: Component,
    /// How well it works now.
    pub health: Health,
    /// Its days, from eighty-nine days ago to today; none where nothing was measured.
    pub days: Vec<Option<Uptime>>,
}

impl ComponentPicture {
    /// All its days together.
    pub fn uptime(&self) -> Uptime {
        self.days.iter().flatten().fold(Uptime::default(), |sum, day| sum.plus(*day))
    }
}

/// A calendar month of the verify endpoint, by which credits are owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// `2026-03`.
    pub name: String,
    /// Its minutes so far.
    pub uptime: Uptime,
    /// Percent of the month's fee.
    pub credit: i64,
}

/// Everything the page shows.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// When it was taken; never, where nothing was yet.
    pub taken_at: Option<Timestamp>,
    /// Whether the database answered; if not, days and incidents are those of the picture before.
    pub database: bool,
    /// The components, all of them once a picture was taken.
    pub components: Vec<ComponentPicture>,
    /// Incidents of the last ninety days and announced work, the latest first.
    pub incidents: Vec<Incident>,
    /// This month and those before of which minutes are known, the latest first.
    pub months: Vec<Month>,
    /// Hundredths of a percent that the agreement promises.
    pub target: i64,
}

impl Snapshot {
    /// The worst that any component shows.
    pub fn worst(&self) -> Health {
        self.components.iter().map(|component| component.health).max_by_key(|health| severity(*health)).unwrap_or(Health::Operational)
    }

    /// Incidents that are not over, announced work that has not begun left out.
    pub fn active(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().filter(|incident| !incident.stage.is_over() && incident.stage != super::incident::Stage::Scheduled)
    }
}

const fn severity(health: Health) -> u8 {
    match health {
        Health::Operational => 0,
        Health::Maintenance => 1,
        Health::Degraded => 2,
        Health::Partial => 3,
        Health::Major => 4,
    }
}

/// Takes a picture. Without the database it is the one before, with what this process sees now.
pub(super) async fn take(service: &Service) -> Snapshot {
    let now = service.clock.now();
    let since = minute_of(now) - RECENT_MINUTES;
    let own = service.status.unwritten_since(since);
    match from_database(service, now, &own).await {
        Ok(picture) => picture,
        Err(error) => {
            tracing::error!(%error, "the status page shows what is in memory: the database does not answer");
            let before = service.status.picture();
            let health = |component: Component| own.get(&component).map_or(Health::Major, Health::of);
            let days =
                |component| before.components.iter().find(|picture| picture.component == component).map_or_else(Vec::new, |picture| picture.days.clone());
            let components =
                Component::ALL.iter().map(|component| ComponentPicture { component: *component, health: health(*component), days: days(*component) }).collect();
            Snapshot { taken_at: Some(now), database: false, components, ..Snapshot::clone(&before) }
        }
    }
}

async fn from_database(service: &Service, now: Timestamp, own: &BTreeMap<Component, Counts>) -> Result<Snapshot, StoreError> {
    let mut reader = service.store.reader().await?;
    let minute = minute_of(now);
    let mut recent = own.clone();
    for (component, counts) in store::status::sums_since(&mut reader, minute - RECENT_MINUTES).await? {
        *recent.entry(component).or_default() += counts;
    }
    let incidents = store::incidents::since(&mut reader, now.plus_seconds(-INCIDENT_SECONDS)).await?;
    let windows = windows(&incidents);
    let days = days(&mut reader, minute, &windows).await?;
    let today = day_of(minute);
    let components = Component::ALL
        .iter()
        .map(|component| ComponentPicture {
            component: *component,
            health: if in_maintenance(&incidents, *component, now) { Health::Maintenance } else { recent.get(component).map_or(Health::Major, Health::of) },
            days: (today - DAYS + 1..=today).map(|day| days.get(&(*component, day)).copied()).collect(),
        })
        .collect();
    let target = service.config.uptime_target;
    Ok(Snapshot { taken_at: Some(now), database: true, components, incidents, months: months(&days, target), target })
}

/// Announced work as minutes that count neither way.
fn windows(incidents: &[Incident]) -> Vec<Window> {
    let announced = incidents.iter().filter(|incident| incident.impact == Impact::Maintenance);
    let early = announced.filter(|incident| incident.started_at.seconds_since(incident.created_at) >= ANNOUNCED_SECONDS);
    early.filter_map(|incident| Some(Window { from: incident.started_at.seconds() / 60, until: (incident.scheduled_until?.seconds() + 59) / 60 })).collect()
}

fn in_maintenance(incidents: &[Incident], component: Component, now: Timestamp) -> bool {
    incidents.iter().any(|incident| {
        let running = incident.started_at <= now && incident.scheduled_until.is_some_and(|until| now < until) && !incident.stage.is_over();
        running && incident.components.contains(&component)
    })
}

/// The uptime of every component by the day: those summed up, and those still known by the minute. The minute that runs is left out.
async fn days(connection: &mut Connection, now: i64, windows: &[Window]) -> Result<BTreeMap<(Component, i64), Uptime>, StoreError> {
    let mut days = BTreeMap::new();
    for day in store::status::days_since(connection, day_of(now) - DAYS + 1).await? {
        days.insert((day.component, day.day), Uptime { up: day.up, down: day.down });
    }
    let Some(first) = store::status::first_minute(connection).await? else { return Ok(days) };
    for day in day_of(first)..=day_of(now) {
        for (component, uptime) in day_by_the_minute(connection, day, first, now, windows).await? {
            days.entry((component, day)).or_insert(uptime);
        }
    }
    Ok(days)
}

async fn day_by_the_minute(connection: &mut Connection, day: i64, first: i64, now: i64, windows: &[Window]) -> Result<Vec<(Component, Uptime)>, StoreError> {
    let (from, until) = ((day * MINUTES_PER_DAY).max(first), ((day + 1) * MINUTES_PER_DAY).min(now));
    let counted = outside(windows, from, until);
    let up: BTreeMap<_, _> = store::status::minutes_up(connection, from, until).await?.into_iter().collect();
    let of = |component: Component| {
        let up = up.get(&component).copied().unwrap_or_default();
        (component, Uptime { up, down: (counted - up).max(0) })
    };
    Ok(Component::ALL.iter().map(|component| of(*component)).collect())
}

/// The verify endpoint's months, the latest first.
fn months(days: &BTreeMap<(Component, i64), Uptime>, target: i64) -> Vec<Month> {
    let mut months = BTreeMap::<String, Uptime>::new();
    for ((component, day), uptime) in days {
        if let (Component::Verify, Some(date)) = (*component, date_of(*day)) {
            let month = months.entry(format!("{:04}-{:02}", date.year(), date.month())).or_default();
            *month = month.plus(*uptime);
        }
    }
    months.into_iter().rev().map(|(name, uptime)| Month { name, uptime, credit: uptime.credit(target) }).collect()
}

/// The calendar day of a number of days since the epoch.
pub(super) fn date_of(day: i64) -> Option<jiff::civil::Date> {
    Some(jiff::Timestamp::from_second(day.checked_mul(24 * 3_600)?).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// Sums up the days that are over and no longer needed by the minute.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn sum_up(service: &Service) -> Result<(), StoreError> {
    let minute = minute_of(service.clock.now());
    let keep_from = day_of(minute) - DAYS_BY_THE_MINUTE + 1;
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                let Some(first) = store::status::first_minute(connection).await? else { return Ok(()) };
                let incidents = store::incidents::since(connection, Timestamp::from_seconds(first * 60).map_err(|_| StoreError::Corrupt("minute"))?).await?;
                let windows = windows(&incidents);
                for day in day_of(first)..keep_from {
                    for (component, Uptime { up, down }) in day_by_the_minute(connection, day, first, minute, &windows).await? {
                        store::status::insert_day(connection, &Day { component, day, up, down }).await?;
                    }
                }
                store::status::forget_minutes(connection, keep_from * MINUTES_PER_DAY).await.map(drop)
            })
        })
        .await
}
