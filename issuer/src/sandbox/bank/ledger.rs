//! The bank's books: customers, their accounts, what was entered.

use jiff::civil::Date;
use passid_api::claims::encoding::{Country, Currency};

use crate::bank::data::AccountKind;

/// A person with accounts.
#[derive(Clone)]
pub(super) struct BookedCustomer {
    /// What they log in with.
    pub(super) id: String,
    /// The name the bank has for them.
    pub(super) name: String,
    /// How they write it themselves.
    pub(super) declared_name: String,
    /// Where they live.
    pub(super) town: String,
    /// The country of that.
    pub(super) country: Country,
    /// Their accounts.
    pub(super) accounts: Vec<BookedAccount>,
}

/// An account with its entries, oldest first.
#[derive(Clone)]
pub(super) struct BookedAccount {
    /// The bank's number for it.
    pub(super) id: String,
    /// What it is for.
    pub(super) kind: AccountKind,
    /// Its currency.
    pub(super) currency: Currency,
    /// When it was opened.
    pub(super) opened_on: Date,
    /// What the customer calls it.
    pub(super) nickname: String,
    /// OBIE's name for the kind of number in `identification`.
    pub(super) scheme: &'static str,
    /// The number others pay to.
    pub(super) identification: String,
    /// What happened on it.
    pub(super) entries: Vec<Entry>,
    /// Balance before the first entry, minor units.
    pub(super) opening_minor: i64,
}

impl BookedAccount {
    /// Balance after the last entry, minor units.
    pub(super) fn closing_minor(&self) -> i64 {
        self.entries.last().map_or(self.opening_minor, |entry| entry.balance_minor)
    }
}

/// One entry.
#[derive(Clone)]
pub(super) struct Entry {
    /// Its number.
    pub(super) id: String,
    /// The day.
    pub(super) booked_on: Date,
    /// Minor units, positive into the account.
    pub(super) minor: i64,
    /// Balance after it, minor units.
    pub(super) balance_minor: i64,
    /// What it was.
    pub(super) label: Label,
}

/// What an entry was, in words and in the codes banks use.
#[derive(Clone, Default)]
pub(super) struct Label {
    /// What the statement says.
    pub(super) description: String,
    /// The other side's name.
    pub(super) counterparty: Option<String>,
    /// The other side's account.
    pub(super) counterparty_account: Option<String>,
    /// ISO 20022 bank transaction code: family and sub-family.
    pub(super) code: (&'static str, &'static str),
    /// ISO 20022 category purpose.
    pub(super) category_purpose: Option<&'static str>,
    /// ISO 20022 purpose.
    pub(super) purpose: Option<&'static str>,
    /// ISO 18245 merchant category.
    pub(super) merchant_category: Option<&'static str>,
}
