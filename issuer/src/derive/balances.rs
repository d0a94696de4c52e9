//! Balances day by day, walked back from the balance the bank gives, over the accounts that hold money.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::material::{Material, days_between};
use crate::bank::data::AccountKind;

/// The lowest sum of balances at the end of any day of the last `days`, minor units. `None` when no account tells its balance.
pub(super) fn lowest_recent(material: &Material<'_>, days: i32) -> Option<i64> {
    let holds_money = |kind| matches!(kind, AccountKind::Current | AccountKind::Savings | AccountKind::Other);
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    let mut balance: Option<i64> = None;
    for history in &material.snapshot.accounts {
        if history.account.currency != material.currency || !holds_money(history.account.kind) {
            continue;
        }
        let Some(known) = history.balance else { continue };
        balance = Some(balance.unwrap_or(0).saturating_add(known.minor));
        for transaction in &history.transactions {
            let change = changes.entry(transaction.booked_on).or_default();
            *change = change.saturating_add(transaction.signed_minor());
        }
    }
    let mut end_of_day = balance?;
    let mut lowest = end_of_day;
    for (day, change) in changes.iter().rev() {
        if days_between(*day, material.today) > days {
            break;
        }
        lowest = lowest.min(end_of_day);
        end_of_day = end_of_day.saturating_sub(*change);
    }
    Some(lowest)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{history, read_at, row, snapshot};
    use super::*;

    #[test]
    fn the_lowest_day_counts_over_all_accounts_together() {
        // Current: 100 before, 20 after the rent, 120 now. Savings: 50 all the time. Together 170 at the lowest day's end.
        let current = history(AccountKind::Current, "ONE", 12_000, vec![row("2026-10-01", -8_000, "A"), row("2026-10-05", 10_000, "B")]);
        let savings = history(AccountKind::Savings, "TWO", 5_000, vec![row("2026-09-01", 5_000, "C")]);
        let loan = history(AccountKind::Loan, "THREE", -90_000, vec![row("2026-09-01", 500, "D")]);
        let snapshot = snapshot(vec![current, savings, loan]);
        let material = Material::prepare(&snapshot, read_at()).unwrap();
        assert_eq!(lowest_recent(&material, 180), Some(7_000));
        assert_eq!(lowest_recent(&material, 30), Some(17_000));
    }
}
