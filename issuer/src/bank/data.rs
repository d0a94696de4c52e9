//! What a bank tells about a person, in one shape for every scheme. Never logged, never stored, wiped when dropped.

use std::fmt;

use jiff::civil::Date;
use passid_api::claims::encoding::{Country, Currency};
use passid_api::time::Timestamp;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Everything read from one bank connection at one moment.
pub struct BankSnapshot {
    /// The provider's identifier.
    pub provider: String,
    /// When reading ended; becomes the credential's data timestamp.
    pub read_at: Timestamp,
    /// The consented accounts with their histories.
    pub accounts: Vec<AccountHistory>,
    /// The person who consented, where the bank says so.
    pub consenting_party: Option<Party>,
}

impl BankSnapshot {
    /// Transactions over all accounts.
    pub fn transaction_count(&self) -> usize {
        self.accounts.iter().map(|history| history.transactions.len()).sum()
    }
}

impl fmt::Debug for BankSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BankSnapshot({} accounts, {} transactions, redacted)", self.accounts.len(), self.transaction_count())
    }
}

/// One account: who holds it, what is on it, what went through it.
pub struct AccountHistory {
    /// The account.
    pub account: Account,
    /// Its holders; several for a joint account.
    pub holders: Vec<Party>,
    /// Its booked balance, where the bank gives one.
    pub balance: Option<Balance>,
    /// Its transactions, oldest first.
    pub transactions: Vec<Transaction>,
}

impl fmt::Debug for AccountHistory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AccountHistory({} transactions, redacted)", self.transactions.len())
    }
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// Daily payments.
    Current,
    /// Money put aside.
    Savings,
    /// A credit card: its balance is a debt.
    CreditCard,
    /// A loan or mortgage: its balance is a debt.
    Loan,
    /// Anything else.
    Other,
}

impl AccountKind {
    /// By the code of ISO 20022 (`ExternalCashAccountType1Code`), which several schemes use.
    pub fn of_cash_account_type(code: &str) -> Self {
        match code {
            "CACC" | "SLRY" | "TRAN" => Self::Current,
            "SVGS" | "LLSV" | "ONDP" => Self::Savings,
            "CARD" | "CHAR" => Self::CreditCard,
            "LOAN" | "MORT" | "MGLD" => Self::Loan,
            _ => Self::Other,
        }
    }
}

/// An account as the bank describes it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Account {
    /// The bank's identifier for this consent.
    pub id: String,
    /// What it is for.
    #[zeroize(skip)]
    pub kind: AccountKind,
    /// Its currency.
    #[zeroize(skip)]
    pub currency: Currency,
    /// When it was opened, where the bank says so.
    #[zeroize(skip)]
    pub opened_on: Option<Date>,
    /// The name printed on the account.
    pub name: Option<String>,
    /// IBAN, sort code and number, or whatever the scheme uses; recognises transfers between the holder's own accounts.
    pub identification: Option<String>,
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Account({:?}, {}, redacted)", self.kind, self.currency)
    }
}

/// A person or organisation holding an account.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Party {
    /// The full legal name where given, else the name.
    pub name: String,
    /// Country of the address.
    #[zeroize(skip)]
    pub country: Option<Country>,
}

impl fmt::Debug for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Party(redacted)")
    }
}

/// A balance: positive when the holder owns it, negative when they owe it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Minor units of the account's currency.
    pub minor: i64,
    /// As of.
    pub at: Timestamp,
}

impl fmt::Debug for Balance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Balance(redacted)")
    }
}

/// Which way money went, as the account holder sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Into the account.
    Credit,
    /// Out of the account.
    Debit,
}

/// One booked movement of money. What is only announced may change its identifier, amount and date, or vanish: it is never read.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Transaction {
    /// The bank's identifier; some banks give none, some change it.
    pub id: Option<String>,
    /// The day it was booked, as the bank's own calendar has it.
    #[zeroize(skip)]
    pub booked_on: Date,
    /// Which way.
    #[zeroize(skip)]
    pub direction: Direction,
    /// How much, never negative, in minor units of `currency`.
    pub minor: i64,
    /// The currency of the amount.
    #[zeroize(skip)]
    pub currency: Currency,
    /// What the statement says.
    pub description: String,
    /// The other side's name, where given.
    pub counterparty_name: Option<String>,
    /// The other side's account, where given.
    pub counterparty_account: Option<String>,
    /// ISO 20022 bank transaction code, family: `RCDT`, `ICDT`, `RDDT`, `CCRD`, …
    pub code: Option<String>,
    /// ISO 20022 bank transaction code, sub-family: `SALA`, `STDO`, `CWDL`, `CHRG`, …
    pub sub_code: Option<String>,
    /// ISO 20022 category purpose or purpose: `SALA`, `PENS`, `RENT`, `INSU`, `REFU`, …
    pub purpose: Option<String>,
    /// ISO 18245 merchant category.
    pub merchant_category: Option<String>,
    /// The account's balance after it, minor units, where the bank says.
    pub balance_after: Option<i64>,
}

#[cfg(test)]
impl Transaction {
    /// A debit in pounds that the bank tells nothing more of.
    pub(crate) fn debit(booked_on: Date, minor: i64, description: &str) -> Self {
        Self {
            id: None,
            booked_on,
            direction: Direction::Debit,
            minor,
            currency: "GBP".parse().expect("a currency"),
            description: description.to_owned(),
            counterparty_name: None,
            counterparty_account: None,
            code: None,
            sub_code: None,
            purpose: None,
            merchant_category: None,
            balance_after: None,
        }
    }
}

impl Transaction {
    /// The amount with its sign: positive into the account.
    pub const fn signed_minor(&self) -> i64 {
        match self.direction {
            Direction::Credit => self.minor,
            Direction::Debit => -self.minor,
        }
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Transaction(redacted)")
    }
}
