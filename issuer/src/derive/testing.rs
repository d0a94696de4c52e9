//! Made-up snapshots for the tests of this room.

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::time::Timestamp;

use crate::bank::data::{Account, AccountHistory, AccountKind, Balance, BankSnapshot, Direction, Party, Transaction};

/// When every made-up snapshot was read.
pub(super) const READ_AT: &str = "2026-11-21T04:00:00Z";

/// A row of `minor` units, negative for money spent, with `other` on the other side.
pub(super) fn row(day: &str, minor: i64, other: &str) -> Transaction {
    let mut row = Transaction::debit(day.parse().unwrap(), minor.abs(), other);
    row.counterparty_name = Some(other.to_owned());
    if minor >= 0 {
        row.direction = Direction::Credit;
    }
    row
}

/// The same row every month for `count` months, the last one on `last`.
pub(super) fn monthly(last: &str, count: i32, minor: i64, other: &str) -> Vec<Transaction> {
    let last: Date = last.parse().unwrap();
    let on = |day: Date| row(&day.to_string(), minor, other);
    (0..count).rev().map(|back| on(last.saturating_sub(back.months()))).collect()
}

/// The row with this sub-family of bank transaction code.
pub(super) fn coded(mut row: Transaction, sub_code: &str) -> Transaction {
    row.sub_code = Some(sub_code.to_owned());
    row
}

/// An account of `kind` with `transactions` and this balance.
pub(super) fn history(kind: AccountKind, number: &str, balance_minor: i64, mut transactions: Vec<Transaction>) -> AccountHistory {
    transactions.sort_by_key(|row| row.booked_on);
    AccountHistory {
        account: Account {
            id: number.to_lowercase(),
            kind,
            currency: "GBP".parse().unwrap(),
            opened_on: Some("2023-01-10".parse().unwrap()),
            name: None,
            identification: Some(number.to_owned()),
        },
        holders: vec![Party { name: "Ada Example".into(), country: Some("KE".parse().unwrap()) }],
        balance: Some(Balance { minor: balance_minor, at: read_at() }),
        transactions,
    }
}

/// A snapshot of these accounts.
pub(super) fn snapshot(accounts: Vec<AccountHistory>) -> BankSnapshot {
    BankSnapshot { provider: "test".into(), read_at: read_at(), accounts, consenting_party: None }
}

pub(super) fn read_at() -> Timestamp {
    READ_AT.parse().unwrap()
}
