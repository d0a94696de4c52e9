//! The first page: how much was verified, where people stop, what is refused, how webhooks fare, what is left before going live.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use passid_api::api_key::KeyKind;
use passid_api::environment::Environment;
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;

use crate::service::Service;
use crate::store::dashboard::{self as table, DayCount, DeliveryCounts, Funnel};
use crate::store::history::{self, HistoryFilter};
use crate::store::{Connection, StoreError, institutions, webhooks};

use super::chart::{self, Column};
use super::page::{Frame, Page, readable, show};
use super::pages::Pages;
use super::visit::Visit;

const DAY: i64 = 86_400;
/// Sessions whose duration is looked at, at most.
const SAMPLE: u32 = 1_000;
/// Keys looked at for the checklist.
const MAX_KEYS: u32 = 100;

pub(super) fn routes() -> Pages {
    Pages::new().get("/dashboard/{environment}", overview)
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    days: String,
}

/// A line of the go-live checklist.
struct Step {
    done: bool,
    what: &'static str,
    section: &'static str,
}

/// A day of the chart and of the table behind it.
struct Day {
    name: String,
    accepted: u32,
    refused: u32,
}

/// A number with its share of a whole.
struct Share {
    name: &'static str,
    n: u32,
    percent: String,
}

impl Share {
    fn new(name: &'static str, n: u32, of: u32) -> Self {
        let percent = if of == 0 { "–".to_owned() } else { format!("{} %", u64::from(n) * 100 / u64::from(of)) };
        Self { name, n, percent }
    }
}

#[derive(Template)]
#[template(path = "dashboard/overview.html")]
struct Overview {
    frame: Frame,
    days: i64,
    total: u32,
    results: [Share; 2],
    volume: String,
    by_day: Vec<Day>,
    funnel: [Share; 5],
    /// Seconds within which half, and 95 of 100, sessions led to a verification.
    times: Option<(String, String)>,
    denials: Vec<(DenyReason, u32)>,
    deliveries: DeliveryCounts,
    endpoints: usize,
    failing: usize,
    steps: Vec<Step>,
    left: usize,
}

/// The value below which `percent` of the sorted values lie (nearest rank).
fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// A duration as people say it.
fn spoken(seconds: i64) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// Every day of the period, also those on which nothing happened.
fn every_day(counts: &[DayCount], first: i64, days: i64) -> Vec<Day> {
    let found: BTreeMap<i64, &DayCount> = counts.iter().map(|count| (count.day, count)).collect();
    let name = |day: i64| Timestamp::from_seconds(day * DAY).map_or_else(|_| String::new(), |time| readable(&time).chars().take(10).collect());
    let line = |day: i64| {
        let count = found.get(&day);
        Day { name: name(day), accepted: count.map_or(0, |count| count.accepted), refused: count.map_or(0, |count| count.refused) }
    };
    (first..first + days).map(line).collect()
}

/// What is left: open for everybody who integrates, in the order in which it is done.
async fn steps(connection: &mut Connection, visit: &Visit) -> Result<Vec<Step>, StoreError> {
    let institution = visit.institution.id;
    let keys = institutions::list_keys(connection, institution, MAX_KEYS).await?;
    let used = |environment, kind| keys.iter().any(|key| key.environment == environment && key.kind == kind && key.last_used_at.is_some());
    let endpoints = webhooks::list_endpoints(connection, institution).await?;
    let live_endpoint = endpoints.iter().any(|endpoint| endpoint.environment == Environment::Live && endpoint.enabled);
    let origins = institutions::list_origins(connection, institution).await?;
    let accepted = HistoryFilter { credential_valid: Some(true), ..HistoryFilter::all(Environment::Sandbox) };
    let verified = !history::list(connection, institution, &accepted, None, 1).await?.is_empty();
    Ok(vec![
        Step { done: verified, what: "Verify a sandbox token", section: "/try" },
        Step { done: used(Environment::Sandbox, KeyKind::Secret), what: "Call the API with the sandbox’s secret key", section: "/keys" },
        Step { done: origins.iter().any(|row| row.environment == Environment::Live), what: "Register the origins of your live pages", section: "/keys" },
        Step { done: live_endpoint, what: "Register a live webhook endpoint", section: "/webhooks" },
        Step { done: visit.institution.live_enabled, what: "Have the workspace approved by the operator", section: "" },
        Step { done: used(Environment::Live, KeyKind::Secret), what: "Call the API with the live secret key", section: "/keys" },
    ])
}

async fn overview(State(service): State<Service>, visit: Visit, Query(which): Query<Which>) -> Page {
    let days = if which.days == "30" { 30 } else { 7 };
    let (institution, environment, now) = (visit.institution.id, visit.environment, service.clock.now());
    let first = now.seconds() / DAY - days + 1;
    let since = now.plus_seconds(first * DAY - now.seconds());
    let mut reader = service.store.reader().await?;
    let by_day = every_day(&table::by_day(&mut reader, institution, environment, since).await?, first, days);
    let funnel = table::funnel(&mut reader, institution, environment, since, now).await?;
    let times = table::times_to_verify(&mut reader, institution, environment, since, SAMPLE).await?;
    let denials = table::denials(&mut reader, institution, environment, since).await?;
    let deliveries = table::deliveries(&mut reader, institution, environment, since).await?;
    let endpoints = webhooks::list_endpoints(&mut reader, institution).await?;
    let steps = steps(&mut reader, &visit).await?;
    drop(reader);
    let own: Vec<_> = endpoints.iter().filter(|endpoint| endpoint.environment == environment).collect();
    let failing = own.iter().filter(|endpoint| !endpoint.enabled || endpoint.failing_since.is_some()).count();
    let (accepted, refused) = by_day.iter().fold((0, 0), |(accepted, refused), day| (accepted + day.accepted, refused + day.refused));
    let column = |day: &Day| Column { name: day.name.chars().skip(5).collect(), first: day.accepted, second: day.refused };
    let volume = chart::columns("volume-title", "Verifications by day, accepted below and refused above", &by_day.iter().map(column).collect::<Vec<_>>());
    show(&Overview {
        frame: Frame::new(&service, &visit, ""),
        days,
        total: accepted + refused,
        results: [Share::new("Accepted", accepted, accepted + refused), Share::new("Refused", refused, accepted + refused)],
        volume,
        by_day,
        funnel: shares(&funnel),
        times: percentile(&times, 50).zip(percentile(&times, 95)).map(|(half, most)| (spoken(half), spoken(most))),
        denials,
        deliveries,
        endpoints: own.len(),
        failing,
        left: steps.iter().filter(|step| !step.done).count(),
        steps,
    })
}

fn shares(funnel: &Funnel) -> [Share; 5] {
    let ended = funnel.completed + funnel.declined + funnel.expired;
    [
        Share::new("Created", funnel.created, funnel.created),
        Share::new("Completed", funnel.completed, funnel.created),
        Share::new("Declined", funnel.declined, funnel.created),
        Share::new("Expired", funnel.expired, funnel.created),
        Share::new("Still open", funnel.created.saturating_sub(ended), funnel.created),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!((percentile(&[7], 50), percentile(&[7], 95)), (Some(7), Some(7)));
        let hundred: Vec<i64> = (1..=100).collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 95)), (Some(50), Some(95)));
    }

    #[test]
    fn days_without_verifications_are_shown_too() {
        let days = every_day(&[DayCount { day: 20_529, accepted: 3, refused: 1 }], 20_528, 3);
        let shown: Vec<_> = days.iter().map(|day| (day.name.as_str(), day.accepted, day.refused)).collect();
        assert_eq!(shown, [("2026-03-16", 0, 0), ("2026-03-17", 3, 1), ("2026-03-18", 0, 0)]);
    }

    #[test]
    fn a_duration_is_said_in_minutes_when_it_has_some() {
        assert_eq!((spoken(0), spoken(59), spoken(60), spoken(95)), ("0 s".into(), "59 s".into(), "1 min".into(), "1 min 35 s".into()));
    }
}
