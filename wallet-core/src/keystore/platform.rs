//! The credential store of a desktop system: Keychain on macOS, Credential Manager on Windows, Secret Service on Linux.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry};
use zeroize::{Zeroize, Zeroizing};

use super::{DeviceKeystore, KeyRole, KeystoreError, Protection};
use crate::random::Random;
use crate::sealing::{self, Key};

/// What the entries are filed under. The version changes when the access rules do: a platform cannot change them in place.
const SERVICE: &str = "passid-wallet.v1";

/// Keeps one random key per role in the platform's credential store and seals with it.
pub struct KeyringKeystore {
    store: Arc<CredentialStore>,
    profile: String,
    random: Arc<Random>,
}

impl KeyringKeystore {
    /// Uses `store`; `profile` tells several wallets of one person apart.
    pub fn new(store: Arc<CredentialStore>, profile: impl Into<String>, random: Arc<Random>) -> Self {
        Self { store, profile: profile.into(), random }
    }

    /// Uses this system's credential store.
    ///
    /// On Linux that is the Secret Service, which needs a session bus: on a headless machine there is none. The kernel's keyring would
    /// answer there, but loses its keys at a restart, and the wallet with them, so it is not used.
    ///
    /// # Errors
    /// [`KeystoreError::Unavailable`] when the system has none.
    #[cfg(all(feature = "platform-keystore", not(any(target_os = "android", target_os = "ios"))))]
    pub fn of_this_system(profile: impl Into<String>, random: Arc<Random>) -> Result<Self, KeystoreError> {
        keyring::v1::Entry::store_status().as_ref().map_err(|_| KeystoreError::Unavailable)?;
        let store = keyring_core::get_default_store().ok_or(KeystoreError::Unavailable)?;
        Ok(Self::new(store, profile, random))
    }

    fn entry(&self, role: KeyRole) -> Result<Entry, KeystoreError> {
        self.store.build(SERVICE, &format!("{}/{role}", self.profile), None).map_err(translate)
    }

    fn key(&self, role: KeyRole) -> Result<Key, KeystoreError> {
        let bytes = Zeroizing::new(self.entry(role)?.get_secret().map_err(translate)?);
        sealing::key_from(&bytes).ok_or(KeystoreError::Invalidated)
    }

    fn key_or_new(&self, role: KeyRole) -> Result<Key, KeystoreError> {
        match self.key(role) {
            Err(KeystoreError::Missing) => {
                let key = sealing::random_key(&self.random);
                self.entry(role)?.set_secret(key.as_slice()).map_err(translate)?;
                // A store that accepts a key and does not keep it would lose the wallet: read it back before anything is sealed.
                if *self.key(role)? == *key { Ok(key) } else { Err(KeystoreError::Unavailable) }
            }
            found => found,
        }
    }
}

/// Some of these errors carry the secret's bytes: nothing of them is kept.
fn translate(error: keyring_core::Error) -> KeystoreError {
    use keyring_core::Error;
    match error {
        Error::NoEntry => KeystoreError::Missing,
        Error::NoStorageAccess(_) => KeystoreError::Locked,
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeystoreError::Invalidated
        }
        Error::Ambiguous(_) | Error::BadStoreFormat(_) => KeystoreError::Invalidated,
        _ => KeystoreError::Unavailable,
    }
}

impl DeviceKeystore for KeyringKeystore {
    fn seal(&self, role: KeyRole, associated_data: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        let key = self.key_or_new(role)?;
        sealing::seal(&key, associated_data, secret, &self.random).map_err(|_| KeystoreError::Unavailable)
    }

    fn open(&self, role: KeyRole, associated_data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        sealing::open(&self.key(role)?, associated_data, sealed).map_err(|_| KeystoreError::Invalidated)
    }

    fn destroy(&self, role: KeyRole) -> Result<(), KeystoreError> {
        match self.entry(role)?.delete_credential().map_err(translate) {
            Err(KeystoreError::Missing) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn protection(&self) -> Protection {
        Protection {
            kind: "platform",
            guarded_by_system: true,
            asks_for_presence: false,
            description: "Keys are kept by this system's credential store and open while you are signed in.",
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn keystore() -> KeyringKeystore {
        let random = Arc::new(Random::new(rand::rngs::StdRng::seed_from_u64(1)));
        KeyringKeystore::new(keyring_core::mock::Store::new().unwrap(), "test", random)
    }

    fn inject(keystore: &KeyringKeystore, error: keyring_core::Error) {
        let entry = keystore.entry(KeyRole::Vault).unwrap();
        entry.as_any().downcast_ref::<keyring_core::mock::Cred>().unwrap().set_error(error);
    }

    #[test]
    fn seals_and_opens_and_forgets() {
        let keystore = keystore();
        assert_eq!(keystore.open(KeyRole::Vault, b"d", b"x"), Err(KeystoreError::Missing));
        let sealed = keystore.seal(KeyRole::Vault, b"d", b"secret").unwrap();
        assert_eq!(keystore.open(KeyRole::Vault, b"d", &sealed).unwrap().as_slice(), b"secret");
        keystore.destroy(KeyRole::Vault).unwrap();
        keystore.destroy(KeyRole::Vault).unwrap();
        assert_eq!(keystore.open(KeyRole::Vault, b"d", &sealed), Err(KeystoreError::Missing));
    }

    #[test]
    fn the_platforms_failures_keep_their_meaning_and_lose_their_bytes() {
        let keystore = keystore();
        let sealed = keystore.seal(KeyRole::Vault, b"d", b"secret").unwrap();
        let secret = || b"do not print".to_vec();
        let cause = || -> Box<dyn std::error::Error + Send + Sync> { "do not print".into() };
        for (error, expected) in [
            (keyring_core::Error::NoStorageAccess(cause()), KeystoreError::Locked),
            (keyring_core::Error::BadEncoding(secret()), KeystoreError::Invalidated),
            (keyring_core::Error::BadDataFormat(secret(), cause()), KeystoreError::Invalidated),
            (keyring_core::Error::PlatformFailure(cause()), KeystoreError::Unavailable),
        ] {
            inject(&keystore, error);
            let found = keystore.open(KeyRole::Vault, b"d", &sealed).unwrap_err();
            assert_eq!(found, expected);
            assert!(!format!("{found:?} {found}").contains("do not print"));
        }
        assert!(keystore.open(KeyRole::Vault, b"d", &sealed).is_ok(), "a failure changes nothing");
    }

    #[test]
    fn a_locked_store_never_gets_a_second_key() {
        let keystore = keystore();
        let sealed = keystore.seal(KeyRole::Vault, b"d", b"secret").unwrap();
        inject(&keystore, keyring_core::Error::NoStorageAccess("locked".into()));
        assert_eq!(keystore.seal(KeyRole::Vault, b"d", b"more"), Err(KeystoreError::Locked));
        assert_eq!(keystore.open(KeyRole::Vault, b"d", &sealed).unwrap().as_slice(), b"secret");
    }
}
