//! The boundary between the issuer and a bank's dialect.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;

use url::Url;

use super::authorisation::{AuthorisationResponse, BankTokens, PendingAuthorisation};
use super::client::{Access, BankClient, Refusal};
use super::data::{Account, AccountHistory, Party, Transaction};
use super::error::BankError;

/// A boxed answer, so that providers can be kept side by side as trait objects.
pub type BankFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BankError>> + Send + 'a>>;

/// A boxed answer about a resource; a refusal is explained by asking where the consent stands.
pub type ResourceFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send + 'a>>;

/// Days of history no claim can do without.
pub const LEAST_HISTORY_DAYS: i64 = 180;
/// Days of history asked for: thirteen months, so that a yearly payment is seen twice.
pub const WANTED_HISTORY_DAYS: i64 = 396;

/// The days to read, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadWindow {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl ReadWindow {
    /// The last [`WANTED_HISTORY_DAYS`] days up to the day of `now` in UTC.
    pub fn up_to(now: Timestamp) -> Self {
        let to = jiff::Timestamp::from_second(now.seconds()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
        Self { from: to.saturating_sub(WANTED_HISTORY_DAYS.days()), to }
    }
}

/// How far a read has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadProgress {
    /// Accounts finished.
    pub accounts_done: usize,
    /// Accounts consented.
    pub accounts_total: usize,
    /// Transactions so far.
    pub transactions: usize,
}

/// What a caller wants to hear while a read runs.
pub trait ReadObserver: Send + Sync {
    /// A page or an account is done.
    fn progress(&self, progress: ReadProgress);

    /// The bank exchanged the tokens: the old refresh token is dead, so store these durably before answering. The read goes on
    /// after that, and stops with the given error when they could not be stored.
    fn tokens_rotated<'a>(&'a self, tokens: &'a BankTokens) -> BankFuture<'a, ()>;

    /// Where the holder asks from, while they are there and asked for this read: banks are told, and count reads without the holder.
    fn holder_address(&self) -> Option<IpAddr> {
        None
    }
}

/// What a consent covers: accounts with holders and balances, still without transactions.
pub struct Consented {
    /// The accounts.
    pub accounts: Vec<AccountHistory>,
    /// The person who consented, where the bank says so.
    pub consenting_party: Option<Party>,
}

/// One page of a listing of booked transactions.
pub struct TransactionPage {
    /// Its rows, in the bank's order.
    pub rows: Vec<Transaction>,
    /// The link to the next page as the bank wrote it; whether it may be followed is decided by [`super::pages::PageWalk`].
    pub next: Option<String>,
    /// Pages the bank promises in all.
    pub total_pages: Option<u64>,
}

/// When the holder must say again that the issuer may go on reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReconfirmationRule {
    /// Days after the holder agreed, or last confirmed.
    pub every_days: u16,
    /// Days before that from which they are warned.
    pub warning_days: u16,
}

/// One bank, or one scheme's set of banks, that can be linked. A provider speaks its scheme's dialect and nothing else: following pages,
/// ranges, repeated and missing rows is the same for all ([`super::sync`]).
pub trait BankProvider: Send + Sync {
    /// Its identifier, name and environment.
    fn description(&self) -> &passid_api::issuer::BankProvider;

    /// What it talks to the bank through.
    fn client(&self) -> &BankClient;

    /// What the scheme says of reconfirmation to the reader; `None` where the bank itself asks the holder again, and the consent ends by then.
    fn reconfirmation(&self) -> Option<ReconfirmationRule>;

    /// Asks the bank for a consent and says where to send the holder. `redirect_url` is where the bank sends them back; `holder` is where
    /// they ask from, as far as it is known.
    fn begin<'a>(&'a self, redirect_url: &'a str, holder: Option<IpAddr>) -> BankFuture<'a, PendingAuthorisation>;

    /// Checks what came back and exchanges the code, once.
    fn complete<'a>(&'a self, pending: &'a PendingAuthorisation, response: &'a AuthorisationResponse) -> BankFuture<'a, BankTokens>;

    /// Reads accounts, holders and balances.
    fn accounts<'a>(&'a self, access: &'a mut Access<'_>) -> ResourceFuture<'a, Consented>;

    /// Where the first page of an account's transactions of these days is.
    fn transactions_address(&self, account: &Account, window: ReadWindow) -> Url;

    /// Reads one page of transactions.
    fn transactions<'a>(&'a self, access: &'a mut Access<'_>, page: Url) -> ResourceFuture<'a, TransactionPage>;

    /// Where the consent stands at the bank.
    fn status<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, BankLinkStatus>;

    /// Ends the consent at the bank; fine when it is gone already.
    fn revoke<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, ()>;
}
