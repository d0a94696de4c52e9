//! Fraud signals: what a reviewer would look at twice. Each signal adds points; one point or two are medium, three are high.
//!
//! | signal | points |
//! |---|---|
//! | the bank's name is another | 3 |
//! | the bank's name is close, or not given | 1 |
//! | the name is on a sanctions list | 3 |
//! | the oldest account is younger than 90 days · than 180 days | 2 · 1 |
//! | more than half · a quarter of what comes in is cash | 2 · 1 |
//! | money goes out and comes back from the same other side within three days, three times or more | 2 |
//! | a single payment of the last 30 days exceeds three months of what usually comes in | 1 |

use std::collections::{HashMap, VecDeque};

use passid_api::claims::Slot;
use passid_api::claims::encoding::FraudRisk;

use super::category::Category;
use super::identity::Identity;
use super::material::{Material, Row, days_between};
use super::names::NameMatch;
use super::notes::Notes;
use super::recurring::median;
use crate::bank::data::Direction;
use crate::screening::ScreeningOutcome;

/// Points from which the risk is high.
const HIGH: u32 = 3;
/// Days within which money that returns has gone in a circle.
const CIRCLE_DAYS: i32 = 3;
/// Circles that are not chance.
const LEAST_CIRCLES: usize = 3;
/// Days before the application in which a balance may have been inflated.
const RECENT_DAYS: i32 = 30;

/// Adds up the signals.
pub(super) fn derive(material: &Material<'_>, identity: Identity, account_age_days: i32, screening: &ScreeningOutcome, notes: &mut Notes) -> FraudRisk {
    let mut points = 0;
    let mut signal = |found: u32, code: &'static str, message: &'static str| {
        if found > 0 {
            points += found;
            notes.add(Slot::FraudRisk, code, message);
        }
    };
    let name = match identity.name {
        Some(NameMatch::Match) => 0,
        Some(NameMatch::Close) | None => 1,
        Some(NameMatch::None) => 3,
    };
    signal(name, "name_not_confirmed", "The bank does not confirm the name exactly.");
    signal(if screening.hits.is_empty() { 0 } else { HIGH }, "sanctions_hit", "The name resembles one on a sanctions list.");
    let young = if account_age_days < 90 { 2 } else { u32::from(account_age_days < 180) };
    signal(young, "young_account", "The oldest account was opened in the last half year.");
    let cash = cash_share(material);
    let cash = if cash > 0.5 { 2 } else { u32::from(cash > 0.25) };
    signal(cash, "much_cash", "Much of the money paid in is cash.");
    signal(if circles(material) >= LEAST_CIRCLES { 2 } else { 0 }, "circular_transfers", "Money went out and came back within days, several times.");
    signal(u32::from(inflated(material)), "unusual_inflow", "A payment of the last month is far above what usually comes in.");
    match points {
        0 => FraudRisk::Low,
        1..HIGH => FraudRisk::Medium,
        _ => FraudRisk::High,
    }
}

fn from_others(row: &Row<'_>) -> bool {
    row.is(Direction::Credit) && !matches!(row.category, Category::OwnTransfer | Category::Refund | Category::Interest)
}

fn cash_share(material: &Material<'_>) -> f64 {
    let sum = |wanted: &dyn Fn(&Row<'_>) -> bool| -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "only the ratio counts")]
        material.rows.iter().filter(|row| wanted(row)).map(|row| row.transaction.minor as f64).sum()
    };
    let all = sum(&from_others);
    if all > 0.0 { sum(&|row| from_others(row) && row.category == Category::Cash) / all } else { 0.0 }
}

/// Payments to somebody that came back from the same side with the same amount within days. Refunds by merchants are marked as such
/// and do not count. Each payment is set against the first that came back after it and was not counted yet.
fn circles(material: &Material<'_>) -> usize {
    fn other<'a>(row: &Row<'a>) -> Option<&'a str> {
        row.transaction.counterparty_account.as_deref().or(row.transaction.counterparty_name.as_deref())
    }
    let candidates = |row: &Row<'_>| !matches!(row.category, Category::OwnTransfer | Category::Refund | Category::Cash | Category::Card | Category::Interest);
    // What came back, by amount and other side, with its position: an account of a million rows is walked through twice, not once for each.
    let mut returned: HashMap<(i64, &str), VecDeque<(usize, &Row<'_>)>> = HashMap::new();
    for (position, row) in material.rows.iter().enumerate().filter(|(_, row)| candidates(row) && row.is(Direction::Credit)) {
        if let Some(other) = other(row) {
            returned.entry((row.transaction.minor, other)).or_default().push_back((position, row));
        }
    }
    let mut found = 0;
    for (position, outgoing) in material.rows.iter().enumerate().filter(|(_, row)| candidates(row) && row.is(Direction::Debit)) {
        let Some(back) = other(outgoing).and_then(|other| returned.get_mut(&(outgoing.transaction.minor, other))) else { continue };
        while back.front().is_some_and(|(index, _)| *index < position) {
            back.pop_front();
        }
        if back.front().is_some_and(|(_, row)| days_between(outgoing.day(), row.day()) <= CIRCLE_DAYS) {
            back.pop_front();
            found += 1;
        }
    }
    found
}

fn inflated(material: &Material<'_>) -> bool {
    let months = material.by_month(|row| if from_others(row) { row.transaction.minor } else { 0 });
    #[expect(clippy::cast_precision_loss, reason = "only the ratio counts")]
    let usual = median(&months.iter().map(|sum| *sum as f64).collect::<Vec<_>>()).unwrap_or(0.0);
    let recent = material.rows.iter().filter(|row| from_others(row) && days_between(row.day(), material.today) <= RECENT_DAYS);
    #[expect(clippy::cast_precision_loss, reason = "only the ratio counts")]
    let largest = recent.map(|row| row.transaction.minor).max().unwrap_or(0) as f64;
    usual > 0.0 && largest > 3.0 * usual
}

#[cfg(test)]
mod tests {
    use super::super::testing::{coded, history, monthly, read_at, row, snapshot};
    use super::*;
    use crate::bank::data::{AccountKind, Transaction};

    const KNOWN: Identity = Identity { verified: true, name: Some(NameMatch::Match) };

    fn risk_of(transactions: Vec<Transaction>, identity: Identity, age_days: i32) -> FraudRisk {
        let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", 0, transactions)]);
        derive(&Material::prepare(&snapshot, read_at()).unwrap(), identity, age_days, &ScreeningOutcome::default(), &mut Notes::default())
    }

    fn ordinary() -> Vec<Transaction> {
        [monthly("2026-11-02", 13, 300_000, "EMPLOYER"), monthly("2026-11-09", 13, -80_000, "LANDLORD")].concat()
    }

    #[test]
    fn an_ordinary_history_is_low_and_names_weigh() {
        assert_eq!(risk_of(ordinary(), KNOWN, 1_000), FraudRisk::Low);
        assert_eq!(risk_of(ordinary(), Identity { verified: false, name: Some(NameMatch::Close) }, 1_000), FraudRisk::Medium);
        assert_eq!(risk_of(ordinary(), Identity { verified: false, name: Some(NameMatch::None) }, 1_000), FraudRisk::High);
    }

    #[test]
    fn money_in_circles_is_seen() {
        let mut circling = ordinary();
        for (out, back) in [("2026-09-01", "2026-09-02"), ("2026-09-10", "2026-09-13"), ("2026-10-05", "2026-10-05")] {
            circling.push(row(out, -50_000, "FRIEND"));
            circling.push(row(back, 50_000, "FRIEND"));
        }
        assert_eq!(risk_of(circling.clone(), KNOWN, 1_000), FraudRisk::Medium);
        assert_eq!(risk_of(circling, KNOWN, 100), FraudRisk::High);
    }

    #[test]
    fn a_balance_blown_up_before_applying_is_seen() {
        let mut inflated = ordinary();
        inflated.push(row("2026-11-15", 2_000_000, "FRIEND"));
        assert_eq!(risk_of(inflated, KNOWN, 1_000), FraudRisk::Medium);
    }

    #[test]
    fn cash_weighs_by_its_share() {
        let cash = |minor| monthly("2026-11-05", 13, minor, "X").into_iter().map(|row| coded(row, "CDPT"));
        assert_eq!(risk_of(ordinary().into_iter().chain(cash(50_000)).collect(), KNOWN, 1_000), FraudRisk::Low);
        assert_eq!(risk_of(ordinary().into_iter().chain(cash(150_000)).collect(), KNOWN, 1_000), FraudRisk::Medium);
        assert_eq!(risk_of(ordinary().into_iter().chain(cash(400_000)).collect(), KNOWN, 100), FraudRisk::High);
    }
}
