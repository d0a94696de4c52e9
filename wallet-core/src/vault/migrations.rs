//! Numbered changes of the vault's tables, each in a transaction of its own.

use rusqlite::{Connection, TransactionBehavior};

use super::VaultError;
use super::connection::APPLICATION_ID;

/// One change of the tables. Once released it never changes again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    /// What it is for.
    pub(crate) name: &'static str,
    /// Its statements.
    pub(crate) sql: &'static str,
}

/// Brings the tables to the last of `migrations`, whose numbers are their places in the list, from 1.
///
/// # Errors
/// [`VaultError::SchemaTooNew`] when the file knows more migrations than this program; it is not touched.
/// [`VaultError::Damaged`] when the file is not a wallet's vault.
pub(super) fn run(connection: &mut Connection, migrations: &[Migration]) -> Result<(), VaultError> {
    let pragma = |connection: &Connection, name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let version = usize::try_from(pragma(connection, "user_version")?).map_err(|_| VaultError::Damaged)?;
    if version > migrations.len() {
        return Err(VaultError::SchemaTooNew);
    }
    if version > 0 && pragma(connection, "application_id")? != APPLICATION_ID {
        return Err(VaultError::Damaged);
    }
    for (number, migration) in (1_u32..).zip(migrations).skip(version) {
        tracing::debug!(number, name = migration.name, "migrating the vault");
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(migration.sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
