//! Making a model: one fit, and intervals wide enough to hold the true score as often as they say.

use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::features::DEFINITIONS;
use super::fit::{Fit, PENALTY, fit};
use super::model::{Model, Scale, Training, VERSION, Weight};
use super::numbers::{logistic, percentile};

/// Days of history below which nothing is scored; the shortest in the training data is 105.
const LEAST_DAYS: i32 = 90;
/// Share of intervals meant to hold the true score.
const LEVEL: f64 = 0.90;
/// Simulated sets of outcomes from which the intervals' width is found.
const SIMULATIONS: usize = 200;
const SEED: u64 = 1993;

/// A loan to learn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// When it was granted.
    pub(super) granted_on: Date,
    /// Every candidate feature, in the order of their definitions.
    pub(super) values: Vec<f64>,
    /// 1 for defaulted or in debt, else 0.
    pub(super) bad: f64,
    /// For audits of fairness only.
    pub(super) is_woman: Option<bool>,
    /// Years at the grant; for audits of fairness only.
    pub(super) age: Option<u32>,
}

/// There is nothing to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{loans} loans with a known outcome and transactions before them, {bad} of them bad; at least 10 good and 10 bad ones are needed")]
pub struct TooFewExamples {
    /// Loans.
    pub loans: usize,
    /// Bad ones.
    pub bad: usize,
}

/// Trains the scorecard on `examples`; the same examples give the same model.
///
/// # Errors
/// [`TooFewExamples`].
pub fn train(examples: &[Example]) -> Result<Model, TooFewExamples> {
    enough(examples)?;
    let (rows, bad) = parts(examples);
    let found = fit(&rows, &bad, PENALTY);
    let chosen = chosen(&found);
    let covariance = found.covariance(&rows, &chosen).unwrap_or_else(|| vec![vec![0.0; chosen.len() + 1]; chosen.len() + 1]);
    let weight = |position: &usize| {
        let definition = DEFINITIONS.get(*position)?;
        let meaning = definition.meaning.trim().to_owned();
        Some(Weight { feature: definition.feature, days: definition.days, meaning, coefficient: *found.coefficients.get(*position)? })
    };
    Ok(Model {
        version: VERSION.to_owned(),
        training: Training {
            command: "passid score train --format berka --dir DIR --out FILE".to_owned(),
            data: "Berka (PKDD'99 discovery challenge): loans granted 1993 to 1996, transactions before each loan; bad is status B or D".to_owned(),
            loans: examples.len(),
            bad: bad_count(examples),
            method: "logistic regression with coefficients of at least 0; lasso and ridge on standardised features".to_owned(),
            penalty: PENALTY,
        },
        scale: Scale::FIRST,
        least_days: LEAST_DAYS,
        intercept: found.intercept,
        features: chosen.iter().filter_map(weight).collect(),
        interval_level: LEVEL,
        interval_width: interval_width(&found, &rows, SEED),
        covariance,
        corrections: Vec::new(),
    })
}

/// Refuses examples nothing can be learnt from.
pub(super) fn enough(examples: &[Example]) -> Result<(), TooFewExamples> {
    let bad = bad_count(examples);
    if bad < 10 || examples.len() - bad < 10 { Err(TooFewExamples { loans: examples.len(), bad }) } else { Ok(()) }
}

/// Features and outcomes apart.
pub(super) fn parts(examples: &[Example]) -> (Vec<Vec<f64>>, Vec<f64>) {
    examples.iter().map(|example| (example.values.clone(), example.bad)).unzip()
}

/// Positions of the features with a coefficient.
pub(super) fn chosen(fit: &Fit) -> Vec<usize> {
    fit.coefficients.iter().enumerate().filter(|(_, coefficient)| **coefficient > 1e-6).map(|(position, _)| position).collect()
}

fn bad_count(examples: &[Example]) -> usize {
    examples.iter().filter(|example| example.bad > 0.5).count()
}

/// Distances, in standard errors, between what refits on simulated outcomes say of each loan and the truth they were simulated from.
///
/// The outcomes are drawn from `truth`, so that the true log-odds are known; each refit chooses its own features.
pub(super) fn simulated_distances(truth: &Fit, rows: &[Vec<f64>], seed: u64, simulations: usize) -> Vec<f64> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut distances = Vec::new();
    for _ in 0..simulations {
        let bad: Vec<f64> = rows.iter().map(|row| if random.random::<f64>() < logistic(truth.log_odds(row)) { 1.0 } else { 0.0 }).collect();
        let found = fit(rows, &bad, PENALTY);
        let chosen = chosen(&found);
        let Some(covariance) = found.covariance(rows, &chosen) else { continue };
        for row in rows {
            let design: Vec<f64> = std::iter::once(1.0).chain(chosen.iter().map(|position| row[*position])).collect();
            let variance: f64 =
                covariance.iter().zip(&design).map(|(line, one)| one * line.iter().zip(&design).map(|(cell, other)| cell * other).sum::<f64>()).sum();
            distances.push((found.log_odds(row) - truth.log_odds(row)).abs() / variance.max(1e-12).sqrt());
        }
    }
    distances
}

fn interval_width(truth: &Fit, rows: &[Vec<f64>], seed: u64) -> f64 {
    percentile(&simulated_distances(truth, rows, seed, SIMULATIONS), LEVEL)
}
