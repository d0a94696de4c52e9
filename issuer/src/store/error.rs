//! What can go wrong with the database.

/// A failed query, commit or start.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key exists; the named constraint says which.
    #[error("a row with this key exists ({0})")]
    Duplicate(String),
    /// The database could not be reached, read or written.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    /// The embedded database could not be written.
    #[error("the database failed: {0}")]
    Embedded(rusqlite::Error),
    /// The schema could not be brought up to date; the database may be of a newer version.
    #[error("the schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value is not of the form this program writes.
    #[error("a stored {0} is not readable")]
    Corrupt(&'static str),
    /// The work stopped before its commit; nothing of it happened.
    #[error("the transaction was interrupted")]
    Interrupted,
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::Duplicate(inner.constraint().map_or_else(|| inner.message().to_owned(), str::to_owned))
            }
            _ => Self::Database(error),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        const UNIQUE: [i32; 2] = [rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE, rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY];
        match error {
            rusqlite::Error::SqliteFailure(failure, Some(message)) if UNIQUE.contains(&failure.extended_code) => Self::Duplicate(message),
            error => Self::Embedded(error),
        }
    }
}
