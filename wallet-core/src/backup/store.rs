//! The recovery key's row.

use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

use crate::vault::VaultError;

/// The seed of the recovery key, and whether the issuer knows its public half.
pub(super) struct RecoveryKey {
    pub(super) seed: Zeroizing<[u8; 32]>,
    pub(super) registered: bool,
}

pub(super) fn load(tables: &Connection, account: i64) -> Result<Option<RecoveryKey>, VaultError> {
    let row = tables
        .query_row("SELECT seed, registered FROM recovery WHERE account = ?1", [account], |row| {
            Ok((Zeroizing::new(row.get::<_, Vec<u8>>(0)?), row.get::<_, bool>(1)?))
        })
        .optional()?;
    row.map(|(seed, registered)| {
        let seed: [u8; 32] = seed.as_slice().try_into().map_err(|_| VaultError::MALFORMED_VALUE)?;
        Ok(RecoveryKey { seed: Zeroizing::new(seed), registered })
    })
    .transpose()
}

pub(super) fn save(tables: &Connection, account: i64, seed: &[u8; 32], registered: bool) -> Result<(), VaultError> {
    tables.execute(
        "INSERT INTO recovery (account, seed, registered) VALUES (?1, ?2, ?3)
         ON CONFLICT (account) DO UPDATE SET seed = excluded.seed, registered = excluded.registered",
        params![account, seed, registered],
    )?;
    Ok(())
}

pub(super) fn delete(tables: &Connection, account: i64) -> Result<(), VaultError> {
    tables.execute("DELETE FROM recovery WHERE account = ?1", [account])?;
    Ok(())
}
