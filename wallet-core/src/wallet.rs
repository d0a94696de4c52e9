//! The wallet as an app holds it: opened once, asked from any thread, closed when the app is put away.

use std::path::PathBuf;
use std::sync::Arc;

use passid_api::environment::Environment;
use passid_api::time::Clock;
use tokio::sync::Mutex;

use crate::core::Core;
use crate::error::WalletError;
use crate::issuer::{IssuerAddress, IssuerClient};
use crate::keystore::{DeviceKeystore, Protection};
use crate::presentation::{EmbeddedProver, ProofMaker};
use crate::random::Random;
use crate::schema::MIGRATIONS;
use crate::vault::{Vault, VaultError, VaultFiles};

/// What a wallet is opened with. Everything it takes from its surroundings is here: nothing is read from the environment.
pub struct WalletConfig {
    /// Where the vault's files are; made where it does not exist. Exclude it from the phone's backups.
    pub data_directory: PathBuf,
    /// The issuer; from the app's configuration, never from a link.
    pub issuer: IssuerAddress,
    /// Sandbox or live.
    pub environment: Environment,
    /// Where the outermost keys live.
    pub keystore: Arc<dyn DeviceKeystore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where keys and nonces come from.
    pub random: Arc<Random>,
    /// Speaks to the issuer; see [`crate::issuer::http_client`].
    pub http: reqwest::Client,
}

/// An open wallet.
///
/// Its methods must be called inside a tokio runtime. They can be called from many tasks at once; attempts to share wait for each other.
pub struct Wallet {
    pub(crate) core: Core,
}

impl Wallet {
    /// Opens the wallet in a directory, making it where there is none. The keystore may ask the person.
    ///
    /// Call [`Wallet::resume_attempts`] next: it finds out what became of sharing that a crash interrupted.
    ///
    /// # Errors
    /// [`WalletError::Keystore`] and [`WalletError::Vault`]; nothing that exists is ever deleted or overwritten.
    pub async fn open(config: WalletConfig) -> Result<Self, WalletError> {
        Self::open_with(config, Arc::new(EmbeddedProver::default())).await
    }

    pub(crate) async fn open_with(config: WalletConfig, prover: Arc<dyn ProofMaker>) -> Result<Self, WalletError> {
        let WalletConfig { data_directory, issuer, environment, keystore, clock, random, http } = config;
        let vault = {
            let (keystore, random) = (keystore.clone(), random.clone());
            let opening = move || Vault::open(&VaultFiles::new(&data_directory), keystore.as_ref(), &random, MIGRATIONS);
            tokio::task::spawn_blocking(opening).await.map_err(|_| VaultError::Closed)??
        };
        let core = Core {
            vault,
            keystore,
            clock,
            issuer: IssuerClient::new(issuer, http, random.clone()),
            random,
            environment,
            prover,
            token: Mutex::new(None),
            presenting: Arc::new(Mutex::new(())),
        };
        Ok(Self { core })
    }

    /// The same vault at another issuer, or in the other environment: an account, credentials and shares of its own, one history. The two
    /// wait for each other when sharing; closing one closes both. `http` carries that issuer's certificate pins.
    #[must_use]
    pub fn beside(&self, issuer: IssuerAddress, environment: Environment, http: reqwest::Client) -> Self {
        let Core { vault, keystore, clock, random, prover, presenting, .. } = &self.core;
        let core = Core {
            vault: vault.clone(),
            keystore: keystore.clone(),
            clock: clock.clone(),
            issuer: IssuerClient::new(issuer, http, random.clone()),
            random: random.clone(),
            environment,
            prover: prover.clone(),
            token: Mutex::new(None),
            presenting: presenting.clone(),
        };
        Self { core }
    }

    /// Closes the vault: its key is wiped from memory, its file lock given up. Every later call fails with `vault_closed`.
    ///
    /// A phone calls this before the app is suspended (iOS ends an app that is suspended holding a file lock). Closing twice is no error.
    ///
    /// # Errors
    /// [`WalletError::Vault`] when the last writes could not be made durable in the main file; they still are in the log.
    pub async fn close(&self) -> Result<(), WalletError> {
        *self.core.token.lock().await = None;
        let vault = self.core.vault.clone();
        tokio::task::spawn_blocking(move || vault.close()).await.map_err(|_| VaultError::Closed)?.map_err(WalletError::from)
    }

    /// What protects this wallet's keys on this machine.
    pub fn protection(&self) -> Protection {
        self.core.keystore.protection()
    }

    /// Sandbox or live.
    pub const fn environment(&self) -> Environment {
        self.core.environment
    }

    /// Where the issuer is.
    pub const fn issuer(&self) -> &IssuerAddress {
        self.core.issuer.address()
    }
}

impl std::fmt::Debug for Wallet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Wallet({}, {})", self.core.issuer.address(), self.core.environment)
    }
}
