//! From a file to claims, for operators without a live connection: read, stage, derive holder by holder, forget.
//!
//! A thread reads the file and hands facts on in batches; transactions go to a scratch database ([`crate::store::staging`]), what is
//! known of holders and accounts stays in memory. Then each holder's rows of the last thirteen months are loaded, merged as rows from
//! a live bank are ([`crate::bank::merge`]) and derived from, so memory holds one holder's year, not the file.

pub mod report;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use passid_api::claims::encoding::{Country, Currency};
use passid_api::time::Timestamp;
use tokio::sync::mpsc;

use crate::bank::data::{Account, AccountHistory, AccountKind, Balance, BankSnapshot, Party};
use crate::bank::file::{CountedReader, Fact, FileError, FileRecord, csv, kept};
use crate::bank::merge::History;
use crate::bank::obie;
use crate::bank::provider::WANTED_HISTORY_DAYS;
use crate::derive::{Assessment, DeclaredHolder, DeriveError, assess};
use crate::screening::ScreeningOutcome;
use crate::store::StoreError;
use crate::store::staging::{StagedRow, Staging};

/// Facts handed on at once.
const BATCH: usize = 1_000;
/// Batches that wait: the reader may be this far ahead.
const AHEAD: usize = 4;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// UK Open Banking answers, see [`obie::file`].
    ObieJson,
    /// A table, see [`csv`].
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
    /// Where the scratch database lies.
    pub scratch: PathBuf,
    /// Whether SQLite's own rate is measured too.
    pub measure: bool,
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
    /// Holders derived.
    pub holders: u64,
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
    /// SQLite's own time to insert and index the same rows, when measured.
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

/// Ingests `path`: `progress` hears how far it is, `outcome` gets each holder's claims.
///
/// # Errors
/// [`IngestError`]; nothing of the file stays either way.
pub async fn ingest(
    path: &Path,
    options: &IngestOptions,
    progress: &(dyn Fn(IngestProgress) + Sync),
    outcome: &mut (dyn FnMut(HolderOutcome) + Send),
) -> Result<IngestSummary, IngestError> {
    let mut staging = Staging::open(&options.scratch).await?;
    let result = run(path, options, progress, outcome, &mut staging).await;
    let deleted = staging.delete().await;
    let summary = result?;
    deleted?;
    Ok(summary)
}

async fn run(
    path: &Path,
    options: &IngestOptions,
    progress: &(dyn Fn(IngestProgress) + Sync),
    outcome: &mut (dyn FnMut(HolderOutcome) + Send),
    staging: &mut Staging,
) -> Result<IngestSummary, IngestError> {
    let begun = Instant::now();
    let mut book = read(path, options, progress, staging).await?;
    staging.seal().await?;
    let reading = begun.elapsed();
    let last = book.last.ok_or(IngestError::Empty)?;
    let as_of = options.as_of.unwrap_or(last);
    let begun = Instant::now();
    let (mut derived_from, mut holders) = (0, 0);
    let of_bytes = book.of_bytes;
    for holder in std::mem::take(&mut book.holders) {
        let name = holder.name.clone();
        let snapshot = load(&mut book, holder, as_of, staging).await?;
        derived_from += snapshot.transaction_count() as u64;
        let accounts = snapshot.accounts.len();
        let declared = DeclaredHolder { name: options.declared_name.clone().unwrap_or_default(), destination: options.destination, origin: options.origin };
        let now = snapshot.read_at;
        let derived = tokio::task::spawn_blocking(move || assess(snapshot, &declared, &ScreeningOutcome::default(), now));
        let derived = derived.await.map_err(|_| IngestError::Interrupted)?;
        holders += 1;
        outcome(HolderOutcome { holder: name, as_of, accounts, outcome: derived });
        progress(IngestProgress { bytes: of_bytes, of_bytes, transactions: staging.rows(), holders });
    }
    let deriving = begun.elapsed();
    let bulk_insert = if options.measure { Some(staging.bulk_insert().await?) } else { None };
    Ok(IngestSummary { transactions: staging.rows(), derived_from, holders, reading, deriving, bulk_insert })
}

/// A holder while the file is read.
#[derive(Default)]
struct Holder {
    name: String,
    accounts: Vec<usize>,
    parties: Vec<Party>,
}

/// An account while the file is read.
struct Known {
    account: Account,
    parties: Vec<Party>,
    balance: Option<Balance>,
}

/// Who and what the file tells of, without transactions.
#[derive(Default)]
struct Book {
    holders: Vec<Holder>,
    holder_numbers: HashMap<String, usize>,
    accounts: Vec<Known>,
    account_numbers: HashMap<(usize, String), usize>,
    last: Option<Date>,
    of_bytes: u64,
}

impl Book {
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
    fn take(&mut self, record: FileRecord) -> Result<Option<StagedRow>, IngestError> {
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
                return Ok(Some(StagedRow { account: i64::try_from(account).unwrap_or(i64::MAX), day: day_number(row.booked_on), body }));
            }
        }
        Ok(None)
    }
}

/// Days since 1970-01-01.
fn day_number(day: Date) -> i64 {
    i64::from(day.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days()))
}

async fn read(path: &Path, options: &IngestOptions, progress: &(dyn Fn(IngestProgress) + Sync), staging: &mut Staging) -> Result<Book, IngestError> {
    let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let of_bytes = file.metadata().map_err(unreadable)?.len();
    let mut source = BufReader::new(file);
    let format = match options.format {
        Some(format) => format,
        None => recognise(path, source.fill_buf().map_err(unreadable)?).ok_or_else(|| FileError::UnknownFormat(path.to_owned()))?,
    };
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = CountedReader::new(source, Arc::clone(&bytes));
    let (sender, mut batches) = mpsc::channel::<Vec<FileRecord>>(AHEAD);
    let currency = options.currency;
    let reader = tokio::task::spawn_blocking(move || {
        let mut batch = Vec::with_capacity(BATCH);
        let mut take = |record: FileRecord| {
            batch.push(record);
            if batch.len() < BATCH {
                return Ok(());
            }
            sender.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).map_err(|_| FileError::Stopped)
        };
        match format {
            Format::ObieJson => obie::file::read(counted, Timestamp::from_seconds(0).unwrap_or_else(|_| unreachable!("the epoch")), &mut take)?,
            Format::Csv => csv::read(counted, currency, &mut take)?,
        }
        sender.blocking_send(batch).map_err(|_| FileError::Stopped)
    });
    let mut book = Book { of_bytes, ..Book::default() };
    let mut transactions = 0;
    while let Some(batch) = batches.recv().await {
        for record in batch {
            if let Some(row) = book.take(record)? {
                staging.add(row).await?;
                transactions += 1;
            }
        }
        progress(IngestProgress { bytes: bytes.load(Ordering::Relaxed).min(of_bytes), of_bytes, transactions, holders: 0 });
    }
    reader.await.map_err(|_| IngestError::Interrupted)??;
    Ok(book)
}

/// By the name's ending, else by the first character that is not white space.
fn recognise(path: &Path, beginning: &[u8]) -> Option<Format> {
    match path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("json" | "jsonl" | "ndjson") => return Some(Format::ObieJson),
        Some("csv" | "tsv") => return Some(Format::Csv),
        _ => {}
    }
    let first = beginning.iter().find(|byte| !byte.is_ascii_whitespace())?;
    match first {
        b'{' | b'[' => Some(Format::ObieJson),
        byte if byte.is_ascii_alphabetic() || *byte == b'"' => Some(Format::Csv),
        _ => None,
    }
}

/// Loads a holder's window.
async fn load(book: &mut Book, holder: Holder, as_of: Date, staging: &mut Staging) -> Result<BankSnapshot, IngestError> {
    let read_at: Timestamp = format!("{as_of}T00:00:00Z").parse().map_err(|_| IngestError::Interrupted)?;
    let first_day = day_number(as_of) - WANTED_HISTORY_DAYS;
    let last_day = as_of;
    let mut accounts = Vec::with_capacity(holder.accounts.len());
    for number in &holder.accounts {
        let mut history = History::default();
        let mut listing = history.listing();
        let each = |bytes: &[u8]| {
            let row = kept::from_bytes(bytes).ok_or(StoreError::Corrupt("staged transaction"))?;
            if row.booked_on <= last_day {
                listing.add(row);
            }
            Ok(())
        };
        staging.account(i64::try_from(*number).unwrap_or(i64::MAX), first_day, each).await?;
        let known = &mut book.accounts[*number];
        let balance = known.balance.map(|balance| Balance { minor: balance.minor, at: read_at });
        accounts.push(AccountHistory {
            account: known.account.clone(),
            holders: std::mem::take(&mut known.parties),
            balance,
            transactions: history.into_rows(),
        });
    }
    Ok(BankSnapshot { provider: "file".to_owned(), read_at, accounts, consenting_party: holder.parties.into_iter().next() })
}

#[cfg(test)]
mod tests;
