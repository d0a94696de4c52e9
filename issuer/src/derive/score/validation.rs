//! How good a model is, measured on loans it has not seen.
//!
//! Each repeat deals the loans into five parts with the same share of bad ones; each part is judged by a model trained on the other
//! four. Training chooses features and coefficients anew each time, so that what was chosen is part of what is measured.

use jiff::civil::Date;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::fairness::{self, Fairness};
use super::fit::{PENALTY, fit};
use super::model::Model;
use super::numbers::{count_as_float, log_odds, logistic, mean, standard_deviation};
use super::train::{Example, TooFewExamples, enough, parts, simulated_distances};

/// Parts of one repeat, and repeats.
const FOLDS: usize = 5;
const REPEATS: usize = 10;
/// Simulated sets of outcomes on which the coverage is measured.
const SIMULATIONS: usize = 40;
/// Seed of the first repeat; the others follow it.
const SEED: u64 = 0;
/// Bins of the reliability table, with equal numbers of loans.
const BINS: usize = 10;
/// First day of the loans that a model trained on the loans before it judges.
const LATER_FROM: Date = jiff::civil::date(1996, 1, 1);

/// What was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    /// Loans, and bad ones among them.
    pub loans: usize,
    /// Bad ones.
    pub bad: usize,
    /// Area under the receiver operating characteristic: mean over the repeats, and its standard deviation.
    pub auc: (f64, f64),
    /// Mean squared error of the probability: mean over the repeats, and its standard deviation.
    pub brier: (f64, f64),
    /// Brier score of always guessing the mean.
    pub base_brier: f64,
    /// Mean distance between said and observed in equal bins, of the mean prediction of each loan.
    pub calibration_error: f64,
    /// The reliability table, safest first.
    pub bins: Vec<Bin>,
    /// Loans in each tier, A to D, with the bad ones among them; by mean prediction.
    pub tiers: [(usize, usize); 4],
    /// Trained on the earlier loans, judged on the later ones: loans, bad ones, AUC, Brier. Absent when one side has too few.
    pub later: Option<(usize, usize, f64, f64)>,
    /// Share of intervals that hold the true score in a simulation other than the one that set their width.
    pub coverage: f64,
    /// The share they are meant to hold.
    pub coverage_meant: f64,
    /// Approval by group at each tier cut.
    pub fairness: Vec<Fairness>,
}

/// Loans with similar predictions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// How many.
    pub loans: usize,
    /// Of them bad.
    pub bad: usize,
    /// Mean predicted probability of a bad outcome.
    pub predicted: f64,
    /// 90 % Wilson interval of the observed share.
    pub observed_between: (f64, f64),
}

/// Validates the training that made `model` from `examples`; the same examples give the same figures.
///
/// # Errors
/// [`TooFewExamples`].
pub fn validate(model: &Model, examples: &[Example]) -> Result<Validation, TooFewExamples> {
    enough(examples)?;
    let (rows, bad) = parts(examples);
    let repeats: Vec<Vec<f64>> = (0..REPEATS).map(|repeat| out_of_fold(&rows, &bad, SEED + repeat as u64)).collect();
    let spread = |measure: &dyn Fn(&[f64], &[f64]) -> f64| {
        let found: Vec<f64> = repeats.iter().map(|predicted| measure(predicted, &bad)).collect();
        (mean(&found), standard_deviation(&found))
    };
    let averaged: Vec<f64> = (0..bad.len()).map(|loan| mean(&repeats.iter().map(|predicted| predicted[loan]).collect::<Vec<_>>())).collect();
    let scores: Vec<u16> = averaged.iter().map(|probability| model.scale.score(log_odds(*probability))).collect();
    let bins = bins(&averaged, &bad);
    let base = mean(&bad);
    let distances = simulated_distances(&fit(&rows, &bad, PENALTY), &rows, SEED + 1_000, SIMULATIONS);
    Ok(Validation {
        loans: bad.len(),
        bad: model.training.bad,
        auc: spread(&auc),
        brier: spread(&brier),
        base_brier: base * (1.0 - base),
        calibration_error: bins.iter().map(|bin| count_as_float(bin.loans) * (bin.predicted - bin.observed()).abs()).sum::<f64>() / count_as_float(bad.len()),
        bins,
        tiers: tiers(&scores, &bad),
        later: later(examples),
        coverage: mean(&distances.iter().map(|distance| f64::from(u8::from(*distance <= model.interval_width))).collect::<Vec<_>>()),
        coverage_meant: model.interval_level,
        fairness: fairness::audit(examples, &scores),
    })
}

/// The prediction for each row by a fit on the parts it is not in.
fn out_of_fold(rows: &[Vec<f64>], bad: &[f64], seed: u64) -> Vec<f64> {
    let fold = stratified(bad, seed);
    let mut predicted = vec![0.0; bad.len()];
    for held_out in 0..FOLDS {
        let learn: Vec<usize> = (0..bad.len()).filter(|place| fold[*place] != held_out).collect();
        let found =
            fit(&learn.iter().map(|place| rows[*place].clone()).collect::<Vec<_>>(), &learn.iter().map(|place| bad[*place]).collect::<Vec<_>>(), PENALTY);
        for place in (0..bad.len()).filter(|place| fold[*place] == held_out) {
            predicted[place] = logistic(found.log_odds(&rows[place]));
        }
    }
    predicted
}

/// Deals good and bad ones apart, so that every part has its share of both.
fn stratified(bad: &[f64], seed: u64) -> Vec<usize> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut folds = vec![0; bad.len()];
    let mut dealt = 0;
    for is_bad in [true, false] {
        let mut places: Vec<usize> = (0..bad.len()).filter(|place| (bad[*place] > 0.5) == is_bad).collect();
        places.shuffle(&mut random);
        for place in places {
            folds[place] = dealt % FOLDS;
            dealt += 1;
        }
    }
    folds
}

fn later(examples: &[Example]) -> Option<(usize, usize, f64, f64)> {
    let (later, earlier): (Vec<Example>, Vec<Example>) = examples.iter().cloned().partition(|example| example.granted_on >= LATER_FROM);
    enough(&earlier).and_then(|()| enough(&later)).ok()?;
    let ((rows, bad), (seen, seen_bad)) = (parts(&later), parts(&earlier));
    let found = fit(&seen, &seen_bad, PENALTY);
    let predicted: Vec<f64> = rows.iter().map(|row| logistic(found.log_odds(row))).collect();
    Some((bad.len(), bad.iter().filter(|bad| **bad > 0.5).count(), auc(&predicted, &bad), brier(&predicted, &bad)))
}

/// Probability that a bad one is predicted worse than a good one; ties count half. Not a number when one kind is missing.
pub fn auc(predicted: &[f64], bad: &[f64]) -> f64 {
    let of = |wanted: bool| predicted.iter().zip(bad).filter(move |(_, bad)| (**bad > 0.5) == wanted).map(|(predicted, _)| *predicted);
    let (mut won, mut pairs) = (0.0, 0.0);
    for worse in of(true) {
        for better in of(false) {
            pairs += 1.0;
            won += if worse > better {
                1.0
            } else if worse < better {
                0.0
            } else {
                0.5
            };
        }
    }
    won / pairs
}

/// Mean squared error.
pub fn brier(predicted: &[f64], bad: &[f64]) -> f64 {
    mean(&predicted.iter().zip(bad).map(|(predicted, bad)| (predicted - bad).powi(2)).collect::<Vec<_>>())
}

fn bins(predicted: &[f64], bad: &[f64]) -> Vec<Bin> {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by(|one, other| predicted[*one].total_cmp(&predicted[*other]));
    (0..BINS)
        .map(|bin| &order[bin * order.len() / BINS..(bin + 1) * order.len() / BINS])
        .filter(|members| !members.is_empty())
        .map(|members| {
            let count = members.iter().filter(|place| bad[**place] > 0.5).count();
            let predicted = mean(&members.iter().map(|place| predicted[*place]).collect::<Vec<_>>());
            Bin { loans: members.len(), bad: count, predicted, observed_between: wilson(count, members.len()) }
        })
        .collect()
}

impl Bin {
    /// Share of bad ones.
    pub fn observed(&self) -> f64 {
        count_as_float(self.bad) / count_as_float(self.loans.max(1))
    }
}

/// Wilson's 90 % score interval (Wilson 1927).
fn wilson(count: usize, of: usize) -> (f64, f64) {
    let (share, size, z) = (count_as_float(count) / count_as_float(of), count_as_float(of), 1.644_854);
    let centre = (share + z * z / (2.0 * size)) / (1.0 + z * z / size);
    let reach = z / (1.0 + z * z / size) * (share * (1.0 - share) / size + z * z / (4.0 * size * size)).sqrt();
    ((centre - reach).max(0.0), (centre + reach).min(1.0))
}

fn tiers(scores: &[u16], bad: &[f64]) -> [(usize, usize); 4] {
    let mut found = [(0, 0); 4];
    for (score, bad) in scores.iter().zip(bad) {
        let tier = &mut found[match score {
            780.. => 0,
            700..=779 => 1,
            620..=699 => 2,
            _ => 3,
        }];
        *tier = (tier.0 + 1, tier.1 + usize::from(*bad > 0.5));
    }
    found
}
