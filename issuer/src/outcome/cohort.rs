//! What outcomes say of verifications, and of the predictions behind them.

use std::collections::BTreeMap;

use passid_api::claims::encoding::Tier;
use passid_api::environment::Environment;
use passid_api::ids::InstitutionId;
use passid_api::outcome::{Calibration, CalibrationBin, Cohort, OutcomeGroup, OutcomeKind, OutcomeRate, Rate};
use passid_api::time::Timestamp;

use crate::store::outcomes::{self as table, OutcomeCount, PredictionCount};
use crate::store::{Connection, StoreError};

/// Groups below this say more about chance than about the group.
pub const MINIMUM_GROUP: u32 = 10;
/// Days after which an outcome counts for calibration: 90 days past due is when a loan counts as defaulted.
pub const MATURE_AFTER_DAYS: u32 = 90;
const SECONDS_PER_DAY: i64 = 86_400;
/// Of the probability's scale.
const WHOLE: f64 = 10_000.0;

/// Counts the institution's outcomes.
///
/// # Errors
/// [`StoreError`].
pub async fn count(connection: &mut Connection, institution: InstitutionId, environment: Environment, now: Timestamp) -> Result<Cohort, StoreError> {
    let counts = table::count_by_group(connection, institution, environment).await?;
    let verified_until = now.plus_seconds(-i64::from(MATURE_AFTER_DAYS) * SECONDS_PER_DAY);
    let predictions = table::count_by_prediction(connection, institution, environment, verified_until, MATURE_AFTER_DAYS).await?;
    let tier = |count: &OutcomeCount| count.score.map_or("unscored", |score| Tier::of_score(score).as_str());
    Ok(Cohort {
        environment,
        generated_at: now,
        n: counts.iter().map(|count| count.n).sum(),
        minimum_group: MINIMUM_GROUP,
        by_tier: groups(&counts, tier),
        by_coverage: groups(&counts, |count| count.coverage.as_str()),
        calibration: calibration(&predictions),
    })
}

fn groups(counts: &[OutcomeCount], name: impl Fn(&OutcomeCount) -> &'static str) -> Vec<OutcomeGroup> {
    let mut groups: BTreeMap<&str, BTreeMap<OutcomeKind, u32>> = BTreeMap::new();
    for count in counts {
        *groups.entry(name(count)).or_default().entry(count.outcome).or_default() += count.n;
    }
    let group = |(group, outcomes): (&str, BTreeMap<OutcomeKind, u32>)| {
        let n: u32 = outcomes.values().sum();
        let suppressed = n < MINIMUM_GROUP;
        let rates = outcomes.into_iter().map(|(outcome, count)| OutcomeRate { outcome, rate: Rate::wilson(count, n) });
        OutcomeGroup { group: group.to_owned(), n, suppressed, outcomes: if suppressed { Vec::new() } else { rates.collect() } }
    };
    groups.into_iter().map(group).collect()
}

/// What is added up over mature outcomes.
#[derive(Default)]
struct Sum {
    n: u32,
    kept: u32,
    predicted: f64,
    squared_error: f64,
}

fn calibration(predictions: &[PredictionCount]) -> Calibration {
    let mut tenths: BTreeMap<u32, Sum> = BTreeMap::new();
    for count in predictions {
        let Some(kept) = count.outcome.kept_agreement() else { continue };
        if !count.outcome.is_final() && !count.observed_long {
            continue;
        }
        let sum = tenths.entry(count.tenth).or_default();
        let (n, total, squares) = (f64::from(count.n), exact(count.sum) / WHOLE, exact(count.sum_of_squares) / (WHOLE * WHOLE));
        sum.n += count.n;
        sum.predicted += total;
        // Σ(p − y)², with y the same for the whole group.
        sum.squared_error += if kept { squares - 2.0 * total + n } else { squares };
        if kept {
            sum.kept += count.n;
        }
    }
    let n: u32 = tenths.values().map(|sum| sum.n).sum();
    let squared_error: f64 = tenths.values().map(|sum| sum.squared_error).sum();
    let bin = |(tenth, sum): (u32, Sum)| {
        let suppressed = sum.n < MINIMUM_GROUP;
        CalibrationBin {
            from: f64::from(tenth) / 10.0,
            to: f64::from(tenth + 1) / 10.0,
            n: sum.n,
            suppressed,
            predicted: (!suppressed).then(|| sum.predicted / f64::from(sum.n)),
            observed: (!suppressed).then(|| Rate::wilson(sum.kept, sum.n)),
        }
    };
    Calibration {
        mature_after_days: MATURE_AFTER_DAYS,
        n,
        brier_score: (n >= MINIMUM_GROUP).then(|| (squared_error / f64::from(n)).max(0.0)),
        bins: tenths.into_iter().map(bin).collect(),
    }
}

/// Sums stay far below 2^53, where whole numbers are exact.
#[expect(clippy::cast_precision_loss, reason = "a sum of fewer than 2^25 squares below 10^8")]
const fn exact(sum: i64) -> f64 {
    sum as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tenth: u32, outcome: OutcomeKind, observed_long: bool, n: u32, probability: i64) -> PredictionCount {
        PredictionCount { tenth, outcome, observed_long, n, sum: probability * i64::from(n), sum_of_squares: probability * probability * i64::from(n) }
    }

    #[test]
    fn only_mature_outcomes_that_say_something_are_compared() {
        let predictions = [
            of(9, OutcomeKind::Repaid, false, 18, 9_000),
            of(9, OutcomeKind::Defaulted, false, 2, 9_000),
            of(9, OutcomeKind::NoDefault, false, 500, 9_000),
            of(9, OutcomeKind::AccountClosed, true, 500, 9_000),
            of(3, OutcomeKind::NoDefault, true, 4, 3_500),
        ];
        let found = calibration(&predictions);
        assert_eq!((found.n, found.bins.len()), (24, 2));
        let (small, large) = (&found.bins[0], &found.bins[1]);
        assert!(small.suppressed && small.observed.is_none() && small.predicted.is_none());
        assert_eq!((large.n, large.observed.unwrap().count), (20, 18));
        assert!((large.predicted.unwrap() - 0.9).abs() < 1e-12);
        // 18 of 0.1², 2 of 0.9², 4 of 0.65².
        let brier = (18.0 * 0.01 + 2.0 * 0.81 + 4.0 * 0.4225) / 24.0;
        assert!((found.brier_score.unwrap() - brier).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let found = calibration(&[]);
        assert_eq!((found.n, found.brier_score, found.bins.len()), (0, None, 0));
    }
}
