//! The financial stability score: a scorecard anybody can recompute.
//!
//! The score is 300 plus the points below, at most 900. The weights follow what credit officers look at and what has been
//! published about cash-flow data (a cushion, steadiness of income and returned payments tell most); they are rules of thumb and are
//! **not calibrated** on outcomes. The interval and the probability are rules of thumb too, and a note on every score says so.
//!
//! | part | points | none at | all at |
//! |---|---|---|---|
//! | steadiness of income: variation of the months | 110 | 0.6 | 0 |
//! | payment reliability | 150 | 0.5 | 1 |
//! | savings consistency | 90 | 0 | 100 |
//! | cushion: lowest balance of 180 days in months of spending | 110 | 0 | 1.5 |
//! | surplus: share of what comes in that stays | 60 | −0.05 | 0.2 |
//! | charges for returned payments in a year | 50 | 5 | 0 |
//! | age of the oldest account, months | 30 | 0 | 36 |
//!
//! A part that is not verified gets [`NEUTRAL`] of its points, except income, which gets none.

use passid_api::claims::Slot;
use passid_api::claims::encoding::{StabilityDetail, Tier};

use super::balances::lowest_recent;
use super::category::Category;
use super::income::Income;
use super::material::Material;
use super::notes::Notes;
use super::payments::Payments;
use super::recurring::median;
use super::savings::Savings;
use crate::bank::data::Direction;

/// Share of its points a part gets when nothing is known.
const NEUTRAL: f64 = 0.4;
/// Days of history below which nothing is scored.
const LEAST_DAYS: i32 = 180;
/// Score at which stable and unstable are [`BASE_ODDS`] to one.
const BASE_SCORE: f64 = 700.0;
const BASE_ODDS: f64 = 20.0;
/// Percent of confidence nothing uncalibrated exceeds.
const MOST_CONFIDENCE: f64 = 85.0;
/// Half the interval's width at full confidence, and what each percent less adds.
const NARROWEST: f64 = 10.0;
/// Points that double the odds.
const POINTS_TO_DOUBLE: f64 = 40.0;

/// What the score is computed from.
pub(super) struct Inputs {
    pub(super) income: Income,
    pub(super) payments: Payments,
    pub(super) savings: Savings,
    pub(super) account_age_months: u64,
}

/// The score and what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Score {
    pub(super) score: u16,
    pub(super) detail: StabilityDetail,
}

struct Part {
    points: f64,
    /// 0 to 1, or unknown.
    share: Option<f64>,
    code: &'static str,
    weak: &'static str,
}

/// Scores, or says why not.
pub(super) fn derive(material: &Material<'_>, inputs: &Inputs, notes: &mut Notes) -> Option<Score> {
    if material.window_days() < LEAST_DAYS || material.months.is_empty() {
        notes.add(Slot::StabilityScore, "too_little_history", "The accounts show less than half a year; a score needs that much.");
        return None;
    }
    let parts = parts(material, inputs);
    let points: f64 = parts.iter().map(|part| part.points * part.share.unwrap_or(NEUTRAL)).sum();
    let score = rounded(300.0 + points, 300, 900);
    let confidence = confidence(material, inputs);
    let half_width = NARROWEST + (100.0 - confidence);
    let odds = BASE_ODDS * ((f64::from(score) - BASE_SCORE) / POINTS_TO_DOUBLE).exp2();
    let detail = StabilityDetail {
        low: rounded(f64::from(score) - half_width, 300, 900),
        high: rounded(f64::from(score) + half_width, 300, 900),
        tier: Tier::of_score(score),
        confidence: u8::try_from(rounded(confidence, 0, 100)).unwrap_or(100),
        stable_probability: rounded(odds / (1.0 + odds) * 10_000.0, 0, 10_000),
    };
    notes.add(Slot::StabilityScore, "uncalibrated", "The score, its range and its probability are rules of thumb, not yet calibrated on outcomes.");
    let mut weakest: Vec<&Part> = parts.iter().filter(|part| part.share.unwrap_or(NEUTRAL) < 0.6).collect();
    weakest.sort_by(|one, other| lost(other).total_cmp(&lost(one)));
    for part in weakest.iter().take(4) {
        notes.add(Slot::StabilityScore, part.code, part.weak);
    }
    Some(Score { score, detail })
}

fn lost(part: &Part) -> f64 {
    part.points * (1.0 - part.share.unwrap_or(NEUTRAL))
}

fn parts(material: &Material<'_>, inputs: &Inputs) -> [Part; 7] {
    let external =
        |direction: Direction| material.by_month(|row| if row.is(direction) && row.category != Category::OwnTransfer { row.transaction.minor } else { 0 });
    let (incoming, outgoing) = (external(Direction::Credit), external(Direction::Debit));
    let (earned, spent) = (as_float(incoming.iter().sum()), as_float(outgoing.iter().sum()));
    let monthly_spending = median(&outgoing.iter().map(|sum| as_float(*sum)).collect::<Vec<_>>()).filter(|spending| *spending > 0.0);
    let cushion = lowest_recent(material, 180).zip(monthly_spending).map(|(lowest, spending)| as_float(lowest) / spending);
    let part = |points, share: Option<f64>, code, weak| Part { points, share: share.map(|share| share.clamp(0.0, 1.0)), code, weak };
    let age = f64::from(u32::try_from(inputs.account_age_months).unwrap_or(u32::MAX));
    [
        part(
            110.0,
            Some(inputs.income.variation.map_or(0.0, |variation| 1.0 - variation / 0.6)),
            "income_unsteady",
            "Income is not verified or varies much from month to month.",
        ),
        part(
            150.0,
            inputs.payments.verified.then(|| (inputs.payments.reliability - 0.5) / 0.5),
            "payments_late",
            "Recurring payments came late, were missed, or are too few to tell.",
        ),
        part(90.0, inputs.savings.verified.then(|| inputs.savings.consistency / 100.0), "savings_irregular", "Little is put aside, or it is taken back."),
        part(110.0, cushion.map(|months| months / 1.5), "thin_cushion", "The lowest balance of the last half year covers little spending."),
        part(
            60.0,
            (earned > 0.0).then(|| ((earned - spent) / earned + 0.05) / 0.25),
            "little_left",
            "Little of what comes in is left at the end of the month.",
        ),
        part(
            50.0,
            Some(1.0 - f64::from(inputs.payments.penalties) / 5.0),
            "returned_payments",
            "The bank charged for returned payments or for being overdrawn.",
        ),
        part(30.0, Some(age / 36.0), "young_account", "The accounts are young."),
    ]
}

/// At most [`MOST_CONFIDENCE`]: half from the length of the history, three tenths from the number of transactions, the rest from how
/// many families are verified.
fn confidence(material: &Material<'_>, inputs: &Inputs) -> f64 {
    let length = (f64::from(material.window_days()) / 365.0).min(1.0);
    let volume = (as_float(i64::try_from(material.rows.len()).unwrap_or(i64::MAX)) / 300.0).min(1.0);
    let verified = [inputs.income.verified, inputs.payments.verified, inputs.savings.verified].into_iter().map(u8::from).sum::<u8>();
    MOST_CONFIDENCE * (0.5 * length + 0.3 * volume + 0.2 * f64::from(verified) / 3.0)
}

fn rounded(value: f64, least: u16, most: u16) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bounds of the result first")]
    let whole = value.round().clamp(f64::from(least), f64::from(most)) as u16;
    whole
}

#[expect(clippy::cast_precision_loss, reason = "sums of money are far below 2^52 minor units, and only ratios count")]
const fn as_float(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use passid_api::claims::encoding::IncomeBand;

    use super::super::testing::{history, monthly, read_at, snapshot};
    use super::*;
    use crate::bank::data::AccountKind;

    fn inputs(variation: Option<f64>, reliability: f64, consistency: f64, penalties: u32) -> Inputs {
        Inputs {
            income: Income { verified: variation.is_some(), monthly_minor: 300_000, variation, band: IncomeBand::new(3_000, 4_000).unwrap() },
            payments: Payments { verified: true, reliability, penalties },
            savings: Savings { verified: true, consistency },
            account_age_months: 60,
        }
    }

    fn score_of(balance: i64, inputs: &Inputs) -> Score {
        let rows = [monthly("2026-11-02", 13, 300_000, "EMPLOYER"), monthly("2026-11-09", 13, -200_000, "LANDLORD")].concat();
        let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", balance, rows)]);
        derive(&Material::prepare(&snapshot, read_at()).unwrap(), inputs, &mut Notes::default()).unwrap()
    }

    #[test]
    fn the_best_is_nine_hundred_and_the_worst_is_near_three_hundred() {
        assert_eq!(score_of(2_000_000, &inputs(Some(0.0), 1.0, 100.0, 0)).score, 900);
        // Account age and surplus stay.
        assert_eq!(score_of(-500_000, &inputs(None, 0.0, 0.0, 9)).score, 390);
    }

    #[test]
    fn every_part_pulls_the_way_a_credit_officer_expects() {
        let base = score_of(800_000, &inputs(Some(0.2), 0.9, 60.0, 1)).score;
        assert!(score_of(800_000, &inputs(Some(0.4), 0.9, 60.0, 1)).score < base);
        assert!(score_of(800_000, &inputs(Some(0.2), 0.8, 60.0, 1)).score < base);
        assert!(score_of(800_000, &inputs(Some(0.2), 0.9, 30.0, 1)).score < base);
        assert!(score_of(800_000, &inputs(Some(0.2), 0.9, 60.0, 3)).score < base);
        assert!(score_of(700_000, &inputs(Some(0.2), 0.9, 60.0, 1)).score < base);
    }

    #[test]
    fn the_detail_surrounds_the_score() {
        let found = score_of(200_000, &inputs(Some(0.2), 0.9, 60.0, 1));
        assert!(found.detail.low < found.score && found.score < found.detail.high);
        assert_eq!(found.detail.tier, Tier::of_score(found.score));
        assert!(found.detail.encode().is_ok());
    }

    #[test]
    fn a_short_history_is_not_scored() {
        let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", 1_000, monthly("2026-11-02", 5, 300_000, "EMPLOYER"))]);
        let mut notes = Notes::default();
        assert_eq!(derive(&Material::prepare(&snapshot, read_at()).unwrap(), &inputs(Some(0.1), 1.0, 100.0, 0), &mut notes), None);
        assert_eq!(notes.into_vec()[0].code, "too_little_history");
    }
}
