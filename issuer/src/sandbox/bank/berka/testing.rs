//! The real histories for the tests of other rooms, as a bank connection would give them.

use std::path::Path;

use jiff::civil::Date;

use crate::bank::data::{Direction, Transaction};
use crate::sandbox::bank::ledger::Entry;

/// The transactions of each account, oldest first, on their original days.
pub(crate) fn histories(directory: &Path, accounts: &[u32]) -> Vec<Vec<Transaction>> {
    let customers = super::load(directory, accounts).unwrap();
    customers.iter().map(|(customer, _)| customer.accounts[0].entries.iter().map(transaction).collect()).collect()
}

fn transaction(entry: &Entry) -> Transaction {
    Transaction {
        id: Some(entry.id.clone()),
        booked_on: entry.booked_on,
        direction: if entry.minor < 0 { Direction::Debit } else { Direction::Credit },
        minor: entry.minor.abs(),
        currency: "CZK".parse().unwrap(),
        description: entry.label.description.clone(),
        counterparty_name: entry.label.counterparty.clone(),
        counterparty_account: entry.label.counterparty_account.clone(),
        code: Some(entry.label.code.0.to_owned()),
        sub_code: Some(entry.label.code.1.to_owned()),
        purpose: entry.label.purpose.or(entry.label.category_purpose).map(str::to_owned),
        merchant_category: None,
        balance_after: None,
    }
}

/// A loan.
pub(crate) struct Loan {
    /// The account it was paid to.
    pub(crate) account: u32,
    /// When it was granted: what happened later is not known at that time.
    pub(crate) granted_on: Date,
}

/// The rows of one of the tables.
pub(crate) fn table(directory: &Path, name: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(directory.join(name)).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Every loan, by account.
pub(crate) fn loans(directory: &Path) -> Vec<Loan> {
    let mut loans: Vec<Loan> = table(directory, "loan.asc")
        .iter()
        .map(|row| Loan { account: row[1].parse().unwrap(), granted_on: Date::strptime("%Y%m%d", format!("19{}", row[2])).unwrap() })
        .collect();
    loans.sort_by_key(|loan| loan.account);
    loans
}
