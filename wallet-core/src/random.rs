//! Randomness as a parameter: one generator for a whole wallet, chosen where the wallet is opened.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{CryptoRng, SeedableRng};

/// The wallet's source of randomness; shared by everything that draws keys, nonces and blinding.
pub struct Random(Mutex<Box<dyn CryptoRng + Send>>);

/// The operating system gives no randomness: no key can be made. Restart the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no randomness")]
pub struct NoRandomness;

impl Random {
    /// A generator seeded by the operating system; built at the edge (command line, phone) and nowhere else.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system gives none.
    pub fn system() -> Result<Self, NoRandomness> {
        StdRng::try_from_rng(&mut SysRng).map(Self::new).map_err(|_| NoRandomness)
    }

    /// Draws from `generator`.
    pub fn new(generator: impl CryptoRng + Send + 'static) -> Self {
        Self(Mutex::new(Box::new(generator)))
    }

    /// A generator of its own for a longer computation, seeded from this one.
    pub fn fork(&self) -> StdRng {
        self.with(|generator| StdRng::from_rng(&mut *generator))
    }

    /// `LENGTH` random bytes.
    pub(crate) fn bytes<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.with(|generator| generator.fill_bytes(&mut bytes));
        bytes
    }

    /// Lends the generator.
    pub(crate) fn with<T>(&self, draw: impl FnOnce(&mut dyn CryptoRng) -> T) -> T {
        // A panic elsewhere cannot leave a generator in a state that repeats itself.
        let mut generator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        draw(generator.as_mut())
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Random(..)")
    }
}
