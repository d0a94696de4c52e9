//! A wallet in a temporary directory, and all it stands on.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use passid_api::environment::Environment;
use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::PublicSession;
use passid_api::time::{ManualClock, Timestamp};
use rand::SeedableRng;

use super::{FakeIssuer, FakeProver};
use crate::consent::{ConsentReview, KeystoreApproval};
use crate::credential::CredentialView;
use crate::keystore::{FileKeystore, MemoryKeystore};
use crate::presentation::{PresentationControl, Shared};
use crate::random::Random;
use crate::{Wallet, WalletConfig, WalletError};

pub(crate) fn random(seed: u64) -> Random {
    Random::new(rand::rngs::StdRng::seed_from_u64(seed))
}

/// Issuer, keystore, clock, prover and the place of the vault: a wallet can be closed and opened again on it.
pub(crate) struct Home {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) issuer: FakeIssuer,
    pub(crate) keystore: Arc<MemoryKeystore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) prover: Arc<FakeProver>,
    opened: AtomicU64,
}

impl Home {
    pub(crate) async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_773_756_131).unwrap()));
        Self {
            directory: tempfile::tempdir().unwrap(),
            issuer: FakeIssuer::start(clock.clone()).await,
            keystore: Arc::new(MemoryKeystore::new(random(1))),
            clock,
            prover: Arc::new(FakeProver::default()),
            opened: AtomicU64::new(100),
        }
    }

    pub(crate) async fn open(&self) -> Result<Wallet, WalletError> {
        self.open_at("wallet", self.keystore.clone()).await
    }

    /// A wallet on another phone: another directory, another keystore.
    pub(crate) async fn other_phone(&self) -> Wallet {
        let number = self.opened.fetch_add(1, Ordering::SeqCst);
        self.open_at(&format!("phone-{number}"), Arc::new(MemoryKeystore::new(random(number)))).await.unwrap()
    }

    async fn open_at(&self, name: &str, keystore: Arc<MemoryKeystore>) -> Result<Wallet, WalletError> {
        let config = WalletConfig {
            data_directory: self.directory.path().join(name),
            issuer: self.issuer.address.parse().unwrap(),
            environment: Environment::Sandbox,
            keystore,
            clock: self.clock.clone(),
            // A wallet opened again draws other keys and nonces than before.
            random: Arc::new(random(self.opened.fetch_add(1, Ordering::SeqCst))),
            http: crate::issuer::http_client().unwrap(),
        };
        Wallet::open_with(config, self.prover.clone()).await
    }

    /// A registered wallet with a credential.
    pub(crate) async fn wallet(&self) -> (Wallet, CredentialView) {
        let wallet = self.open().await.unwrap();
        wallet.register().await.unwrap();
        let credential = self.receive(&wallet).await.unwrap();
        (wallet, credential)
    }

    pub(crate) async fn receive(&self, wallet: &Wallet) -> Result<CredentialView, WalletError> {
        let link = "lnk_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap();
        Ok(wallet.request_credential(link, "GB".parse().unwrap()).await?.credential)
    }

    /// A session that asks for income and identity.
    pub(crate) fn session(&self) -> PublicSession {
        self.issuer.session(PermissionSet::new([Permission::IncomeVerified, Permission::IdentityVerified]).unwrap())
    }

    pub(crate) async fn review(&self, wallet: &Wallet, session: &PublicSession) -> ConsentReview {
        wallet.review(&passid_api::session::deep_link(session.request_id, session.institution.id)).await.unwrap()
    }

    pub(crate) async fn approve(&self, wallet: &Wallet, review: &ConsentReview) -> Result<Shared, WalletError> {
        wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), PresentationControl::default()).await
    }
}

/// A wallet whose keys are files beside its vault: another process, or another year, can open it.
pub(crate) async fn open_on_files(directory: &Path, issuer: &str, now: Timestamp, seed: u64) -> Wallet {
    let random: Arc<Random> = Arc::new(random(seed));
    let config = WalletConfig {
        data_directory: directory.to_owned(),
        issuer: issuer.parse().unwrap(),
        environment: Environment::Sandbox,
        keystore: Arc::new(FileKeystore::new(directory, random.clone())),
        clock: Arc::new(ManualClock::new(now)),
        random,
        http: crate::issuer::http_client().unwrap(),
    };
    Wallet::open_with(config, Arc::new(FakeProver::default())).await.unwrap()
}
