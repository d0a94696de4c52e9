//! How verified applicants did, and how predictions held: rates with their intervals, small groups left unsaid.

use askama::Template;
use axum::extract::State;

use passid_api::outcome::{Cohort, OutcomeGroup};

use crate::outcome::cohort;
use crate::service::Service;

use super::chart::{self, Interval, Prediction};
use super::page::{Frame, Page, show};
use super::pages::Pages;
use super::visit::Visit;

pub(super) fn routes() -> Pages {
    Pages::new().get("/dashboard/{environment}/performance", performance)
}

/// Share of a group that kept to what was agreed is what its outcomes add up to; here each outcome is a line of its own.
struct Line {
    outcome: &'static str,
    count: u32,
    rate: String,
    interval: String,
}

struct Group {
    name: String,
    n: u32,
    suppressed: bool,
    lines: Vec<Line>,
    chart: String,
}

/// A tenth of the predicted probability.
struct Bin {
    range: String,
    n: u32,
    /// Predicted, observed, interval; none when there are too few.
    rates: Option<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "dashboard/performance.html")]
struct Performance {
    frame: Frame,
    cohort: Cohort,
    by: [(&'static str, Vec<Group>); 2],
    bins: Vec<Bin>,
    plot: Option<String>,
    brier: Option<String>,
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn group(by: &str, group: OutcomeGroup) -> Group {
    let id = format!("{by}-{}", group.group);
    let interval = |rate: &passid_api::outcome::OutcomeRate| Interval {
        name: rate.outcome.as_str().replace('_', " "),
        value: rate.rate.rate,
        low: rate.rate.low,
        high: rate.rate.high,
    };
    let drawn: Vec<_> = group.outcomes.iter().map(interval).collect();
    let chart = if group.suppressed { String::new() } else { chart::intervals(&id, &format!("Outcomes of {} with 95 % intervals", group.group), &drawn) };
    let lines = group.outcomes.iter().map(|rate| Line {
        outcome: rate.outcome.as_str(),
        count: rate.rate.count,
        rate: percent(rate.rate.rate),
        interval: format!("{} to {}", percent(rate.rate.low), percent(rate.rate.high)),
    });
    Group { name: group.group, n: group.n, suppressed: group.suppressed, lines: lines.collect(), chart }
}

async fn performance(State(service): State<Service>, visit: Visit) -> Page {
    let cohort = cohort::count(&mut service.store.reader().await?, visit.institution.id, visit.environment, service.clock.now()).await?;
    let groups = |by: &'static str, all: &[OutcomeGroup]| all.iter().cloned().map(|one| group(by, one)).collect::<Vec<_>>();
    let bins = cohort.calibration.bins.iter().map(|bin| Bin {
        range: format!("{:.0} to {:.0} %", bin.from * 100.0, bin.to * 100.0),
        n: bin.n,
        rates: bin
            .predicted
            .zip(bin.observed)
            .map(|(predicted, observed)| (percent(predicted), percent(observed.rate), format!("{} to {}", percent(observed.low), percent(observed.high)))),
    });
    let predictions: Vec<Prediction> = cohort
        .calibration
        .bins
        .iter()
        .filter_map(|bin| bin.predicted.zip(bin.observed))
        .map(|(predicted, observed)| Prediction {
            predicted,
            observed: Interval { name: String::new(), value: observed.rate, low: observed.low, high: observed.high },
        })
        .collect();
    let plot = (!predictions.is_empty()).then(|| chart::calibration("calibration-title", "Predicted stability against what was observed", &predictions));
    show(&Performance {
        frame: Frame::new(&service, &visit, "performance"),
        by: [("tier", groups("tier", &cohort.by_tier)), ("coverage", groups("coverage", &cohort.by_coverage))],
        bins: bins.collect(),
        plot,
        brier: cohort.calibration.brier_score.map(|score| format!("{score:.3}")),
        cohort,
    })
}
