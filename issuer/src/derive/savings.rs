//! Savings: whether money was put aside, month after month, and stayed.
//!
//! With a savings account in the credential currency, a month counts as saved when more was moved onto savings accounts than taken
//! off them. Without one, a month counts when more came in than went out. Consistency is
//! `70 · months saved / months + 30 · (1 − taken off / put on)`, from 0 to 100: regularity weighs more than what an emergency takes
//! back. It is verified with [`LEAST_MONTHS`] complete months.

use passid_api::claims::Slot;

use super::category::Category;
use super::material::{Material, Row};
use super::notes::Notes;
use crate::bank::data::Direction;

/// Complete months below which no habit shows.
const LEAST_MONTHS: usize = 6;
/// Weight of regularity, of 100.
const REGULARITY: f64 = 70.0;
/// Weight of what stayed, of 100.
const RETENTION: f64 = 30.0;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Savings {
    /// Whether the figure may be relied on.
    pub(super) verified: bool,
    /// 0 to 100; 0 when not verified.
    pub(super) consistency: f64,
}

/// Derives the savings claims.
pub(super) fn derive(material: &Material<'_>, notes: &mut Notes) -> Savings {
    if material.months.len() < LEAST_MONTHS {
        notes.add(Slot::SavingsBehaviorVerified, "too_little_history", "The accounts show less than six complete months; a saving habit needs that much.");
        return Savings { verified: false, consistency: 0.0 };
    }
    let has_savings_account = material.rows.iter().any(|row| row.on_savings);
    if !has_savings_account {
        notes.add(Slot::SavingsConsistency, "no_savings_account", "No savings account was shared; what is left of the income each month counts instead.");
    }
    let counts = |row: &Row<'_>| if has_savings_account { row.on_savings && row.category != Category::Interest } else { row.category != Category::OwnTransfer };
    let put_on = material.by_month(|row| if counts(row) && row.is(Direction::Credit) { row.transaction.minor } else { 0 });
    let taken_off = material.by_month(|row| if counts(row) && row.is(Direction::Debit) { row.transaction.minor } else { 0 });
    let saved = put_on.iter().zip(&taken_off).filter(|(on, off)| on > off).count();
    let ratio = |part: i64, whole: i64| if whole <= 0 { 1.0 } else { as_float(part) / as_float(whole) };
    let kept = 1.0 - ratio(taken_off.iter().sum(), put_on.iter().sum()).min(1.0);
    let regular = as_float(i64::try_from(saved).unwrap_or(0)) / as_float(i64::try_from(material.months.len()).unwrap_or(1));
    Savings { verified: true, consistency: REGULARITY * regular + RETENTION * kept }
}

#[expect(clippy::cast_precision_loss, reason = "sums of money are far below 2^52 minor units, and only their ratio counts")]
const fn as_float(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::super::testing::{history, monthly, read_at, row, snapshot};
    use super::*;
    use crate::bank::data::{AccountKind, Transaction};

    fn savings_of(kind: AccountKind, transactions: Vec<Transaction>) -> Savings {
        let snapshot = snapshot(vec![history(kind, "MINE", 0, transactions)]);
        derive(&Material::prepare(&snapshot, read_at()).unwrap(), &mut Notes::default())
    }

    #[test]
    fn saving_every_month_and_keeping_it_is_a_hundred() {
        let found = savings_of(AccountKind::Savings, monthly("2026-11-02", 13, 20_000, "ME"));
        assert!(found.verified && (found.consistency - 100.0).abs() < 1e-9);
    }

    #[test]
    fn putting_on_and_taking_off_the_same_is_nothing() {
        let to_and_fro = [monthly("2026-11-02", 13, 20_000, "ME"), monthly("2026-11-20", 13, -20_000, "ME")].concat();
        assert!(savings_of(AccountKind::Savings, to_and_fro).consistency.abs() < 1e-9);
    }

    #[test]
    fn interest_is_not_saving() {
        let mut interest = monthly("2026-11-02", 13, 20_000, "BANK");
        for transaction in &mut interest {
            transaction.sub_code = Some("INTR".into());
        }
        assert!(savings_of(AccountKind::Savings, interest).consistency.abs() < 1e-9);
    }

    #[test]
    fn without_a_savings_account_what_is_left_counts() {
        let mut transactions = [monthly("2026-11-02", 13, 300_000, "EMPLOYER"), monthly("2026-11-09", 13, -200_000, "LANDLORD")].concat();
        transactions.push(row("2026-10-15", -250_000, "GARAGE"));
        let found = savings_of(AccountKind::Current, transactions);
        // Eleven complete months lie between the first payment and today.
        let kept = 1.0 - (11.0 * 200_000.0 + 250_000.0) / (11.0 * 300_000.0);
        assert!((found.consistency - (70.0 * 10.0 / 11.0 + 30.0 * kept)).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn five_months_show_no_habit() {
        assert!(!savings_of(AccountKind::Savings, monthly("2026-11-02", 6, 20_000, "ME")).verified);
    }
}
