//! Reading a file into the scratch database: a thread parses while this one stages.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;

use passid_api::time::Timestamp;

use super::book::Book;
use super::{Format, IngestError, IngestOptions, IngestProgress};
use crate::bank::file::{CountedReader, FileError, FileRecord, csv};
use crate::bank::obie;
use crate::store::staging::Staging;

/// Facts handed on at once.
const BATCH: usize = 500;
/// Batches that wait: the parser may be this far ahead.
const AHEAD: usize = 4;

/// Reads the file to its end. Transactions are in `staging` then, everything else in the book.
///
/// # Errors
/// [`IngestError`].
pub(super) fn read(path: &Path, options: &IngestOptions, progress: &dyn Fn(IngestProgress), staging: &mut Staging) -> Result<Book, IngestError> {
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
    let (sender, batches) = mpsc::sync_channel::<Vec<FileRecord>>(AHEAD);
    let currency = options.currency;
    let mut book = Book::of_file(of_bytes);
    thread::scope(|scope| {
        let parser = scope.spawn(move || {
            let mut batch = Vec::with_capacity(BATCH);
            let mut take = |record: FileRecord| {
                batch.push(record);
                if batch.len() < BATCH {
                    return Ok(());
                }
                sender.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).map_err(|_| FileError::Stopped)
            };
            match format {
                Format::ObieJson => obie::file::read(counted, Timestamp::from_seconds(0).unwrap_or_else(|_| unreachable!("the epoch")), &mut take)?,
                Format::Csv => csv::read(counted, currency, &mut take)?,
            }
            sender.send(batch).map_err(|_| FileError::Stopped)
        });
        let staged = batches.iter().try_for_each(|batch| {
            for record in batch {
                if let Some(row) = book.take(record)? {
                    staging.add(&row)?;
                }
            }
            let of_holders = book.holders.len() as u64;
            let bytes = bytes.load(Ordering::Relaxed).min(of_bytes);
            progress(IngestProgress { bytes, of_bytes, transactions: staging.rows(), loaded: 0, holders: 0, of_holders });
            Ok::<_, IngestError>(())
        });
        // A parser that waits to hand on a batch nobody takes would wait for ever.
        drop(batches);
        let parsed = parser.join().map_err(|_| IngestError::Interrupted)?;
        staged?;
        Ok::<_, IngestError>(parsed?)
    })?;
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
