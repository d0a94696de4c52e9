//! The boundary between the issuer and a bank's dialect.

use std::future::Future;
use std::pin::Pin;

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;

use super::authorisation::{AuthorisationResponse, BankTokens, PendingAuthorisation};
use super::data::BankSnapshot;
use super::error::BankError;

/// A boxed answer, so that providers can be kept side by side as trait objects.
pub type BankFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, BankError>> + Send + 'a>>;

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
}

/// One bank, or one scheme's set of banks, that can be linked.
pub trait BankProvider: Send + Sync {
    /// Its identifier, name and environment.
    fn description(&self) -> &passid_api::issuer::BankProvider;

    /// Asks the bank for a consent and says where to send the holder. `redirect_url` is where the bank sends them back.
    fn begin<'a>(&'a self, redirect_url: &'a str) -> BankFuture<'a, PendingAuthorisation>;

    /// Checks what came back and exchanges the code, once.
    fn complete<'a>(&'a self, pending: &'a PendingAuthorisation, response: &'a AuthorisationResponse) -> BankFuture<'a, BankTokens>;

    /// Reads accounts, holders, balances and transactions; renews the access token when needed.
    fn read<'a>(&'a self, tokens: &'a mut BankTokens, window: ReadWindow, observer: &'a dyn ReadObserver) -> BankFuture<'a, BankSnapshot>;

    /// Where the consent stands at the bank.
    fn status<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, BankLinkStatus>;

    /// Ends the consent at the bank; fine when it is gone already.
    fn revoke<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, ()>;
}
