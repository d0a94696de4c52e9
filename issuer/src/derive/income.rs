//! Income: what arrives from others, again and again, in the credential currency.
//!
//! A payer is a **source** when it is marked as salary, pension or benefit and paid three times, or when its payments recur
//! ([`super::recurring`]), or when it paid at least three times in three different months. Cash, refunds, interest, loans and the
//! holder's own transfers are never income. The monthly figure is the lower of mean and median over the complete months, so that a
//! single good month does not raise it. It is verified when the history covers [`LEAST_DAYS`] and [`LEAST_MONTHS`] complete months,
//! at least one source recurs or is marked, income arrived in the last [`LONGEST_SILENCE_DAYS`], and no gap in the last half year was
//! longer than that.

use std::collections::HashSet;

use passid_api::claims::Slot;
use passid_api::claims::encoding::IncomeBand;

use super::category::Category;
use super::material::{Material, Row, days_between};
use super::notes::Notes;
use super::recurring::{LEAST_OCCURRENCES, Stream, median, streams};
use crate::bank::data::Direction;
use crate::bank::money::minor_per_unit;

/// Days of history below which no income is verified.
const LEAST_DAYS: i32 = 180;
/// Complete months below which no average means anything.
const LEAST_MONTHS: usize = 5;
/// A month, a weekend and a bank holiday without income are normal; more is an interruption.
const LONGEST_SILENCE_DAYS: i32 = 45;
/// How far back interruptions count.
const SILENCE_HORIZON_DAYS: i32 = 180;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Income {
    /// Whether the figure may be relied on.
    pub(super) verified: bool,
    /// Minor units a month; 0 when not verified.
    pub(super) monthly_minor: u64,
    /// Standard deviation of the months over their mean; how unsteady it is. `None` when not verified.
    pub(super) variation: Option<f64>,
    /// The band the monthly figure lies in; empty when not verified.
    pub(super) band: IncomeBand,
}

/// Derives the income claims.
pub(super) fn derive(material: &Material<'_>, notes: &mut Notes) -> Income {
    let sources: Vec<Stream<'_>> = streams(&material.rows, Direction::Credit, Category::may_be_income).into_iter().filter(is_source).collect();
    let steady = sources.iter().any(|source| is_steady(source));
    let mut rows: Vec<Row<'_>> = sources.into_iter().flat_map(|source| source.rows).collect();
    rows.sort_by_key(Row::day);
    if material.other_currencies {
        notes.add(Slot::IncomeVerified, "other_currencies_left_out", "Accounts in other currencies are not counted in amounts.");
    }
    match judge(material, &rows, steady) {
        Ok(income) => income,
        Err((code, message)) => {
            notes.add(Slot::IncomeVerified, code, message);
            Income { verified: false, monthly_minor: 0, variation: None, band: empty_band() }
        }
    }
}

type NotVerified = (&'static str, &'static str);

fn judge(material: &Material<'_>, rows: &[Row<'_>], steady: bool) -> Result<Income, NotVerified> {
    if material.window_days() < LEAST_DAYS || material.months.len() < LEAST_MONTHS {
        return Err(("too_little_history", "The accounts show less than half a year; income needs that much."));
    }
    let Some(last) = rows.last() else {
        return Err(("no_income_found", "No repeated payments from others were found; cash and own transfers do not count."));
    };
    if !steady {
        return Err(("no_steady_source", "No source of income pays regularly."));
    }
    if days_between(last.day(), material.today) > LONGEST_SILENCE_DAYS || longest_recent_gap(material, rows) > LONGEST_SILENCE_DAYS {
        return Err(("income_interrupted", "Income stopped or paused for more than six weeks in the last half year."));
    }
    let counted: HashSet<(usize, *const crate::bank::data::Transaction)> = rows.iter().map(|row| (row.account, std::ptr::from_ref(row.transaction))).collect();
    let sums = material.by_month(|row| if counted.contains(&(row.account, std::ptr::from_ref(row.transaction))) { row.transaction.minor } else { 0 });
    #[expect(clippy::cast_precision_loss, reason = "monthly sums are far below 2^52 minor units; the figure is banded anyway")]
    let months: Vec<f64> = sums.iter().map(|sum| *sum as f64).collect();
    let (mean, deviation) = mean_and_deviation(&months);
    let monthly = mean.min(median(&months).unwrap_or(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative; a float's cast saturates")]
    let monthly_minor = monthly.floor() as u64;
    let band = band_of(monthly_minor, minor_per_unit(material.currency).unsigned_abs());
    match band {
        Some(band) if monthly_minor > 0 => Ok(Income { verified: true, monthly_minor, variation: Some(deviation / mean), band }),
        _ => Err(("income_out_of_range", "The monthly income is outside what the claim can state.")),
    }
}

fn is_marked(source: &Stream<'_>) -> bool {
    matches!(source.category(), Category::Salary | Category::Pension | Category::Benefit)
}

fn is_steady(source: &Stream<'_>) -> bool {
    source.rows.len() >= LEAST_OCCURRENCES && (is_marked(source) || source.period.is_some())
}

fn is_source(source: &Stream<'_>) -> bool {
    let months: HashSet<_> = source.rows.iter().map(|row| row.day().first_of_month()).collect();
    is_steady(source) || (source.rows.len() >= LEAST_OCCURRENCES && months.len() >= 3)
}

/// Longest gap in days between two incomes, the later of which lies within the horizon.
fn longest_recent_gap(material: &Material<'_>, rows: &[Row<'_>]) -> i32 {
    let recent = |pair: &&[Row<'_>]| days_between(pair[1].day(), material.today) <= SILENCE_HORIZON_DAYS;
    rows.windows(2).filter(recent).map(|pair| days_between(pair[0].day(), pair[1].day())).max().unwrap_or(0)
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "twelve months at most")]
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    (mean, variance.sqrt())
}

/// A band one leading decimal step wide: 3,420 lies in 3,000 to 4,000, and 980,000 in 900,000 to 1,000,000.
fn band_of(monthly_minor: u64, minor_per_unit: u64) -> Option<IncomeBand> {
    let whole = monthly_minor / minor_per_unit.max(1);
    let step = 10_u64.pow(whole.max(1).ilog10());
    let lower = whole / step * step;
    IncomeBand::new(u32::try_from(lower).ok()?, u32::try_from(lower + step).ok()?).ok()
}

fn empty_band() -> IncomeBand {
    IncomeBand::decode(0).unwrap_or_else(|_| unreachable!("zero is the empty band"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{history, monthly, read_at, row, snapshot};
    use super::*;
    use crate::bank::data::{AccountKind, Transaction};

    fn income_of(transactions: Vec<Transaction>) -> (Income, Vec<String>) {
        let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", 100_000, transactions)]);
        let material = Material::prepare(&snapshot, read_at()).unwrap();
        let mut notes = Notes::default();
        let income = derive(&material, &mut notes);
        (income, notes.into_vec().into_iter().map(|note| note.code).collect())
    }

    #[test]
    fn a_monthly_payer_is_income_and_a_bonus_does_not_raise_it() {
        let mut transactions = monthly("2026-11-02", 13, 342_000, "EMPLOYER");
        transactions.push(row("2026-05-20", 900_000, "EMPLOYER"));
        let (income, notes) = income_of(transactions);
        assert!(income.verified, "{notes:?}");
        assert_eq!((income.monthly_minor, income.band.lower(), income.band.upper()), (342_000, 3_000, 4_000));
    }

    #[test]
    fn cash_own_transfers_refunds_and_loans_are_no_income() {
        for (code, purpose, account) in [("CDPT", "", ""), ("BOOK", "", "MINE"), ("RIMB", "", ""), ("DMCT", "LOAN", ""), ("INTR", "", "")] {
            let mut transactions = monthly("2026-11-02", 13, 342_000, "SOMEBODY");
            for transaction in &mut transactions {
                transaction.sub_code = Some(code.into());
                transaction.purpose = (!purpose.is_empty()).then(|| purpose.into());
                transaction.counterparty_account = (!account.is_empty()).then(|| account.into());
            }
            let (income, notes) = income_of(transactions);
            assert!(!income.verified && income.monthly_minor == 0, "{code} {purpose} {account}");
            assert_eq!(notes, ["no_income_found"]);
        }
    }

    #[test]
    fn one_large_payment_before_applying_is_no_income() {
        let mut transactions = monthly("2026-11-02", 13, -20_000, "LANDLORD");
        transactions.push(row("2026-11-10", 5_000_000, "FRIEND"));
        assert_eq!(income_of(transactions).1, ["no_income_found"]);
    }

    #[test]
    fn too_little_stopped_or_interrupted_is_said() {
        assert_eq!(income_of(monthly("2026-11-02", 5, 342_000, "EMPLOYER")).1, ["too_little_history"]);
        let mut stopped = monthly("2026-08-02", 10, 342_000, "EMPLOYER");
        stopped.push(row("2026-11-20", -100, "SHOP"));
        assert_eq!(income_of(stopped).1, ["income_interrupted"]);
        let mut paused = monthly("2026-11-02", 13, 342_000, "EMPLOYER");
        paused.remove(10);
        assert_eq!(income_of(paused).1, ["income_interrupted"]);
    }

    #[test]
    fn bands_begin_at_their_leading_digit() {
        let bounds = |whole: u64| band_of(whole * 100, 100).map(|band| (band.lower(), band.upper()));
        assert_eq!(bounds(3_420), Some((3_000, 4_000)));
        assert_eq!(bounds(999), Some((900, 1_000)));
        assert_eq!(bounds(1_000), Some((1_000, 2_000)));
        assert_eq!(bounds(7), Some((7, 8)));
        assert_eq!(bounds(0), Some((0, 1)));
        assert_eq!(bounds(20_000_000), None);
    }
}
