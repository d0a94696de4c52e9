//! A running issuer for tests: a clock that stands still, seeded randomness, no bank and no lists unless given.

#![expect(clippy::expect_used, reason = "a test fails by panicking, and says what it expected")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use passid_api::time::{Clock, ManualClock, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;
use url::Url;

use crate::bank::provider::BankProvider;
use crate::config::Config;
use crate::limit::Limits;
use crate::screening::Screener;
use crate::sealing::{MasterKey, Sealer};
use crate::service::{Dependencies, Service};
use crate::store::testing::TestDatabase;
use crate::webhook;

/// 2026-03-17T14:02:11Z, when tests begin.
const BEGINNING: i64 = 1_773_756_131;

/// Every issuer draws other identifiers, also on one database.
static SEED: AtomicU64 = AtomicU64::new(1);

/// An issuer and the clock it goes by.
pub struct TestIssuer {
    /// The issuer.
    pub service: Service,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// The database's files: they outlive the name the test gave the database.
    _files: Option<Arc<tempfile::TempDir>>,
}

/// What a test may choose.
#[derive(Default)]
pub struct TestSetup {
    /// The issuer's address; `http://127.0.0.1:8420` when left out.
    pub public_url: Option<Url>,
    /// The clock to share with others.
    pub clock: Option<Arc<ManualClock>>,
    /// Banks that can be linked.
    pub banks: Vec<Arc<dyn BankProvider>>,
    /// Sanctions lists.
    pub sanctions: Screener,
    /// How much anyone may ask; without end when left out, so that a clock that stands still stops nobody.
    pub limits: Option<Limits>,
    /// Whether live presentations are accepted although the circuit's keys are for development.
    pub allow_live: bool,
}

/// The clock tests begin with.
pub fn beginning() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_seconds(BEGINNING).unwrap_or_else(|_| unreachable!("a time in 2026"))))
}

impl TestIssuer {
    /// Starts an issuer on the database.
    pub async fn start(database: &TestDatabase) -> Self {
        Self::start_with(database, TestSetup::default()).await
    }

    /// Starts an issuer on the database, as chosen.
    pub async fn start_with(database: &TestDatabase, setup: TestSetup) -> Self {
        let clock = setup.clock.unwrap_or_else(beginning);
        let url = setup.public_url.unwrap_or_else(|| "http://127.0.0.1:8420".parse().unwrap_or_else(|_| unreachable!("an address")));
        let mut config = Config::new(url);
        config.allow_loopback_webhooks = true;
        config.allow_development_circuit = setup.allow_live;
        config.limits = setup.limits.unwrap_or_else(Limits::off);
        let dependencies = Dependencies {
            store: database.open().await,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            random: Box::new(StdRng::seed_from_u64(SEED.fetch_add(1, Ordering::Relaxed))),
            sealer: Sealer::new(MasterKey::from_bytes([7; 32])),
            webhook_client: webhook::client::build(true).expect("a client"),
            banks: setup.banks,
            sanctions: setup.sanctions,
        };
        Self { service: Service::start(config, dependencies).await.expect("the issuer starts"), clock, _files: database.keep() }
    }
}
