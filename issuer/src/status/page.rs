//! The status page and its feed, from the picture in memory: they need no database.

use askama::Template;

use super::component::Health;
use super::incident::Incident;
use super::json::indicator;
use super::snapshot::{ComponentPicture, DAYS, Snapshot, date_of};
use super::uptime::{CREDITS, day_of, minute_of};

/// A day of a component as one bar.
pub(super) struct Bar {
    /// Which look it has.
    class: &'static str,
    /// What it says when asked.
    title: String,
}

/// A component as the page shows it.
struct Row {
    name: &'static str,
    description: &'static str,
    health: Health,
    uptime: String,
    bars: Vec<Bar>,
}

/// The page.
#[derive(Template)]
#[template(path = "status.html")]
pub(super) struct Page<'a> {
    indicator: &'static str,
    headline: &'static str,
    checked: String,
    picture: &'a Snapshot,
    rows: Vec<Row>,
    active: Vec<&'a Incident>,
    past: Vec<&'a Incident>,
    target: String,
    credits: [(&'static str, i64); 3],
}

/// The feed of what was said about incidents (Atom, RFC 4287).
#[derive(Template)]
#[template(path = "status_feed.xml")]
pub(super) struct Feed<'a> {
    issuer: &'a str,
    updated: String,
    picture: &'a Snapshot,
}

fn bars(component: &ComponentPicture, today: i64) -> Vec<Bar> {
    let first = today - DAYS + 1;
    let bar = |(offset, day): (i64, &Option<super::uptime::Uptime>)| {
        let date = date_of(first + offset).map_or_else(String::new, |date| date.to_string());
        match day {
            None => Bar { class: "unknown", title: format!("{date}: not measured") },
            Some(uptime) => {
                let class = match uptime.basis_points() {
                    None => "unknown",
                    Some(10_000) => "good",
                    Some(9_900..) => "fair",
                    Some(_) => "poor",
                };
                Bar { class, title: format!("{date}: {} up, {} min down", uptime.percent(), uptime.down) }
            }
        }
    };
    (0..).zip(&component.days).map(bar).collect()
}

impl<'a> Page<'a> {
    pub(super) fn new(picture: &'a Snapshot) -> Self {
        let (indicator, headline) = indicator(picture);
        let today = picture.taken_at.map_or(0, |taken| day_of(minute_of(taken)));
        let row = |component: &ComponentPicture| Row {
            name: component.component.name(),
            description: component.component.description(),
            health: component.health,
            uptime: component.uptime().percent(),
            bars: bars(component, today),
        };
        let (active, past) = picture.incidents.iter().partition(|incident| !incident.stage.is_over());
        Self {
            indicator,
            headline,
            checked: picture.taken_at.map_or_else(|| "not yet".to_owned(), |taken| taken.to_string()),
            picture,
            rows: picture.components.iter().map(row).collect(),
            active,
            past,
            target: format!("{}.{:02} %", picture.target / 100, picture.target % 100),
            credits: CREDITS,
        }
    }
}

impl<'a> Feed<'a> {
    pub(super) fn new(picture: &'a Snapshot, issuer: &'a str) -> Self {
        let newest = picture.incidents.iter().flat_map(|incident| &incident.updates).map(|update| update.created_at).max();
        let updated = newest.or(picture.taken_at).map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |time| time.to_string());
        Self { issuer, updated, picture }
    }
}
