//! A keystore for tests: keys in memory, and failures on demand.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use super::{DeviceKeystore, KeyRole, KeystoreError, Protection};
use crate::random::Random;
use crate::sealing::{self, Key};

/// Keeps its keys in memory and forgets them when dropped. For tests: a vault sealed by it cannot be opened by another process.
pub struct MemoryKeystore {
    state: Mutex<State>,
    random: Random,
}

#[derive(Default)]
struct State {
    keys: BTreeMap<KeyRole, Key>,
    failure: Option<(KeyRole, KeystoreError)>,
    opened: BTreeMap<KeyRole, u32>,
}

impl MemoryKeystore {
    /// An empty keystore that draws its keys from `random`.
    pub fn new(random: Random) -> Self {
        Self { state: Mutex::new(State::default()), random }
    }

    /// Makes every call for `role` fail with `error` until [`MemoryKeystore::recover`].
    pub fn fail(&self, role: KeyRole, error: KeystoreError) {
        self.state().failure = Some((role, error));
    }

    /// Ends what [`MemoryKeystore::fail`] began.
    pub fn recover(&self) {
        self.state().failure = None;
    }

    /// How often `role` was opened.
    pub fn times_opened(&self, role: KeyRole) -> u32 {
        self.state().opened.get(&role).copied().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, role: KeyRole, make: bool) -> Result<Key, KeystoreError> {
        let mut state = self.state();
        if let Some((failing, error)) = state.failure
            && failing == role
        {
            return Err(error);
        }
        match state.keys.get(&role) {
            Some(key) => Ok(key.clone()),
            None if make => {
                let key = sealing::random_key(&self.random);
                state.keys.insert(role, key.clone());
                Ok(key)
            }
            None => Err(KeystoreError::Missing),
        }
    }
}

impl DeviceKeystore for MemoryKeystore {
    fn seal(&self, role: KeyRole, associated_data: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        let key = self.key(role, true)?;
        sealing::seal(&key, associated_data, secret, &self.random).map_err(|_| KeystoreError::Unavailable)
    }

    fn open(&self, role: KeyRole, associated_data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let key = self.key(role, false)?;
        let secret = sealing::open(&key, associated_data, sealed).map_err(|_| KeystoreError::Invalidated)?;
        *self.state().opened.entry(role).or_default() += 1;
        Ok(secret)
    }

    fn destroy(&self, role: KeyRole) -> Result<(), KeystoreError> {
        self.state().keys.remove(&role);
        Ok(())
    }

    fn protection(&self) -> Protection {
        Protection {
            kind: "memory",
            guarded_by_system: false,
            asks_for_presence: false,
            description: "Keys are kept in memory and lost when the program ends; for tests only.",
        }
    }
}
