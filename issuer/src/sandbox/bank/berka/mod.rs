//! Real account histories in the layout of the Berka data set (PKDD'99 discovery challenge), served like any other customer.
//!
//! The directory holds `account.asc`, `client.asc`, `disp.asc`, `district.asc` and transactions in `trans….asc` and
//! `trans….csv` (any number of them); a transaction in several files is entered once. The data is anonymous: the
//! customer's name is invented and says so. Amounts are in Czech crowns. [`super::books`] moves the dates.

mod files;
pub(crate) mod loans;
#[cfg(test)]
pub(crate) mod testing;
mod translate;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use jiff::civil::Date;

use super::config::SandboxBankError;
use super::ledger::{BookedAccount, BookedCustomer, Entry};
use super::personas::code;
use crate::bank::data::AccountKind;
use files::{Row, RowSource};

/// Loads the given accounts, each as a customer `account-<number>`, with the day of their last entry.
pub(super) fn load(directory: &Path, accounts: &[u32]) -> Result<Vec<(BookedCustomer, Date)>, SandboxBankError> {
    let tables = files::Tables::read(directory)?;
    rows_of(directory, accounts)?
        .into_iter()
        .map(|(number, of_account)| {
            let unknown = || SandboxBankError::UnknownAccount(number);
            let opened_on = *tables.opened_on.get(&number).ok_or_else(unknown)?;
            let last = of_account.last().ok_or_else(unknown)?.day;
            Ok((customer(number, opened_on, tables.town_of(number), &of_account), last))
        })
        .collect()
}

/// The rows of each account, oldest first.
fn rows_of(directory: &Path, accounts: &[u32]) -> Result<BTreeMap<u32, Vec<Row>>, SandboxBankError> {
    let mut rows: BTreeMap<u32, Vec<Row>> = accounts.iter().map(|number| (*number, Vec::new())).collect();
    let mut seen = HashSet::new();
    for source in RowSource::all(directory)? {
        for row in source.read()? {
            if let Some(of_account) = rows.get_mut(&row.account)
                && seen.insert(row.number)
            {
                of_account.push(row);
            }
        }
    }
    // The files list a day's rows in the order in which their balances follow; the numbers do not.
    for of_account in rows.values_mut() {
        of_account.sort_by_key(|row| row.day);
    }
    Ok(rows)
}

fn customer(number: u32, opened_on: Date, town: String, rows: &[Row]) -> BookedCustomer {
    let entries: Vec<Entry> = rows
        .iter()
        .map(|row| Entry {
            id: format!("berka-{}", row.number),
            booked_on: row.day,
            minor: row.minor,
            balance_minor: row.balance_minor,
            label: translate::label(row),
        })
        .collect();
    let name = format!("Invented Holder of Account {number}");
    let opening_minor = rows.first().map_or(0, |row| row.balance_minor - row.minor);
    BookedCustomer {
        id: format!("account-{number}"),
        declared_name: name.clone(),
        name,
        town,
        country: code("CZ"),
        accounts: vec![BookedAccount {
            id: format!("berka-{number}"),
            kind: AccountKind::Current,
            currency: code("CZK"),
            opened_on,
            nickname: "Account".to_owned(),
            scheme: "SANDBOX.AccountNumber",
            identification: format!("BERKA-{number}"),
            entries,
            opening_minor,
        }],
    }
}

#[cfg(test)]
mod tests;
