//! Who and what a file tells of, without transactions: kept in memory while the file is read.

use std::collections::HashMap;

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;

use super::{IngestError, day_number};
use crate::bank::data::{Account, AccountKind, Balance, Party};
use crate::bank::file::{Fact, FileRecord, kept};
use crate::store::staging::StagedRow;

/// A holder while the file is read.
#[derive(Default)]
pub(super) struct Holder {
    pub(super) name: String,
    pub(super) accounts: Vec<usize>,
    pub(super) parties: Vec<Party>,
}

/// An account while the file is read.
pub(super) struct Known {
    pub(super) account: Account,
    pub(super) parties: Vec<Party>,
    pub(super) balance: Option<Balance>,
}

/// Who and what the file tells of, without transactions.
#[derive(Default)]
pub(super) struct Book {
    pub(super) holders: Vec<Holder>,
    holder_numbers: HashMap<String, usize>,
    pub(super) accounts: Vec<Known>,
    account_numbers: HashMap<(usize, String), usize>,
    pub(super) last: Option<Date>,
    pub(super) of_bytes: u64,
}

impl Book {
    /// The book of a file of so many bytes, before anything is read.
    pub(super) fn of_file(of_bytes: u64) -> Self {
        Self { of_bytes, ..Self::default() }
    }

    fn holder(&mut self, name: &str) -> usize {
        if let Some(number) = self.holder_numbers.get(name) {
            return *number;
        }
        self.holders.push(Holder { name: name.to_owned(), ..Holder::default() });
        self.holder_numbers.insert(name.to_owned(), self.holders.len() - 1);
        self.holders.len() - 1
    }

    /// The account's number; one nobody described is a current account in the currency of what is told first.
    fn account(&mut self, holder: usize, id: String, currency: Currency) -> usize {
        let key = (holder, id);
        if let Some(number) = self.account_numbers.get(&key) {
            return *number;
        }
        let account = Account { id: key.1.clone(), kind: AccountKind::Current, currency, opened_on: None, name: None, identification: None };
        self.accounts.push(Known { account, parties: Vec::new(), balance: None });
        let number = self.accounts.len() - 1;
        self.account_numbers.insert(key, number);
        if let Some(holder) = self.holders.get_mut(holder) {
            holder.accounts.push(number);
        }
        number
    }

    /// Takes a fact; a transaction comes back as the row to stage.
    pub(super) fn take(&mut self, record: FileRecord) -> Result<Option<StagedRow>, IngestError> {
        let holder = self.holder(&record.holder);
        match record.fact {
            Fact::Account(account) => {
                let number = self.account(holder, record.account, account.currency);
                self.accounts[number].account = account;
            }
            Fact::Balance(balance) => {
                if let Some(number) = self.account_numbers.get(&(holder, record.account)) {
                    let known = &mut self.accounts[*number].balance;
                    if known.is_none_or(|known| known.at <= balance.at) {
                        *known = Some(balance);
                    }
                }
            }
            Fact::Party(party) => match self.account_numbers.get(&(holder, record.account)) {
                Some(number) => self.accounts[*number].parties.push(party),
                None => self.holders[holder].parties.push(party),
            },
            Fact::Transaction(mut row) => {
                let account = self.account(holder, record.account, row.currency);
                self.last = self.last.max(Some(row.booked_on));
                let body = kept::to_bytes(&mut row).map_err(|_| IngestError::Interrupted)?;
                return Ok(Some(StagedRow { account: key(account), day: day_number(row.booked_on), body }));
            }
        }
        Ok(None)
    }
}

/// An account's number as the scratch database has it.
pub(super) fn key(account: usize) -> i64 {
    i64::try_from(account).unwrap_or(i64::MAX)
}
