//! A keystore for machines without one: keys in files that only their owner may read.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::{DeviceKeystore, KeyRole, KeystoreError, Protection};
use crate::files;
use crate::random::Random;
use crate::sealing::{self, Key};

/// Keeps its keys in files of mode 0600.
///
/// Weaker than a platform's keystore, and says so: whoever can read the person's files can read these, and an approval asks for
/// nobody's presence. It exists for servers, tests and demonstrations.
pub struct FileKeystore {
    directory: PathBuf,
    random: Arc<Random>,
    making: Mutex<()>,
}

impl FileKeystore {
    /// Keeps the keys under `directory`, which is made when the first key is.
    pub fn new(directory: impl Into<PathBuf>, random: Arc<Random>) -> Self {
        Self { directory: directory.into(), random, making: Mutex::new(()) }
    }

    fn path(&self, role: KeyRole) -> PathBuf {
        self.directory.join(format!("keystore-{role}.key"))
    }

    fn key(&self, role: KeyRole) -> Result<Key, KeystoreError> {
        match files::read_small(&self.path(role)) {
            Ok(bytes) => sealing::key_from(&bytes).ok_or(KeystoreError::Invalidated),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(KeystoreError::Missing),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Err(KeystoreError::Locked),
            Err(_) => Err(KeystoreError::Unavailable),
        }
    }

    fn key_or_new(&self, role: KeyRole) -> Result<Key, KeystoreError> {
        let _alone = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match self.key(role) {
            Err(KeystoreError::Missing) => {
                let key = sealing::random_key(&self.random);
                files::make_directory(&self.directory).map_err(|_| KeystoreError::Unavailable)?;
                files::write_new(&self.path(role), key.as_slice()).map_err(|_| KeystoreError::Unavailable)?;
                Ok(key)
            }
            found => found,
        }
    }
}

impl DeviceKeystore for FileKeystore {
    fn seal(&self, role: KeyRole, associated_data: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        let key = self.key_or_new(role)?;
        sealing::seal(&key, associated_data, secret, &self.random).map_err(|_| KeystoreError::Unavailable)
    }

    fn open(&self, role: KeyRole, associated_data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        sealing::open(&self.key(role)?, associated_data, sealed).map_err(|_| KeystoreError::Invalidated)
    }

    fn destroy(&self, role: KeyRole) -> Result<(), KeystoreError> {
        match std::fs::remove_file(self.path(role)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(KeystoreError::Unavailable),
            _ => Ok(()),
        }
    }

    fn protection(&self) -> Protection {
        Protection {
            kind: "file",
            guarded_by_system: false,
            asks_for_presence: false,
            description: "Keys are files only you may read: weaker than a system keystore. Whoever reads your files reads this wallet.",
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn keystore(directory: &std::path::Path, seed: u64) -> FileKeystore {
        FileKeystore::new(directory, Arc::new(Random::new(rand::rngs::StdRng::seed_from_u64(seed))))
    }

    #[test]
    fn keys_survive_a_restart_and_roles_do_not_mix() {
        let directory = tempfile::tempdir().unwrap();
        let sealed = keystore(directory.path(), 1).seal(KeyRole::Vault, b"data", b"secret").unwrap();
        let again = keystore(directory.path(), 2);
        assert_eq!(again.open(KeyRole::Vault, b"data", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(again.open(KeyRole::Vault, b"other", &sealed), Err(KeystoreError::Invalidated));
        assert_eq!(again.open(KeyRole::Consent, b"data", &sealed), Err(KeystoreError::Missing));
        again.seal(KeyRole::Consent, b"data", b"x").unwrap();
        assert_eq!(again.open(KeyRole::Consent, b"data", &sealed), Err(KeystoreError::Invalidated));
    }

    #[test]
    fn a_damaged_key_is_not_replaced_by_a_new_one() {
        let directory = tempfile::tempdir().unwrap();
        let store = keystore(directory.path(), 1);
        store.seal(KeyRole::Vault, b"data", b"secret").unwrap();
        std::fs::write(store.path(KeyRole::Vault), b"short").unwrap();
        assert_eq!(store.seal(KeyRole::Vault, b"data", b"secret"), Err(KeystoreError::Invalidated));
        assert_eq!(std::fs::read(store.path(KeyRole::Vault)).unwrap(), b"short");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let store = keystore(&directory.path().join("inner"), 1);
        store.seal(KeyRole::Vault, b"data", b"secret").unwrap();
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&store.path(KeyRole::Vault)), 0o600);
        assert_eq!(mode(&directory.path().join("inner")), 0o700);
    }

    #[test]
    fn after_destroying_nothing_opens() {
        let directory = tempfile::tempdir().unwrap();
        let store = keystore(directory.path(), 1);
        let sealed = store.seal(KeyRole::Vault, b"data", b"secret").unwrap();
        store.destroy(KeyRole::Vault).unwrap();
        store.destroy(KeyRole::Vault).unwrap();
        assert_eq!(store.open(KeyRole::Vault, b"data", &sealed), Err(KeystoreError::Missing));
    }
}
