//! Periods, punctuality, and the streams of real accounts.

use std::collections::HashSet;
use std::path::Path;

use jiff::civil::date;

use super::super::category::categorise;
use super::*;
use crate::sandbox::bank::berka;

fn monthly(count: i32) -> Vec<Date> {
    (0..count).map(|month| date(2025, 1, 31).saturating_add(month.months())).collect()
}

#[test]
fn month_ends_and_weekends_are_monthly() {
    assert_eq!(period(&monthly(6)), Some(Period::Monthly));
    let rolled = [date(2026, 1, 2), date(2026, 2, 2), date(2026, 3, 2), date(2026, 4, 1), date(2026, 5, 4)];
    assert_eq!(period(&rolled), Some(Period::Monthly));
}

#[test]
fn a_skipped_month_does_not_break_a_stream_but_noise_is_none() {
    let mut skipped = monthly(8);
    skipped.remove(3);
    assert_eq!(period(&skipped), Some(Period::Monthly));
    let noise = [date(2026, 1, 1), date(2026, 1, 4), date(2026, 1, 19), date(2026, 3, 2), date(2026, 3, 21)];
    assert_eq!(period(&noise), None);
    assert_eq!(period(&monthly(2)), None);
}

#[test]
fn late_missed_and_ended_are_told_apart() {
    let mut days: Vec<Date> = (0..10).map(|month| date(2025, 1, 3).saturating_add(month.months())).collect();
    days[4] = days[4].saturating_add(9.days());
    days.remove(7);
    let soon = days.last().unwrap().saturating_add(20.days());
    assert_eq!(Punctuality::measure(&days, Period::Monthly, soon), Punctuality { on_time: 8, late: 1, missed: 1 });
    let one_overdue = days.last().unwrap().saturating_add(45.days());
    assert_eq!(Punctuality::measure(&days, Period::Monthly, one_overdue).missed, 2);
    let long_after = days.last().unwrap().saturating_add(400.days());
    assert_eq!(Punctuality::measure(&days, Period::Monthly, long_after).missed, 1);
}

/// The recurring outgoing streams of real accounts against the permanent orders their holders gave.
///
/// With `PASSID_BERKA_DIR` naming the real files; says so and passes when it is not set.
#[test]
fn permanent_orders_are_found_and_nothing_else() {
    let Some(directory) = std::env::var_os("PASSID_BERKA_DIR") else {
        println!("skipped: PASSID_BERKA_DIR is not set");
        return;
    };
    let directory = Path::new(&directory);
    // Only what happened before the loan counts: afterwards its instalment is paid.
    let loans = berka::testing::loans(directory);
    let accounts: Vec<u32> = loans.iter().map(|loan| loan.account).collect();
    let orders = berka::testing::table(directory, "order.asc");
    let orders: HashSet<(u32, String)> =
        orders.iter().filter(|row| row[5] != "UVER").map(|row| (row[1].parse().unwrap(), format!("{}-{}", row[2], row[3]))).collect();
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for (loan, history) in loans.iter().zip(berka::testing::histories(directory, &accounts)) {
        let rows: Vec<Row<'_>> = history
            .iter()
            .filter(|row| row.booked_on < loan.granted_on)
            .map(|transaction| Row { account: 0, on_savings: false, transaction, category: categorise(transaction, &HashSet::new()) })
            .collect();
        for stream in streams(&rows, Direction::Debit, Category::may_be_obligation) {
            let Some(partner) = stream.rows[0].transaction.counterparty_account.clone() else { continue };
            let found = stream.period.is_some();
            let ordered = orders.contains(&(loan.account, partner.clone()));
            match (found, ordered) {
                (true, true) => right += 1,
                (true, false) => wrong.push((loan.account, partner)),
                (false, true) if stream.rows.len() >= LEAST_OCCURRENCES => {
                    missed.push((loan.account, partner, stream.rows.iter().map(Row::day).collect::<Vec<_>>()));
                }
                _ => {}
            }
        }
    }
    let share = |part: usize, whole: usize| f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap());
    let (precision, recall) = (share(right, right + wrong.len()), share(right, right + missed.len()));
    println!("permanent orders: {right} found, precision {precision:.4}, recall {recall:.4}");
    assert!(precision >= 0.99 && recall >= 0.99, "wrong {wrong:?}, missed {missed:?}");
}
