//! The encrypted store: opens, keys, migrates and closes one SQLCipher database. It knows no table and nothing of wallets.
//!
//! ```text
//! keystore ── seals ──▶ wrapping key ── seals ──▶ database key ── keys ──▶ vault.db
//!                       └────────── vault.key ──────────┘
//! ```
//! Nothing is ever deleted or made anew over what exists: a missing key file, a missing database, a wrong key and damage are four
//! different errors.

mod cipher;
mod connection;
mod envelope;
mod error;
mod migrations;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use self::envelope::{Envelope, Stage};
pub use self::error::VaultError;
pub(crate) use self::migrations::Migration;
use crate::crash;
use crate::files;
use crate::keystore::DeviceKeystore;
use crate::random::Random;

/// Where a vault's two files are.
#[derive(Debug, Clone)]
pub(crate) struct VaultFiles {
    directory: PathBuf,
}

impl VaultFiles {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.directory.join("vault.db")
    }

    pub(crate) fn envelope(&self) -> PathBuf {
        self.directory.join("vault.key")
    }
}

/// An open vault; clones share it.
#[derive(Clone)]
pub(crate) struct Vault {
    connection: Arc<Mutex<Option<Connection>>>,
}

impl Vault {
    /// Opens the vault in these files, making it where there is none. Blocks, and may ask the person through the keystore.
    ///
    /// # Errors
    /// [`VaultError`]; see each variant for what to do.
    pub(crate) fn open(vault: &VaultFiles, keystore: &dyn DeviceKeystore, random: &Random, migrations: &[Migration]) -> Result<Self, VaultError> {
        files::make_directory(&vault.directory)?;
        let mut envelope = match files::read_small(&vault.envelope()) {
            Ok(bytes) => Some(Envelope::parse(&bytes)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => return Err(VaultError::EnvelopeDamaged),
            Err(error) => return Err(error.into()),
        };
        let database_exists = vault.database().try_exists()?;
        let (key, ready) = match &mut envelope {
            None if database_exists => return Err(VaultError::EnvelopeMissing),
            None => {
                let (created, key) = Envelope::create(keystore, random)?;
                match files::write_new(&vault.envelope(), &created.to_bytes()) {
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Err(VaultError::InUse),
                    written => written?,
                }
                envelope = Some(created);
                (key, false)
            }
            Some(found) if found.stage == Stage::Ready && !database_exists => return Err(VaultError::DatabaseMissing),
            Some(found) => (found.open(keystore)?, found.stage == Stage::Ready),
        };
        files::ensure_owner_only(&vault.database())?;
        let mut connection = connection::open(&vault.database(), &key)?;
        migrations::run(&mut connection, migrations)?;
        if let Some(envelope) = envelope.as_mut().filter(|_| !ready) {
            envelope.stage = Stage::Ready;
            files::replace(&vault.envelope(), &envelope.to_bytes())?;
        }
        Ok(Self { connection: Arc::new(Mutex::new(Some(connection))) })
    }

    /// Reads on a thread that may block.
    ///
    /// # Errors
    /// What `work` returns, or [`VaultError::Closed`].
    pub(crate) async fn read<T, E>(&self, work: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<VaultError> + Send + 'static,
    {
        self.blocking(move |connection| work(connection)).await
    }

    /// Runs `work` in one transaction on a thread that may block; it is durable when this returns, or nothing was changed.
    ///
    /// # Errors
    /// What `work` returns, or [`VaultError::Closed`].
    pub(crate) async fn write<T, E>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<VaultError> + Send + 'static,
    {
        self.blocking(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(VaultError::from)?;
            let value = work(&transaction)?;
            transaction.commit().map_err(VaultError::from)?;
            Ok(value)
        })
        .await
    }

    async fn blocking<T, E>(&self, work: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<VaultError> + Send + 'static,
    {
        let vault = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let mut guard = vault.lock();
            crash::point();
            let done = work(guard.as_mut().ok_or(VaultError::Closed)?);
            crash::point();
            done
        });
        match task.await {
            Ok(result) => result,
            // The runtime is shutting down, or `work` panicked: its transaction was rolled back.
            Err(_) => Err(VaultError::Closed.into()),
        }
    }

    /// The database key itself, for the test that searches memory for it.
    #[cfg(test)]
    pub(crate) fn key_of(vault: &VaultFiles, keystore: &dyn DeviceKeystore) -> crate::sealing::Key {
        Envelope::parse(&files::read_small(&vault.envelope()).unwrap()).unwrap().open(keystore).unwrap()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        // A panic inside a transaction rolled it back: the connection is as before.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Empties the log, wipes the key from memory and gives up the file lock. Every later call is [`VaultError::Closed`].
    ///
    /// Closing twice is no error.
    pub(crate) fn close(&self) -> Result<(), VaultError> {
        let connection = self.lock().take();
        connection.map_or(Ok(()), connection::close)
    }
}
