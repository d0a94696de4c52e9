//! Where the database is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use zeroize::Zeroizing;

/// `sqlite:PATH` or `postgres://…`.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// The embedded database in this file.
    Sqlite(PathBuf),
    /// A PostgreSQL server; the address may hold a password.
    Postgres(PostgresAddress),
}

/// An address that prints without its password.
#[derive(Clone)]
pub struct PostgresAddress(Zeroizing<String>);

impl PostgresAddress {
    /// The address with its password, for whoever connects.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("postgres address (redacted)")
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(formatter, "sqlite:{}", path.display()),
            Self::Postgres(_) => formatter.write_str("postgres (address not shown)"),
        }
    }
}

impl DatabaseUrl {
    /// The address as it was given, password and all: to hand to another process in a test.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn with_password(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(address) => address.expose().to_owned(),
        }
    }
}

/// A text that names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a database address; write sqlite:PATH or postgres://USER@HOST/NAME")]
pub struct InvalidDatabaseUrl;

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() || path.starts_with(':') { Err(InvalidDatabaseUrl) } else { Ok(Self::Sqlite(path.into())) };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(PostgresAddress(Zeroizing::new(text.to_owned()))));
        }
        Err(InvalidDatabaseUrl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_engines_and_never_prints_a_password() {
        assert!(matches!("sqlite:data/issuer.db".parse(), Ok(DatabaseUrl::Sqlite(_))));
        let postgres: DatabaseUrl = "postgres://passid:hunter2@localhost/passid".parse().unwrap();
        assert!(!format!("{postgres:?} {postgres}").contains("hunter2"));
        for text in ["", "sqlite:", "sqlite::memory:", "mysql://x"] {
            assert!(text.parse::<DatabaseUrl>().is_err(), "{text}");
        }
    }
}
