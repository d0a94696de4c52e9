//! Payment behaviour: whether recurring obligations were paid when they fell due.
//!
//! Obligations are outgoing streams that recur and are rent, loans, insurance, bills or other payments on order; purchases, cash and
//! own transfers are not. Each due day counts once as on time, late or missed ([`super::recurring::Punctuality`]); each charge for
//! a returned payment counts as one more missed. Reliability is `(on time + late / 2) / all`. It is verified with
//! [`LEAST_STREAMS`] obligations and [`LEAST_DUE_DAYS`] due days over half a year; the figure then says how reliable.

use passid_api::claims::Slot;

use super::category::Category;
use super::material::{Material, days_between};
use super::notes::Notes;
use super::recurring::streams;
use crate::bank::data::Direction;

/// Obligations below which nothing is said.
const LEAST_STREAMS: usize = 2;
/// Due days below which nothing is said: two obligations for half a year.
const LEAST_DUE_DAYS: u32 = 12;
/// Days of history below which nothing is said.
const LEAST_DAYS: i32 = 180;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Payments {
    /// Whether the figure may be relied on.
    pub(super) verified: bool,
    /// 0 to 1; 0 when not verified.
    pub(super) reliability: f64,
    /// Charges for returned payments and overdrawn interest in the last year.
    pub(super) penalties: u32,
}

/// Derives the payment claims.
pub(super) fn derive(material: &Material<'_>, notes: &mut Notes) -> Payments {
    let (mut kept, mut due, mut obligations) = (0.0, 0_u32, 0);
    for stream in streams(&material.rows, Direction::Debit, Category::may_be_obligation) {
        let Some(period) = stream.period else { continue };
        let found = stream.punctuality(period, material.today);
        kept += f64::from(found.on_time) + f64::from(found.late) / 2.0;
        due += found.on_time + found.late + found.missed;
        obligations += 1;
    }
    let recent_penalty = |row: &&super::material::Row<'_>| row.category == Category::Penalty && days_between(row.day(), material.today) <= 365;
    let penalties = u32::try_from(material.rows.iter().filter(recent_penalty).count()).unwrap_or(u32::MAX);
    if material.window_days() < LEAST_DAYS || obligations < LEAST_STREAMS || due < LEAST_DUE_DAYS {
        notes.add(Slot::PaymentBehaviorVerified, "too_few_recurring_payments", "Fewer than two recurring payments over half a year were found.");
        return Payments { verified: false, reliability: 0.0, penalties };
    }
    if penalties > 0 {
        notes.add(Slot::PaymentReliability, "returned_payments", "The bank charged for returned payments or for being overdrawn in the last year.");
    }
    Payments { verified: true, reliability: kept / f64::from(due.saturating_add(penalties)), penalties }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{coded, history, monthly, read_at, row, snapshot};
    use super::*;
    use crate::bank::data::{AccountKind, Transaction};

    fn payments_of(transactions: Vec<Transaction>) -> Payments {
        let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", 0, transactions)]);
        derive(&Material::prepare(&snapshot, read_at()).unwrap(), &mut Notes::default())
    }

    fn two_obligations() -> Vec<Transaction> {
        [monthly("2026-11-02", 13, -80_000, "LANDLORD"), monthly("2026-11-09", 13, -4_000, "POWER")].concat()
    }

    #[test]
    fn everything_on_time_is_one() {
        let found = payments_of(two_obligations());
        assert!(found.verified && (found.reliability - 1.0).abs() < f64::EPSILON, "{found:?}");
    }

    #[test]
    fn a_missed_month_and_a_returned_payment_lower_it() {
        let mut transactions = two_obligations();
        transactions.remove(5);
        let missed = payments_of(transactions.clone());
        assert!((missed.reliability - 25.0 / 26.0).abs() < 1e-9, "{missed:?}");
        transactions.push(coded(row("2026-10-01", -500, "RETURNED DIRECT DEBIT FEE"), "CHRG"));
        let returned = payments_of(transactions);
        assert!((returned.reliability - 25.0 / 27.0).abs() < 1e-9, "{returned:?}");
    }

    #[test]
    fn one_obligation_or_a_short_history_says_nothing() {
        assert!(!payments_of(monthly("2026-11-02", 13, -80_000, "LANDLORD")).verified);
        assert!(!payments_of([monthly("2026-11-02", 5, -80_000, "LANDLORD"), monthly("2026-11-09", 5, -4_000, "POWER")].concat()).verified);
    }

    #[test]
    fn shopping_is_no_obligation() {
        let mut groceries = two_obligations();
        for transaction in &mut groceries {
            transaction.code = Some("CCRD".into());
            transaction.sub_code = Some("POSD".into());
        }
        assert!(!payments_of(groceries).verified);
    }
}
