//! Streams told as they stand, and the income sources of invented users as their files describe them.

use std::path::Path;

use super::super::testing::{history, monthly, read_at, row, snapshot};
use super::*;
use crate::bank::data::{AccountHistory, AccountKind, BankSnapshot, Party, Transaction};
use crate::derive::names::{NameMatch, compare};

fn told(transactions: Vec<Transaction>) -> Vec<RecurringStream> {
    let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", 0, transactions)]);
    recurring(&Material::prepare(&snapshot, read_at()).unwrap())
}

#[test]
fn amount_next_day_and_state_are_told() {
    let mut rent = monthly("2026-11-03", 6, -78_000, "LANDLORD");
    rent[5].minor = 80_000;
    let found = told(rent);
    let [rent] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((rent.period, rent.occurrences, rent.amount_minor), ("monthly", 6, 78_000));
    assert_eq!((rent.last_on.to_string().as_str(), rent.next_on.unwrap().to_string().as_str()), ("2026-11-03", "2026-12-03"));
    assert_eq!((rent.direction, rent.state), (Direction::Debit, StreamState::Active));
}

#[test]
fn two_are_early_a_late_one_is_overdue_and_two_late_ones_have_ended() {
    let state = |last: &str, count: i32| told(monthly(last, count, -78_000, "LANDLORD"))[0].state;
    assert_eq!(state("2026-11-03", 2), StreamState::Early);
    assert_eq!(state("2026-10-03", 5), StreamState::Overdue);
    assert_eq!(state("2026-09-03", 5), StreamState::Ended);
    assert!(told(vec![row("2026-11-03", -100, "X"), row("2026-11-07", -100, "X")]).is_empty());
}

/// A user's accounts as the file has them: `amount` is positive for money spent.
fn user(path: &Path) -> BankSnapshot {
    let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let accounts = file["override_accounts"].as_array().unwrap().iter().enumerate().map(|(number, account)| {
        let transactions = account["transactions"].as_array().into_iter().flatten().map(|item| {
            #[expect(clippy::cast_possible_truncation, reason = "amounts of two digits after the point")]
            let spent = (item["amount"].as_f64().unwrap() * 100.0).round() as i64;
            let mut row = row(item["date_posted"].as_str().unwrap(), -spent, item["description"].as_str().unwrap());
            row.counterparty_name = None;
            row
        });
        let kind = if account["subtype"] == "savings" { AccountKind::Savings } else { AccountKind::Current };
        let mut account: AccountHistory = history(kind, &format!("ACCOUNT-{number}"), 0, transactions.collect());
        let names = file["override_accounts"][number]["identity"]["names"].as_array().into_iter().flatten();
        account.holders = names.map(|name| Party { name: name.as_str().unwrap().to_owned(), country: None }).collect();
        account
    });
    snapshot(accounts.collect())
}

/// Sources found in a user's file, by payer, with whether their deposits recur.
fn sources(directory: &Path, name: &str) -> Vec<(String, &'static str, bool)> {
    let snapshot = user(&directory.join("income").join(name));
    let latest = snapshot.accounts.iter().flat_map(|account| &account.transactions).map(|row| row.booked_on).max().unwrap();
    let material = Material::prepare(&snapshot, format!("{latest}T00:00:00Z").parse().unwrap()).unwrap();
    let mut found: Vec<_> = income_sources(&material).into_iter().map(|source| (source.payer, source.kind, source.period.is_some())).collect();
    found.sort_unstable();
    found
}

/// With `PASSID_OPENBANKING_SPECS` naming a directory that holds `plaid-sandbox-custom-users`; says so and passes when it is not set.
#[test]
fn income_sources_are_found_as_the_files_describe() {
    let Some(directory) = std::env::var_os("PASSID_OPENBANKING_SPECS").map(|directory| Path::new(&directory).join("plaid-sandbox-custom-users")) else {
        println!("skipped: PASSID_OPENBANKING_SPECS is not set");
        return;
    };
    let benefit = |payer: &'static str| (payer.to_owned(), "benefit", true);
    let five = [
        ("Lyft Payment".to_owned(), "other", true),
        ("Plaid Direct Dep".to_owned(), "salary", true),
        benefit("Social Security Administration"),
        ("Uber Payment".to_owned(), "other", true),
        ("bank interest payment".to_owned(), "interest", true),
    ];
    assert_eq!(sources(&directory, "bank_income_custom_user_5_income_sources.json"), five);
    let mut six_and_more = five.to_vec();
    six_and_more.extend([benefit("Unemployment Benefits"), ("child support".to_owned(), "benefit", false)]);
    six_and_more.sort_unstable();
    assert_eq!(sources(&directory, "bank_income_custom_user_6+_employers_in_90_days.json"), six_and_more);
    // Three deposits at random intervals are a payer without a rhythm; two are nobody yet.
    let random = [("Plaid Direct Dep".to_owned(), "salary", false), ("child support".to_owned(), "benefit", false)];
    assert_eq!(sources(&directory, "bank_income_custom_user_random_income_over_90_days.json"), random);
    let only = |payer: &str, kind| vec![(payer.to_owned(), kind, true)];
    assert_eq!(sources(&directory, "bank_income_basic.json"), only("Plaid Direct Dep", "salary"));
    assert_eq!(sources(&directory, "welderTestUser.json"), only("Direct Deposit - Excelsior Welding Company", "salary"));
    let gig = ["Lyft Payout", "Self Payout From Business", "Uber Payout"].map(|payer| (payer.to_owned(), "other", true));
    assert_eq!(sources(&directory, "selfEmployedGiguser.json"), gig);
    let benefits = [benefit("Social Security Administration"), benefit("Unemployment Benefits"), ("child support".to_owned(), "benefit", false)];
    assert_eq!(sources(&directory, "SSAuser.json"), benefits);
    // A single transfer from the holder's own savings is no income, whatever its size.
    assert!(sources(&directory, "SMBCustomUser.json").is_empty());

    for (file, declared, expected) in [
        ("joint_owner_identity_custom_user.json", "Jane Smith", NameMatch::Match),
        ("identity_multiple_names_custom_user.json", "Jane Doe", NameMatch::Match),
        ("leslie_knope_financial_account_matching.json", "Leslie Knope", NameMatch::Match),
        ("leslie_knope_financial_account_matching.json", "Leslie B Knope", NameMatch::Close),
        ("leslie_knope_financial_account_matching.json", "Ron Swanson", NameMatch::None),
    ] {
        let best = user(&directory.join("identity").join(file)).accounts[0].holders.iter().map(|holder| compare(declared, &holder.name)).max();
        assert_eq!(best, Some(expected), "{declared} in {file}");
    }
}
