//! A scratch database for a file too large for memory: rows are appended as they are read, taken back account by account, and the
//! file is deleted with the value. It is not the issuer's database: nothing of it outlives the run.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::StoreError;

/// Rows in one statement; three parameters each, and SQLite takes 32,766.
const BATCH: usize = 1_000;
/// Kibibytes SQLite may keep in memory, whatever the file's size.
const CACHE_KIBIBYTES: &str = "-16384";

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
    connection: SqliteConnection,
    pending: Vec<StagedRow>,
    rows: u64,
    directory: tempfile::TempDir,
}

impl Staging {
    /// Opens a fresh one in a directory of its own below `parent`, readable by its owner only.
    ///
    /// # Errors
    /// [`StoreError`] when the place cannot be written.
    pub async fn open(parent: &Path) -> Result<Self, StoreError> {
        let directory = tempfile::Builder::new().prefix("passid-ingest-").tempdir_in(parent).map_err(sqlx::Error::Io)?;
        let options = SqliteConnectOptions::new()
            .filename(directory.path().join("staging.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .pragma("locking_mode", "EXCLUSIVE")
            .pragma("temp_store", "FILE")
            .pragma("cache_size", CACHE_KIBIBYTES);
        let mut connection = options.connect().await?;
        sqlx::query("CREATE TABLE transactions (account INTEGER NOT NULL, day INTEGER NOT NULL, body BLOB NOT NULL)").execute(&mut connection).await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self { connection, pending: Vec::with_capacity(BATCH), rows: 0, directory })
    }

    /// Appends a row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn add(&mut self, row: StagedRow) -> Result<(), StoreError> {
        self.pending.push(row);
        if self.pending.len() < BATCH { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.rows += self.pending.len() as u64;
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO transactions (account, day, body) ");
        query.push_values(self.pending.drain(..), |mut values, row| {
            values.push_bind(row.account).push_bind(row.day).push_bind(row.body);
        });
        query.build().execute(&mut self.connection).await?;
        Ok(())
    }

    /// Ends the appending and orders the rows by account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn seal(&mut self) -> Result<(), StoreError> {
        self.flush().await?;
        sqlx::query("CREATE INDEX by_account ON transactions (account, day)").execute(&mut self.connection).await?;
        sqlx::query("COMMIT").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Rows appended.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Hands the bodies of an account's rows from `first_day` on to `take`, in the order in which they were appended within a day.
    ///
    /// # Errors
    /// What `take` answers, or [`StoreError`].
    pub async fn account(&mut self, account: i64, first_day: i64, mut take: impl FnMut(&[u8]) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let sql = "SELECT body FROM transactions WHERE account = $1 AND day >= $2 ORDER BY day, rowid";
        let mut rows = sqlx::query(sql).bind(account).bind(first_day).fetch(&mut self.connection);
        while let Some(row) = rows.try_next().await? {
            take(row.try_get::<&[u8], _>("body")?)?;
        }
        Ok(())
    }

    /// How long SQLite itself takes to insert the same rows, from its own table into another, without a program in between: the
    /// bound any ingestion is measured against.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bulk_insert(&mut self) -> Result<Duration, StoreError> {
        sqlx::query("CREATE TABLE copied (account INTEGER NOT NULL, day INTEGER NOT NULL, body BLOB NOT NULL)").execute(&mut self.connection).await?;
        let begun = Instant::now();
        sqlx::query("INSERT INTO copied SELECT account, day, body FROM transactions").execute(&mut self.connection).await?;
        sqlx::query("CREATE INDEX copied_by_account ON copied (account, day)").execute(&mut self.connection).await?;
        let took = begun.elapsed();
        sqlx::query("DROP TABLE copied").execute(&mut self.connection).await?;
        Ok(took)
    }

    /// Deletes everything.
    ///
    /// # Errors
    /// [`StoreError`] when the file could not be deleted: delete it by hand, it holds transactions.
    pub async fn delete(self) -> Result<(), StoreError> {
        let Self { connection, directory, .. } = self;
        let closed = sqlx::Connection::close(connection).await;
        directory.close().map_err(sqlx::Error::Io)?;
        Ok(closed?)
    }
}
