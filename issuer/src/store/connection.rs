//! A connection of either engine, with the three ways to run a query.

use sqlx::Postgres;
use sqlx::pool::PoolConnection;

use super::sqlite::{LocalConnection, LocalReader};
use super::{Row, StoreError, Value, many};

/// The database engines, for the few queries whose text must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one process.
    Sqlite,
    /// A server, any number of processes.
    Postgres,
}

/// A connection: a reader's, or the one a write transaction runs on.
pub struct Connection(Kind);

enum Kind {
    SqliteWriter(LocalConnection),
    SqliteReader(LocalReader),
    PostgresWriter(sqlx::Transaction<'static, Postgres>),
    PostgresReader(PoolConnection<Postgres>),
}

impl From<LocalConnection> for Connection {
    fn from(connection: LocalConnection) -> Self {
        Self(Kind::SqliteWriter(connection))
    }
}

impl From<LocalReader> for Connection {
    fn from(connection: LocalReader) -> Self {
        Self(Kind::SqliteReader(connection))
    }
}

impl From<sqlx::Transaction<'static, Postgres>> for Connection {
    fn from(transaction: sqlx::Transaction<'static, Postgres>) -> Self {
        Self(Kind::PostgresWriter(transaction))
    }
}

impl From<PoolConnection<Postgres>> for Connection {
    fn from(connection: PoolConnection<Postgres>) -> Self {
        Self(Kind::PostgresReader(connection))
    }
}

type Query = sqlx::query::Query<'static, Postgres, sqlx::postgres::PgArguments>;

pub(super) fn bind(query: Query, values: Vec<Value>) -> Query {
    values.into_iter().fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text),
        Value::Integer(integer) => query.bind(integer),
        Value::Bytes(bytes) => query.bind(bytes),
    })
}

macro_rules! run {
    ($self:expr, $method:ident, $query:expr, $local:ident => $here:expr) => {
        match &mut $self.0 {
            Kind::SqliteWriter($local) => $here,
            Kind::SqliteReader($local) => $here,
            Kind::PostgresWriter(connection) => Ok($query.$method(&mut **connection).await?.into_either()),
            Kind::PostgresReader(connection) => Ok($query.$method(&mut **connection).await?.into_either()),
        }
    };
}

/// Turns what an engine answers into what both answer.
trait IntoEither {
    type Either;
    fn into_either(self) -> Self::Either;
}

impl IntoEither for sqlx::postgres::PgQueryResult {
    type Either = u64;
    fn into_either(self) -> u64 {
        self.rows_affected()
    }
}

impl IntoEither for sqlx::postgres::PgRow {
    type Either = Row;
    fn into_either(self) -> Row {
        Row::Postgres(self)
    }
}

impl<T: IntoEither> IntoEither for Option<T> {
    type Either = Option<T::Either>;
    fn into_either(self) -> Self::Either {
        self.map(T::into_either)
    }
}

impl<T: IntoEither> IntoEither for Vec<T> {
    type Either = Vec<T::Either>;
    fn into_either(self) -> Self::Either {
        self.into_iter().map(T::into_either).collect()
    }
}

impl Connection {
    /// Which engine answers.
    pub const fn engine(&self) -> Engine {
        match self.0 {
            Kind::SqliteWriter(_) | Kind::SqliteReader(_) => Engine::Sqlite,
            Kind::PostgresWriter(_) | Kind::PostgresReader(_) => Engine::Postgres,
        }
    }

    /// Runs a query and counts the rows it changed.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a unique key exists, [`StoreError::Database`] or [`StoreError::Embedded`] otherwise.
    pub async fn execute(&mut self, sql: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        run!(self, execute, bind(sqlx::query(sql), values), local => local.execute(sql, &values))
    }

    /// The first row, if any.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn fetch_optional(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        run!(self, fetch_optional, bind(sqlx::query(sql), values), local => Ok(local.fetch(sql, &values, 1)?.pop().map(Row::Sqlite)))
    }

    /// All rows. The query bounds their number.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn fetch_all(&mut self, sql: &'static str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        run!(self, fetch_all, bind(sqlx::query(sql), values), local => Ok(local.fetch(sql, &values, usize::MAX)?.into_iter().map(Row::Sqlite).collect()))
    }

    /// Runs a query that has one group `VALUES ($1, …, $n)` with every row of values, and with those that all rows share from `$n+1` on;
    /// counts the rows it changed. No two of the rows may touch the same row of the database.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn execute_each(&mut self, sql: &'static str, rows: Vec<Vec<Value>>, shared: Vec<Value>) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        run!(self, execute, many::for_postgres(sql, rows, shared)?, local => {
            rows.into_iter().map(|row| local.execute(sql, &many::for_sqlite(row, &shared))).sum()
        })
    }

    /// [`Connection::execute_each`], and the rows it returns.
    ///
    /// # Errors
    /// As [`Connection::execute`].
    pub async fn fetch_each(&mut self, sql: &'static str, rows: Vec<Vec<Value>>, shared: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        run!(self, fetch_all, many::for_postgres(sql, rows, shared)?, local => {
            let found = rows.into_iter().map(|row| local.fetch(sql, &many::for_sqlite(row, &shared), usize::MAX));
            Ok(found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().map(Row::Sqlite).collect())
        })
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            Kind::PostgresWriter(transaction) => Ok(transaction.commit().await?),
            Kind::SqliteWriter(_) | Kind::SqliteReader(_) | Kind::PostgresReader(_) => Ok(()),
        }
    }
}
