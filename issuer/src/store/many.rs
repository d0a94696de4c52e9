//! One query for many rows of values: a round trip for all of them where there are round trips.
//!
//! The text has one group `VALUES ($1, …, $n)` and stands as it is for one row; what all rows share are the parameters after it. SQLite,
//! to which nothing travels, runs it once for each row; PostgreSQL gets the columns as arrays and unnests them in place of the group.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};

use super::connection::bind;
use super::{StoreError, Value};

/// The group of values in a text for one row, up to its parameters, and what stands there for many.
const ONE: &str = "VALUES (";
const MANY: &str = "SELECT * FROM unnest(";

/// A column of the values, as PostgreSQL takes an array.
enum Column {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn like(value: &Value, rows: usize) -> Self {
        match value {
            Value::Text(_) => Self::Text(Vec::with_capacity(rows)),
            Value::Integer(_) => Self::Integer(Vec::with_capacity(rows)),
            Value::Bytes(_) => Self::Bytes(Vec::with_capacity(rows)),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), StoreError> {
        match (self, value) {
            (Self::Text(column), Value::Text(value)) => column.push(value),
            (Self::Integer(column), Value::Integer(value)) => column.push(value),
            (Self::Bytes(column), Value::Bytes(value)) => column.push(value),
            _ => return Err(StoreError::Corrupt("column of values")),
        }
        Ok(())
    }
}

/// The query for PostgreSQL; there is at least one row, and all have the same types.
///
/// # Errors
/// [`StoreError::Corrupt`] when a row has other types, or more or fewer values, than the first.
pub(super) fn for_postgres(sql: &'static str, mut rows: Vec<Vec<Value>>, shared: Vec<Value>) -> Result<Query<'static, Postgres, PgArguments>, StoreError> {
    if rows.len() <= 1 {
        return Ok(bind(sqlx::query(sql), for_sqlite(rows.pop().unwrap_or_default(), &shared)));
    }
    let mut columns: Vec<_> = rows.first().into_iter().flatten().map(|value| Column::like(value, rows.len())).collect();
    for row in rows {
        if row.len() != columns.len() {
            return Err(StoreError::Corrupt("row of values"));
        }
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value)?;
        }
    }
    // The text is this program's own; the values travel as parameters.
    let query = sqlx::query(AssertSqlSafe(sql.replacen(ONE, MANY, 1)));
    let query = columns.into_iter().fold(query, |query, column| match column {
        Column::Text(values) => query.bind(values),
        Column::Integer(values) => query.bind(values),
        Column::Bytes(values) => query.bind(values),
    });
    Ok(bind(query, shared))
}

/// The values of the query for one row.
pub(super) fn for_sqlite(mut row: Vec<Value>, shared: &[Value]) -> Vec<Value> {
    row.extend_from_slice(shared);
    row
}
