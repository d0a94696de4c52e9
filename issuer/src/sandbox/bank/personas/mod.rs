//! The three customers of the sandbox. Everything about them is invented.
//!
//! | customer | lives in | income | what makes them different |
//! |---|---|---|---|
//! | Amara Osei | Nairobi | one salary in US dollars, never missed | saves every month, everything on time, a third account in another currency |
//! | Tobenna Eze | Lagos | a salary and freelance work in naira | a loan, a small cushion, now and then a returned payment |
//! | Efua Mensah | Accra | a small salary, odd jobs and cash, in cedi | the bank spells her name differently, bills come late, little is left before payday |

mod amara;
mod build;
mod efua;
mod tobenna;

use super::generator::Plan;

pub(super) use build::code;

/// All of them.
pub(super) fn plans(today: jiff::civil::Date) -> Vec<Plan> {
    vec![amara::plan(today), tobenna::plan(today), efua::plan(today)]
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn histories_cover_fourteen_months_and_end_at_the_clocks_today() {
        for today in [date(2026, 11, 21), date(2024, 2, 29), date(2031, 1, 1)] {
            for plan in plans(today) {
                let customer = plan.history(today);
                assert!((2..=3).contains(&customer.accounts.len()));
                for account in &customer.accounts {
                    let days: Vec<_> = account.entries.iter().map(|entry| entry.booked_on).collect();
                    assert!(days.is_sorted());
                    assert!(days[0] <= today.saturating_sub(14.months()), "{} begins too late", account.id);
                    assert!(*days.last().unwrap() <= today && *days.last().unwrap() >= today.saturating_sub(40.days()), "{} does not end now", account.id);
                    assert!(account.opened_on <= days[0]);
                    let summed: i64 = account.opening_minor + account.entries.iter().map(|entry| entry.minor).sum::<i64>();
                    assert_eq!(account.closing_minor(), summed);
                }
            }
        }
    }

    #[test]
    fn a_later_day_only_appends() {
        let (earlier, later) = (date(2026, 11, 21), date(2026, 11, 29));
        for (before, after) in plans(earlier).iter().zip(plans(later)) {
            for (old, new) in before.history(earlier).accounts.iter().zip(after.history(later).accounts) {
                let old: Vec<_> = old.entries.iter().map(|entry| (&entry.id, entry.minor, entry.balance_minor)).collect();
                let new: Vec<_> = new.entries.iter().map(|entry| (&entry.id, entry.minor, entry.balance_minor)).collect();
                assert!(old == new[..old.len()], "{} was rewritten", before.customer.id);
            }
        }
    }

    #[test]
    fn every_kind_of_movement_occurs() {
        let today = date(2026, 11, 21);
        for plan in plans(today) {
            let customer = plan.history(today);
            let has = |code: &str| customer.accounts.iter().flat_map(|account| &account.entries).any(|entry| entry.label.code.1 == code);
            for (what, code) in
                [("salary", "SALA"), ("standing order", "STDO"), ("direct debit", "PMDD"), ("card", "POSD"), ("refund", "RIMB"), ("cash", "CWDL")]
            {
                assert!(has(code), "{} has no {what}", customer.id);
            }
        }
    }
}
