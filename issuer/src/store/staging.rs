//! A scratch database for a file too large for memory: rows are appended as they are read, taken back account by account, and the
//! file is deleted with the value. It is not the issuer's database: nothing of it outlives the run.
//!
//! Every call blocks on the disk.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::StoreError;

/// Kibibytes SQLite may keep in memory, whatever the file's size; its sorter takes as much once more while rows are put in order.
const CACHE_KIBIBYTES: &str = "-2048";
/// Rows held at once while SQLite's own rate is measured.
const MEASURED_AT_ONCE: u64 = 1_000;
const TABLE: &str = "CREATE TABLE transactions (account INTEGER NOT NULL, day INTEGER NOT NULL, body BLOB NOT NULL)";
const INSERT: &str = "INSERT INTO transactions (account, day, body) VALUES (?1, ?2, ?3)";

/// One row to keep for later.
pub struct StagedRow {
    /// The number of its account.
    pub account: i64,
    /// Its day, counted from any fixed day.
    pub day: i64,
    /// The rest.
    pub body: Vec<u8>,
}

/// The scratch database.
pub struct Staging {
    connection: Connection,
    rows: u64,
    directory: tempfile::TempDir,
}

impl Staging {
    /// Opens a fresh one in a directory of its own below `parent`, readable by its owner only.
    ///
    /// # Errors
    /// [`StoreError`] when the place cannot be written.
    pub fn open(parent: &Path) -> Result<Self, StoreError> {
        let directory = tempfile::Builder::new().prefix("passid-ingest-").tempdir_in(parent).map_err(sqlx::Error::Io)?;
        let connection = scratch(&directory.path().join("staging.db"))?;
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection, rows: 0, directory })
    }

    /// Appends a row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add(&mut self, row: &StagedRow) -> Result<(), StoreError> {
        self.connection.prepare_cached(INSERT)?.execute(params![row.account, row.day, row.body])?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the appending and orders the rows by account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal(&mut self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("CREATE INDEX by_account ON transactions (account, day); COMMIT")?)
    }

    /// Rows appended.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// How many rows of the account lie between two days, both included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count(&self, account: i64, first_day: i64, last_day: i64) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM transactions WHERE account = ?1 AND day BETWEEN ?2 AND ?3";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row(params![account, first_day, last_day], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Hands the bodies of an account's rows between two days, both included, to `take`: by day, and within a day in the order in which
    /// they were appended.
    ///
    /// # Errors
    /// What `take` answers, or [`StoreError`].
    pub fn account(&self, account: i64, first_day: i64, last_day: i64, mut take: impl FnMut(&[u8]) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let sql = "SELECT body FROM transactions WHERE account = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day, rowid";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params![account, first_day, last_day])?;
        while let Some(row) = rows.next()? {
            take(row.get_ref(0)?.as_blob().map_err(|_| StoreError::Corrupt("staged transaction"))?)?;
        }
        Ok(())
    }

    /// How long SQLite itself takes to insert the same rows into a table of a file of its own: one prepared statement, one transaction,
    /// the same settings. Reading them back is not counted. It is the bound any ingestion is measured against.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn bulk_insert(&self) -> Result<Duration, StoreError> {
        let path = self.directory.path().join("measured.db");
        let other = scratch(&path)?;
        let mut insert = other.prepare(INSERT)?;
        let mut took = Duration::ZERO;
        let mut timed = |work: &mut dyn FnMut() -> Result<(), StoreError>| {
            let begun = Instant::now();
            work()?;
            took += begun.elapsed();
            Ok::<_, StoreError>(())
        };
        timed(&mut || Ok(other.execute_batch("BEGIN")?))?;
        let mut select = self.connection.prepare("SELECT account, day, body FROM transactions ORDER BY rowid")?;
        let mut rows = select.query([])?;
        let mut left = self.rows;
        while left > 0 {
            let mut some = Vec::new();
            for _ in 0..left.min(MEASURED_AT_ONCE) {
                let row = rows.next()?.ok_or(StoreError::Corrupt("staged transaction"))?;
                some.push(StagedRow { account: row.get(0)?, day: row.get(1)?, body: row.get(2)? });
            }
            left -= some.len() as u64;
            timed(&mut || {
                for row in &some {
                    insert.execute(params![row.account, row.day, row.body])?;
                }
                Ok(())
            })?;
        }
        timed(&mut || Ok(other.execute_batch("COMMIT")?))?;
        Ok(took)
    }

    /// Deletes everything.
    ///
    /// # Errors
    /// [`StoreError`] when the file could not be deleted: delete it by hand, it holds transactions.
    pub fn delete(self) -> Result<(), StoreError> {
        let Self { connection, directory, .. } = self;
        let closed = connection.close();
        directory.close().map_err(sqlx::Error::Io)?;
        closed.map_err(|(_, error)| error.into())
    }
}

/// A fresh database at `path` with the table in it. Nothing in it has to survive: no journal, no waiting for the disk.
fn scratch(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    for (name, value) in
        [("journal_mode", "OFF"), ("synchronous", "OFF"), ("locking_mode", "EXCLUSIVE"), ("temp_store", "FILE"), ("cache_size", CACHE_KIBIBYTES)]
    {
        connection.pragma_update(None, name, value)?;
    }
    connection.execute_batch(TABLE)?;
    Ok(connection)
}
