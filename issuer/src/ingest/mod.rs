//! From a file to claims, for operators without a live connection: read, stage, derive holder by holder, forget.
//!
//! A thread reads the file and hands facts on in batches; transactions go to a scratch database ([`crate::store::staging`]), what is
//! known of holders and accounts stays in memory ([`book`]). Then each holder's rows of the last thirteen months are loaded, merged as rows
//! from a live bank are ([`crate::bank::merge`]) and derived from, so memory holds one holder's year, not the file.

mod book;
mod reading;
pub mod report;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::claims::encoding::{Country, Currency};
use passid_api::time::Timestamp;

use crate::bank::client::ReadLimits;
use crate::bank::data::{AccountHistory, Balance, BankSnapshot};
use crate::bank::file::{FileError, kept};
use crate::bank::merge::History;
use crate::bank::provider::WANTED_HISTORY_DAYS;
use crate::derive::{Assessment, DeclaredHolder, DeriveError, assess};
use crate::screening::ScreeningOutcome;
use crate::store::StoreError;
use crate::store::staging::Staging;

use book::{Book, Holder};

/// Rows between two reports of progress while one holder's are loaded.
const LOADED_AT_ONCE: u64 = 10_000;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// UK Open Banking answers, see [`crate::bank::obie::file`].
    ObieJson,
    /// A table, see [`crate::bank::file::csv`].
    Csv,
}

/// What the file does not say.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// The kind of file; recognised by its name or first character when left out.
    pub format: Option<Format>,
    /// The holder's name as they write it.
    pub declared_name: Option<String>,
    /// The country of the accounts, where the file does not tell it.
    pub origin: Option<Country>,
    /// The country whose institutions the holder turns to.
    pub destination: Country,
    /// The currency of a table without that column.
    pub currency: Option<Currency>,
    /// The day to judge as of; the file's last booked day when left out.
    pub as_of: Option<Date>,
    /// Transactions of one holder within thirteen months; one with more gets no claims, and the others get theirs.
    pub most_of_a_holder: usize,
    /// Where the scratch database lies.
    pub scratch: PathBuf,
    /// Whether SQLite's own rate is measured too.
    pub measure: bool,
}

impl IngestOptions {
    /// The most transactions of one holder, the same as are read from a live bank.
    pub fn most_read_live() -> usize {
        ReadLimits::default().transactions
    }
}

/// How far an ingestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IngestProgress {
    /// Bytes read of the file.
    pub bytes: u64,
    /// Bytes the file has.
    pub of_bytes: u64,
    /// Transactions read.
    pub transactions: u64,
    /// Transactions loaded for derivation.
    pub loaded: u64,
    /// Holders derived.
    pub holders: u64,
    /// Holders found so far.
    pub of_holders: u64,
}

/// One holder's outcome.
pub struct HolderOutcome {
    /// The holder as the file calls them; empty when it holds one person.
    pub holder: String,
    /// The day the claims are judged as of.
    pub as_of: Date,
    /// Accounts.
    pub accounts: usize,
    /// The claims, or why there are none.
    pub outcome: Result<Assessment, DeriveError>,
}

/// What an ingestion came to.
#[derive(Debug, Clone, Copy)]
pub struct IngestSummary {
    /// Booked transactions read.
    pub transactions: u64,
    /// Of these, loaded for derivation: of the last thirteen months, each once.
    pub derived_from: u64,
    /// Holders.
    pub holders: u64,
    /// Reading and staging.
    pub reading: Duration,
    /// Loading, merging and deriving.
    pub deriving: Duration,
    /// SQLite's own time to insert the same rows, when measured.
    pub bulk_insert: Option<Duration>,
}

/// Why nothing was ingested.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The file is at fault.
    #[error(transparent)]
    File(#[from] FileError),
    /// The scratch database failed.
    #[error("the scratch database failed: {0}")]
    Staging(#[from] StoreError),
    /// Nothing booked is in the file.
    #[error("the file holds no booked transactions")]
    Empty,
    /// Reading or deriving broke off: report it.
    #[error("the ingestion broke off")]
    Interrupted,
}

/// Ingests `path`: `progress` hears how far it is, `outcome` gets each holder's claims. Blocks until the file is done.
///
/// # Errors
/// [`IngestError`]; nothing of the file stays either way.
pub fn ingest(
    path: &Path,
    options: &IngestOptions,
    progress: &dyn Fn(IngestProgress),
    outcome: &mut dyn FnMut(HolderOutcome),
) -> Result<IngestSummary, IngestError> {
    let mut staging = Staging::open(&options.scratch)?;
    let result = run(path, options, progress, outcome, &mut staging);
    let deleted = staging.delete();
    let summary = result?;
    deleted?;
    Ok(summary)
}

fn run(
    path: &Path,
    options: &IngestOptions,
    progress: &dyn Fn(IngestProgress),
    outcome: &mut dyn FnMut(HolderOutcome),
    staging: &mut Staging,
) -> Result<IngestSummary, IngestError> {
    let begun = Instant::now();
    let mut book = reading::read(path, options, progress, staging)?;
    staging.seal()?;
    let reading = begun.elapsed();
    let last = book.last.ok_or(IngestError::Empty)?;
    let begun = Instant::now();
    let of_holders = book.holders.len() as u64;
    let now = IngestProgress { bytes: book.of_bytes, of_bytes: book.of_bytes, transactions: staging.rows(), loaded: 0, holders: 0, of_holders };
    let mut loader = Loader { staging, window: Window::ending(options.as_of.unwrap_or(last))?, most: options.most_of_a_holder, progress, now };
    let mut derived_from = 0;
    for holder in std::mem::take(&mut book.holders) {
        let (name, accounts) = (holder.name.clone(), holder.accounts.len());
        let derived = loader.load(&mut book, holder)?.and_then(|snapshot| {
            derived_from += snapshot.transaction_count() as u64;
            let declared = DeclaredHolder { name: options.declared_name.clone().unwrap_or_default(), destination: options.destination, origin: options.origin };
            let now = snapshot.read_at;
            assess(snapshot, &declared, &ScreeningOutcome::default(), now)
        });
        loader.now.holders += 1;
        outcome(HolderOutcome { holder: name, as_of: loader.window.to, accounts, outcome: derived });
        progress(loader.now);
    }
    let deriving = begun.elapsed();
    let bulk_insert = if options.measure { Some(staging.bulk_insert()?) } else { None };
    Ok(IngestSummary { transactions: staging.rows(), derived_from, holders: of_holders, reading, deriving, bulk_insert })
}

/// Days since 1970-01-01.
fn day_number(day: Date) -> i64 {
    i64::from(day.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days()))
}

/// The days whose rows count, both included.
struct Window {
    from: Date,
    to: Date,
    /// The first moment of the last day.
    at: Timestamp,
}

impl Window {
    fn ending(to: Date) -> Result<Self, IngestError> {
        let at = format!("{to}T00:00:00Z").parse().map_err(|_| IngestError::Interrupted)?;
        Ok(Self { from: to.saturating_sub(WANTED_HISTORY_DAYS.days()), to, at })
    }
}

/// Loads one holder's window at a time.
struct Loader<'a> {
    staging: &'a Staging,
    window: Window,
    most: usize,
    progress: &'a dyn Fn(IngestProgress),
    now: IngestProgress,
}

impl Loader<'_> {
    /// What a bank would have told of the holder, or that it is more than may be held in memory.
    fn load(&mut self, book: &mut Book, holder: Holder) -> Result<Result<BankSnapshot, DeriveError>, IngestError> {
        let (first, last) = (day_number(self.window.from), day_number(self.window.to));
        let mut count = 0;
        for number in &holder.accounts {
            count += self.staging.count(book::key(*number), first, last)?;
        }
        if count > self.most as u64 {
            return Ok(Err(DeriveError::TooManyTransactions { most: self.most }));
        }
        let mut accounts = Vec::with_capacity(holder.accounts.len());
        for number in &holder.accounts {
            let mut history = History::default();
            let mut listing = history.listing();
            self.staging.account(book::key(*number), first, last, |bytes| {
                listing.add(kept::from_bytes(bytes).ok_or(StoreError::Corrupt("staged transaction"))?);
                self.now.loaded += 1;
                if self.now.loaded.is_multiple_of(LOADED_AT_ONCE) {
                    (self.progress)(self.now);
                }
                Ok(())
            })?;
            let known = book.accounts.get_mut(*number).ok_or(IngestError::Interrupted)?;
            let balance = known.balance.map(|balance| Balance { minor: balance.minor, at: self.window.at });
            accounts.push(AccountHistory {
                account: known.account.clone(),
                holders: std::mem::take(&mut known.parties),
                balance,
                transactions: history.into_rows(),
            });
        }
        let consenting_party = holder.parties.into_iter().next();
        Ok(Ok(BankSnapshot { provider: "file".to_owned(), read_at: self.window.at, accounts, consenting_party }))
    }
}

#[cfg(test)]
mod tests;
