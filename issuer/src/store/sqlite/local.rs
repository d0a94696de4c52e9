//! A connection of the embedded engine. Its statements run on the thread that asks: none waits for another thread.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, ToSqlOutput, ValueRef};
use rusqlite::{OpenFlags, ToSql};

use super::super::{StoreError, Value};
use super::checkpoint::note_pages;

/// Statements kept compiled; the issuer has about two hundred.
const STATEMENTS: usize = 256;
/// What the write-ahead log's file is cut to when the log begins anew, bytes.
const JOURNAL_BYTES: &str = "67108864";

/// The one connection that writes, or one of those that read.
pub(in crate::store) struct LocalConnection {
    connection: rusqlite::Connection,
    shapes: Shapes,
}

/// The shapes of the statements run before, by where their text stands in the program and how long it is.
type Shapes = HashMap<(usize, usize), Arc<Shape>>;

/// What SQLite need not be asked again each time a statement runs.
struct Shape {
    /// For each parameter in SQLite's order, which of the values it means.
    values: Vec<usize>,
    columns: Arc<[String]>,
}

/// A row read by it.
pub struct LocalRow {
    columns: Arc<[String]>,
    values: Vec<rusqlite::types::Value>,
}

impl LocalRow {
    /// The column's value.
    ///
    /// # Errors
    /// [`StoreError::Embedded`] when the column is missing or of another type.
    pub fn get<T: FromSql>(&self, column: &str) -> Result<T, StoreError> {
        let missing = || rusqlite::Error::InvalidColumnName(column.to_owned());
        let index = self.columns.iter().position(|name| name == column).ok_or_else(missing)?;
        let value = ValueRef::from(self.values.get(index).ok_or_else(missing)?);
        T::column_result(value).map_err(|_| rusqlite::Error::InvalidColumnType(index, column.to_owned(), value.data_type()).into())
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => text.as_ref().map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())),
            Self::Integer(integer) => integer.map_or(ValueRef::Null, ValueRef::Integer),
            Self::Bytes(bytes) => bytes.as_ref().map_or(ValueRef::Null, |bytes| ValueRef::Blob(bytes)),
        }))
    }
}

impl LocalConnection {
    /// Opens an existing database for writing, durably.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        // A job's savepoint copies the pages it changes: in memory, not into a file of its own. Keys are random, so every insertion
        // meets other pages of the indexes: the cache (in KiB when negative) holds those of a long history.
        let settings = [
            ("synchronous", "FULL"),
            ("foreign_keys", "ON"),
            ("secure_delete", "ON"),
            ("trusted_schema", "OFF"),
            ("temp_store", "MEMORY"),
            ("cache_size", "-65536"),
            ("journal_size_limit", JOURNAL_BYTES),
        ];
        for (name, value) in settings {
            connection.pragma_update(None, name, value)?;
        }
        // In place of copying the log back within a commit.
        connection.wal_hook(Some(note_pages));
        Self::keeping_statements(connection)
    }

    /// Copies the write-ahead log back into the database as far as no reader needs it, without keeping anybody waiting, and returns how many
    /// pages are left.
    pub(super) fn copy_log(&mut self) -> Result<u32, StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
            let (log, copied): (i64, i64) = (row.get("log")?, row.get("checkpointed")?);
            Ok(u32::try_from(log.saturating_sub(copied)).unwrap_or(0))
        })?)
    }

    /// Opens an existing database for reading.
    pub(super) fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let connection = rusqlite::Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        for (name, value) in [("trusted_schema", "OFF"), ("temp_store", "MEMORY"), ("cache_size", "-8192")] {
            connection.pragma_update(None, name, value)?;
        }
        Self::keeping_statements(connection)
    }

    fn keeping_statements(connection: rusqlite::Connection) -> Result<Self, StoreError> {
        // Without this a statement is compiled again whenever a value is bound that its plan might depend on: nearly every time.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self { connection, shapes: Shapes::new() })
    }

    pub(in crate::store) fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        let (mut statement, _) = self.prepare(sql, values)?;
        Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX))
    }

    pub(in crate::store) fn fetch(&mut self, sql: &'static str, values: &[Value], most: usize) -> Result<Vec<LocalRow>, StoreError> {
        let (mut statement, shape) = self.prepare(sql, values)?;
        let (mut rows, mut found) = (statement.raw_query(), Vec::new());
        while found.len() < most
            && let Some(row) = rows.next()?
        {
            let values = (0..shape.columns.len()).map(|index| row.get(index)).collect::<Result<_, _>>()?;
            found.push(LocalRow { columns: Arc::clone(&shape.columns), values });
        }
        Ok(found)
    }

    /// The statement with its values in place.
    fn prepare(&mut self, sql: &'static str, values: &[Value]) -> Result<(rusqlite::CachedStatement<'_>, Arc<Shape>), StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let place = (sql.as_ptr().addr(), sql.len());
        let shape = match self.shapes.entry(place) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(unknown) => Arc::clone(unknown.insert(Arc::new(Shape::of(&statement)?))),
        };
        for (index, number) in (1..).zip(&shape.values) {
            let value = values.get(*number).ok_or(rusqlite::Error::InvalidParameterCount(values.len(), index))?;
            statement.raw_bind_parameter(index, value)?;
        }
        Ok((statement, shape))
    }
}

impl Shape {
    /// SQLite numbers `$2`, `$1` in the order in which they stand; here, as in PostgreSQL, the number says which value is meant.
    fn of(statement: &rusqlite::Statement<'_>) -> Result<Self, StoreError> {
        let number = |index| statement.parameter_name(index)?.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1);
        let values = (1..=statement.parameter_count()).map(|index| number(index).ok_or(rusqlite::Error::InvalidParameterCount(0, index)));
        Ok(Self { values: values.collect::<Result<_, _>>()?, columns: statement.column_names().into_iter().map(str::to_owned).collect() })
    }
}
