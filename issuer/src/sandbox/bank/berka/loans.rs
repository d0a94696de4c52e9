//! The loans of the data set with the account histories before they were granted, as a bank connection would have given them.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;
use passid_api::time::Timestamp;

use super::files::{self, Row};
use super::translate;
use crate::bank::data::{Account, AccountHistory, AccountKind, Balance, BankSnapshot, Direction, Transaction};
use crate::sandbox::bank::config::SandboxBankError;
use crate::sandbox::bank::personas::code;

/// A loan, what was known when it was granted, and how it went.
pub(crate) struct Loan {
    /// The account it was paid to.
    pub(crate) account: u32,
    /// When it was granted.
    pub(crate) granted_on: Date,
    /// Defaulted or in debt; unknown where the file has no such column or an unknown letter.
    pub(crate) bad: Option<bool>,
    /// When the account was opened.
    pub(crate) opened_on: Date,
    /// The account and its transactions before the loan.
    pub(crate) snapshot: BankSnapshot,
}

/// The owner of an account: for audits of fairness only, never a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) born_on: Date,
    pub(crate) is_woman: bool,
}

/// Every loan of `loan.asc` by account.
///
/// # Errors
/// [`SandboxBankError`] when `loan.asc`, `account.asc` or the transactions are missing or not in the layout.
pub(crate) fn read(directory: &Path) -> Result<Vec<Loan>, SandboxBankError> {
    let mut opened: HashMap<u32, Date> = HashMap::new();
    files::for_each_record(&directory.join("account.asc"), b';', 4, |record, bad| {
        let opened_on = files::day(&record[3]).ok_or_else(|| bad("a day that is none"))?;
        opened.insert(files::number(&record[0], bad)?, opened_on);
        Ok(())
    })?;
    let mut granted: Vec<Granted> = Vec::new();
    files::for_each_record(&directory.join("loan.asc"), b';', 3, |record, bad| {
        let account = files::number(&record[1], bad)?;
        let granted_on = files::day(&record[2]).ok_or_else(|| bad("a day that is none"))?;
        let outcome = match record.get(6) {
            Some("A" | "C") => Some(false),
            Some("B" | "D") => Some(true),
            _ => None,
        };
        let opened_on = *opened.get(&account).ok_or_else(|| bad("a loan of an account that account.asc does not hold"))?;
        let at = start_of(granted_on).ok_or_else(|| bad("a day out of range"))?;
        granted.push(Granted { account, day: granted_on, at, bad: outcome, opened_on });
        Ok(())
    })?;
    if files::RowSource::all(directory)?.is_empty() {
        let path = directory.join("trans_preloan.csv");
        return Err(SandboxBankError::Unreadable {
            path, source: std::io::Error::new(std::io::ErrorKind::NotFound, "no trans….csv or trans….asc is there")
        });
    }
    granted.sort_by_key(|loan| (loan.account, loan.day));
    let accounts: Vec<u32> = granted.iter().map(|loan| loan.account).collect();
    let rows = super::rows_of(directory, &accounts)?;
    let loan = |granted: Granted| {
        let known: &[Row] = rows.get(&granted.account).map_or(&[], |rows| &rows[..rows.partition_point(|row| row.day < granted.day)]);
        let snapshot = snapshot(&granted, known);
        Loan { account: granted.account, granted_on: granted.day, bad: granted.bad, opened_on: granted.opened_on, snapshot }
    };
    Ok(granted.into_iter().map(loan).collect())
}

/// The owners of accounts, from `disp.asc` and `client.asc`. A birth number is year, month and day; women's months are fifty more.
///
/// # Errors
/// [`SandboxBankError`] when a file is missing or not in the layout.
pub(crate) fn owners(directory: &Path) -> Result<HashMap<u32, Owner>, SandboxBankError> {
    let mut clients: HashMap<u32, Owner> = HashMap::new();
    files::for_each_record(&directory.join("client.asc"), b';', 2, |record, bad| {
        let digits = files::number(&record[1], bad)?;
        let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100);
        let is_woman = month > 50;
        let part = |number: u32| i8::try_from(number).map_err(|_| bad("a birth number that is none"));
        let (year, month, day) = (i16::try_from(1900 + year).map_err(|_| bad("a birth number that is none"))?, part(month % 50)?, part(day)?);
        let born_on = Date::new(year, month, day).map_err(|_| bad("a birth number that is none"))?;
        clients.insert(files::number(&record[0], bad)?, Owner { born_on, is_woman });
        Ok(())
    })?;
    let mut owners = HashMap::new();
    files::for_each_record(&directory.join("disp.asc"), b';', 4, |record, bad| {
        if let ("OWNER", Some(owner)) = (&record[3], clients.get(&files::number(&record[1], bad)?)) {
            owners.insert(files::number(&record[2], bad)?, *owner);
        }
        Ok(())
    })?;
    Ok(owners)
}

struct Granted {
    account: u32,
    day: Date,
    at: Timestamp,
    bad: Option<bool>,
    opened_on: Date,
}

/// The moment a day begins, UTC.
fn start_of(day: Date) -> Option<Timestamp> {
    Timestamp::from_seconds(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second()).ok()
}

fn snapshot(granted: &Granted, rows: &[Row]) -> BankSnapshot {
    let (account, currency) = (granted.account, code("CZK"));
    let history = AccountHistory {
        account: Account {
            id: format!("berka-{account}"),
            kind: AccountKind::Current,
            currency,
            opened_on: Some(granted.opened_on),
            name: None,
            identification: Some(format!("BERKA-{account}")),
        },
        holders: Vec::new(),
        balance: rows.last().map(|row| Balance { minor: row.balance_minor, at: granted.at }),
        transactions: rows.iter().map(|row| transaction(row, currency)).collect(),
    };
    BankSnapshot { provider: "berka".into(), read_at: granted.at, accounts: vec![history], consenting_party: None }
}

fn transaction(row: &Row, currency: Currency) -> Transaction {
    let label = translate::label(row);
    Transaction {
        id: Some(format!("berka-{}", row.number)),
        booked_on: row.day,
        direction: if row.minor < 0 { Direction::Debit } else { Direction::Credit },
        minor: row.minor.abs(),
        currency,
        description: label.description,
        counterparty_name: label.counterparty,
        counterparty_account: label.counterparty_account,
        code: Some(label.code.0.to_owned()),
        sub_code: Some(label.code.1.to_owned()),
        purpose: label.purpose.or(label.category_purpose).map(str::to_owned),
        merchant_category: None,
        balance_after: None,
    }
}
