//! One SQLCipher connection with every setting the vault relies on, in the order that makes them count.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{VaultError, cipher};
use crate::sealing::Key;

/// Marks the file as ours (`PRAGMA application_id`): the letters PSWV.
pub(super) const APPLICATION_ID: i32 = 0x5053_5756;

/// Opens (or makes) the database at `path`.
///
/// # Errors
/// [`VaultError::Damaged`] when the key does not read it: the caller has proved before that the key is right.
pub(super) fn open(path: &Path, key: &Key) -> Result<Connection, VaultError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(1))?;
    // Before the key: `cipher_compatibility` itself is ignored until there is a key, its default counts for keys to come.
    connection.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = ON; PRAGMA cipher_default_compatibility = 4;")?;
    cipher::set_key(&connection, key)?;
    // One process at a time, told by the lock of the file itself; it also spares the shared-memory file beside the log.
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE;")?;
    // The first page: a wrong key or damage shows here.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA synchronous = FULL;",
    )?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(VaultError::Files);
    }
    Ok(connection)
}

/// Empties the log and closes; the file lock is gone afterwards.
pub(super) fn close(connection: Connection) -> Result<(), VaultError> {
    let checkpoint = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    connection.close().map_err(|(_, error)| VaultError::from(error))?;
    checkpoint.map_err(VaultError::from)
}
