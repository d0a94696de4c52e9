//! Learning from outcomes: a correction of the modelled risk, proposed as a new model version and never put in force by itself.
//!
//! Only mature outcomes count: a loan granted long enough ago for its outcome to be known. Young loans have mostly not had the time to
//! go bad, and loans that went bad early are known early; counting either alone would bend the result. Outcomes are gathered by cohort
//! (quarter of the grant) and corridor. A corridor's newest cohorts that together hold [`ISOTONIC_FROM`] bad outcomes, or all of its
//! cohorts, decide its correction: a shift of the log-odds below [`PLATT_FROM`] bad outcomes, Platt's two parameters below
//! [`ISOTONIC_FROM`], isotonic regression from there. A corridor with too few uses the correction over all corridors.

pub mod outcomes;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::Model;
use super::numbers::{log_odds, logistic, mean};
use crate::derive::material::days_between;

/// Bad outcomes below which, and good ones below which, nothing is corrected.
const LEAST: usize = 10;
/// Bad outcomes from which the slope is fitted too.
const PLATT_FROM: usize = 50;
/// Bad outcomes from which the shape is free.
const ISOTONIC_FROM: usize = 200;
/// Parts of the check by cross-validation.
const FOLDS: usize = 5;

/// How something a credential stood for went.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Name of the model that judged.
    pub model_version: String,
    /// As `KE-GB`.
    pub corridor: String,
    /// When the institution granted.
    pub granted_on: Date,
    /// When the outcome was last looked at.
    pub observed_on: Date,
    /// The probability of staying stable that was signed, 0 to 1.
    pub stable_probability: f64,
    /// Defaulted or delinquent.
    pub bad: bool,
}

/// A correction of log-odds, for one corridor or for all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// As `KE-GB`; all corridors without one of their own when absent.
    pub corridor: Option<String>,
    /// First and last cohort it was learnt from, as `2026-Q1`.
    pub cohorts: (String, String),
    /// Mature outcomes.
    pub outcomes: usize,
    /// How many of them were bad.
    pub bad: usize,
    /// The correction.
    pub map: Map,
}

/// From modelled to corrected log-odds of the bad outcome; never falling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Map {
    /// `log-odds + shift`.
    Intercept {
        /// Log-odds.
        shift: f64,
    },
    /// `slope · log-odds + shift` (Platt 1999), the slope positive.
    Platt {
        /// Above 0.
        slope: f64,
        /// Log-odds.
        shift: f64,
    },
    /// Straight lines between points, from modelled to corrected log-odds; level beyond the ends.
    Isotonic {
        /// Ascending in both.
        points: Vec<(f64, f64)>,
    },
}

/// One cohort of one corridor.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// As `2026-Q1`.
    pub cohort: String,
    /// As `KE-GB`.
    pub corridor: String,
    /// Mature outcomes.
    pub outcomes: usize,
    /// Of them bad.
    pub bad: usize,
    /// Bad outcomes the model expected.
    pub expected: f64,
}

/// What the outcomes say, and the model they lead to.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The proposed model; nothing uses it until an operator decides so.
    pub model: Model,
    /// Every cohort of every corridor.
    pub cells: Vec<Cell>,
    /// Outcomes left out: too young, or not observed long enough.
    pub immature: usize,
    /// Outcomes left out: judged by another model.
    pub other_models: usize,
    /// Brier score of the mature outcomes as modelled, and corrected with each outcome left out of the correction that judges it.
    pub brier: (f64, f64),
}

/// Why nothing is proposed.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// Wait for more outcomes to mature.
    #[error("{bad} bad and {good} good outcomes of this model are mature; {LEAST} of each are needed: wait, nothing was proposed")]
    TooFew {
        /// Bad ones.
        bad: usize,
        /// Good ones.
        good: usize,
    },
    /// A proposal is a new version: name one that is not in use.
    #[error("a proposal needs a name of its own, not {0}")]
    SameVersion(String),
}

/// What to calibrate with.
#[derive(Debug, Clone)]
pub struct Maturity {
    /// Today.
    pub as_of: Date,
    /// Days after the grant from which an outcome is mature.
    pub days: i32,
}

/// Proposes `version`: `model` with corrections learnt from the mature ones of `outcomes`.
///
/// # Errors
/// [`CalibrationError`].
pub fn propose(model: &Model, version: &str, outcomes: &[Outcome], maturity: &Maturity) -> Result<Proposal, CalibrationError> {
    if version == model.version || version.trim().is_empty() {
        return Err(CalibrationError::SameVersion(model.version.clone()));
    }
    let (own, others): (Vec<&Outcome>, Vec<&Outcome>) = outcomes.iter().partition(|outcome| outcome.model_version == model.version);
    let (mature, immature): (Vec<&Outcome>, Vec<&Outcome>) = own.into_iter().partition(|outcome| is_mature(outcome, maturity));
    let bad = mature.iter().filter(|outcome| outcome.bad).count();
    if bad < LEAST || mature.len() - bad < LEAST {
        return Err(CalibrationError::TooFew { bad, good: mature.len() - bad });
    }
    let corrections = learn(&mature);
    let risk = |outcome: &Outcome| log_odds(1.0 - outcome.stable_probability);
    let square = |probability: f64, outcome: &Outcome| (probability - f64::from(u8::from(outcome.bad))).powi(2);
    let before = mean(&mature.iter().map(|outcome| square(1.0 - outcome.stable_probability, outcome)).collect::<Vec<_>>());
    let mut after = Vec::new();
    for fold in 0..FOLDS {
        let (judged, learnt): (Vec<_>, Vec<_>) = mature.iter().copied().enumerate().partition(|(place, _)| place % FOLDS == fold);
        let learnt = learn(&learnt.into_iter().map(|(_, outcome)| outcome).collect::<Vec<_>>());
        after.extend(judged.into_iter().map(|(_, outcome)| {
            let corrected = Correction::choose(&learnt, Some(&outcome.corridor)).map_or(risk(outcome), |correction| correction.apply(risk(outcome)));
            square(logistic(corrected), outcome)
        }));
    }
    let proposed = Model { version: version.to_owned(), corrections, ..model.clone() };
    Ok(Proposal { model: proposed, cells: cells(&mature), immature: immature.len(), other_models: others.len(), brier: (before, mean(&after)) })
}

fn is_mature(outcome: &Outcome, maturity: &Maturity) -> bool {
    let old_enough = days_between(outcome.granted_on, maturity.as_of) >= maturity.days;
    old_enough && (outcome.bad || days_between(outcome.granted_on, outcome.observed_on) >= maturity.days)
}

fn cohort(outcome: &Outcome) -> String {
    format!("{}-Q{}", outcome.granted_on.year(), (outcome.granted_on.month() - 1) / 3 + 1)
}

fn cells(mature: &[&Outcome]) -> Vec<Cell> {
    let mut found: BTreeMap<(String, String), Vec<&Outcome>> = BTreeMap::new();
    for outcome in mature {
        found.entry((cohort(outcome), outcome.corridor.clone())).or_default().push(outcome);
    }
    let cell = |((cohort, corridor), members): ((String, String), Vec<&Outcome>)| Cell {
        cohort,
        corridor,
        outcomes: members.len(),
        bad: members.iter().filter(|outcome| outcome.bad).count(),
        expected: members.iter().map(|outcome| 1.0 - outcome.stable_probability).sum(),
    };
    found.into_iter().map(cell).collect()
}

/// A correction over all corridors, and one for each that has enough outcomes of its own.
fn learn(mature: &[&Outcome]) -> Vec<Correction> {
    let mut corridors: Vec<&str> = mature.iter().map(|outcome| outcome.corridor.as_str()).collect();
    corridors.sort_unstable();
    corridors.dedup();
    let own = corridors.iter().filter_map(|corridor| {
        let members: Vec<&Outcome> = mature.iter().copied().filter(|outcome| outcome.corridor == *corridor).collect();
        correction(Some((*corridor).to_owned()), members)
    });
    correction(None, mature.to_vec()).into_iter().chain(own).collect()
}

fn correction(corridor: Option<String>, mut members: Vec<&Outcome>) -> Option<Correction> {
    members.sort_by_key(|outcome| std::cmp::Reverse(cohort(outcome)));
    let mut bad = 0;
    let mut used: Vec<&Outcome> = Vec::new();
    for outcome in members {
        if bad >= ISOTONIC_FROM && used.last().is_some_and(|last| cohort(last) != cohort(outcome)) {
            break;
        }
        bad += usize::from(outcome.bad);
        used.push(outcome);
    }
    if bad < LEAST || used.len() - bad < LEAST {
        return None;
    }
    let pairs: Vec<(f64, f64)> = used.iter().map(|outcome| (log_odds(1.0 - outcome.stable_probability), f64::from(u8::from(outcome.bad)))).collect();
    let map = match bad {
        ..PLATT_FROM => Map::Intercept { shift: shift(&pairs, 1.0) },
        PLATT_FROM..ISOTONIC_FROM => platt(&pairs),
        _ => Map::Isotonic { points: isotonic(pairs) },
    };
    let cohorts = (used.last().map(|outcome| cohort(outcome))?, used.first().map(|outcome| cohort(outcome))?);
    Some(Correction { corridor, cohorts, outcomes: used.len(), bad, map })
}

/// The shift at which the mean of the corrected probabilities is the mean of the outcomes, by bisection.
fn shift(pairs: &[(f64, f64)], slope: f64) -> f64 {
    let excess = |shift: f64| pairs.iter().map(|(risk, bad)| logistic(slope * risk + shift) - bad).sum::<f64>();
    let (mut low, mut high) = (-20.0, 20.0);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if excess(middle) > 0.0 { high = middle } else { low = middle }
    }
    f64::midpoint(low, high)
}

/// The slope by golden-section search over the likelihood, each with its best shift.
fn platt(pairs: &[(f64, f64)]) -> Map {
    let loss = |slope: f64| {
        let shift = shift(pairs, slope);
        pairs
            .iter()
            .map(|(risk, bad)| {
                let value = slope * risk + shift;
                value.max(0.0) + (-value.abs()).exp().ln_1p() - bad * value
            })
            .sum::<f64>()
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.05, 5.0);
    for _ in 0..60 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if loss(left) < loss(right) { high = right } else { low = left }
    }
    let slope = f64::midpoint(low, high);
    Map::Platt { slope, shift: shift(pairs, slope) }
}

/// Pool adjacent violators (Ayer and others 1955). Each pool's rate is drawn towards the middle by half an outcome of each kind, so that
/// no pool is certain.
fn isotonic(mut pairs: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
    // Sum of risks, bad outcomes, members.
    let mut pools: Vec<(f64, f64, f64)> = Vec::new();
    for (risk, bad) in pairs {
        let mut pool = (risk, bad, 1.0);
        while let Some(last) = pools.pop_if(|last| last.1 / last.2 >= pool.1 / pool.2) {
            pool = (pool.0 + last.0, pool.1 + last.1, pool.2 + last.2);
        }
        pools.push(pool);
    }
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (risks, bad, members) in pools {
        let floor = points.last().map_or(f64::NEG_INFINITY, |(_, last)| *last);
        points.push((risks / members, log_odds((bad + 0.5) / (members + 1.0)).max(floor)));
    }
    points
}

impl Correction {
    /// The corridor's own correction, else the one for all.
    pub(super) fn choose<'a>(corrections: &'a [Self], corridor: Option<&str>) -> Option<&'a Self> {
        let own = corrections.iter().find(|correction| correction.corridor.is_some() && correction.corridor.as_deref() == corridor);
        own.or_else(|| corrections.iter().find(|correction| correction.corridor.is_none()))
    }

    /// Corrected log-odds.
    pub(super) fn apply(&self, log_odds: f64) -> f64 {
        match &self.map {
            Map::Intercept { shift } => log_odds + shift,
            Map::Platt { slope, shift } => slope * log_odds + shift,
            Map::Isotonic { points } => {
                let above = points.partition_point(|(from, _)| *from < log_odds);
                match (above.checked_sub(1).and_then(|below| points.get(below)), points.get(above)) {
                    (Some((from, low)), Some((to, high))) => low + (high - low) * (log_odds - from) / (to - from),
                    (Some((_, only)), None) | (None, Some((_, only))) => *only,
                    (None, None) => log_odds,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
