//! Bank data in files, for operators without a live connection: what a bank or a customer exported, read one fact at a time.
//!
//! Reading never holds the file: a fact is handed on as soon as it is read, whatever the file's size.

pub mod csv;
pub mod kept;

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::data::{Account, Balance, Party, Transaction};

/// Something a file tells.
pub struct FileRecord {
    /// Whose it is, where the file holds several people; empty otherwise.
    pub holder: String,
    /// The account's identifier in the file; empty when it concerns the holder.
    pub account: String,
    /// What it is.
    pub fact: Fact,
}

/// What is told.
pub enum Fact {
    /// An account.
    Account(Account),
    /// The balance of an account.
    Balance(Balance),
    /// A holder of the account, or the person who consented when no account is named.
    Party(Party),
    /// A booked transaction.
    Transaction(Transaction),
}

/// Takes what is read; an error stops the reading.
pub type Take<'a> = dyn FnMut(FileRecord) -> Result<(), FileError> + 'a;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be opened or read: check the path and its permissions.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is not in the documented layout: correct it, nothing was kept.
    #[error("line {line}: {reason}")]
    Malformed {
        /// Counted from 1.
        line: u64,
        /// What is wrong and what is expected; never the line's content.
        reason: String,
    },
    /// The file is neither OBIE JSON nor CSV: choose with `--format`.
    #[error("{0} is neither JSON nor CSV by its name or first character; say which with --format")]
    UnknownFormat(PathBuf),
    /// Whoever takes the records has stopped.
    #[error("reading was stopped")]
    Stopped,
}

/// Counts what was read through it, for progress.
pub struct CountedReader<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R> CountedReader<R> {
    /// Reads from `inner`, adding to `count`.
    pub const fn new(inner: R, count: Arc<AtomicU64>) -> Self {
        Self { inner, count }
    }
}

impl<R: Read> Read for CountedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
