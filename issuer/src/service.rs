//! The running issuer: what every request handler may use.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::CryptoRng;
use tokio_util::sync::CancellationToken;

use passid_api::time::Clock;

use crate::bank::provider::BankProvider;
use crate::config::Config;
use crate::credential::keys::{KeyRing, KeyRingError};
use crate::limit::Meter;
use crate::metrics::Metrics;
use crate::request_log::RequestLog;
use crate::sandbox::fixtures::Fixtures;
use crate::screening::Screener;
use crate::sealing::Sealer;
use crate::session::changes::SessionChanges;
use crate::status::board::Board;
use crate::store::Store;
use crate::verify::proof::ProofChecker;
use crate::verify::register::Register;
use crate::webhook::wake::Wake;

/// What the edge hands in: everything that reaches outside the process, or that a test wants to choose.
pub struct Dependencies {
    /// The database, open and migrated.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub random: Box<dyn CryptoRng + Send>,
    /// Seals what is secret at rest.
    pub sealer: Sealer,
    /// Delivers webhooks; follows no redirect and uses no proxy.
    pub webhook_client: reqwest::Client,
    /// Banks that can be linked.
    pub banks: Vec<Arc<dyn BankProvider>>,
    /// Screens names; without lists nothing is claimed to be clear.
    pub sanctions: Screener,
}

/// A handle on the running issuer; cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<ServiceParts>);

/// The parts of a running issuer.
pub struct ServiceParts {
    /// Settings.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Seals what is secret at rest.
    pub sealer: Sealer,
    /// The issuer's signing keys.
    pub keys: KeyRing,
    /// Verifies proofs together.
    pub proofs: ProofChecker,
    /// Writes accepted verifications together.
    pub register: Register,
    /// Banks that can be linked.
    pub banks: Vec<Arc<dyn BankProvider>>,
    /// Screens names.
    pub sanctions: Screener,
    /// Delivers webhooks.
    pub webhook_client: reqwest::Client,
    /// Wakes whoever waits for a session.
    pub session_changes: SessionChanges,
    /// The server is stopping: whoever waits gets what there is.
    pub stopping: CancellationToken,
    /// Counts requests against their limits.
    pub meter: Meter,
    /// The documented sandbox tokens.
    pub fixtures: Fixtures,
    /// Wakes the delivery workers.
    pub deliveries_due: Wake,
    /// What was seen of the service's health.
    pub status: Board,
    /// Numbers for monitoring.
    pub metrics: Metrics,
    /// What was answered to workspaces and is not written yet.
    pub request_log: RequestLog,
    draining: AtomicBool,
    random: Mutex<Box<dyn CryptoRng + Send>>,
}

impl Deref for Service {
    type Target = ServiceParts;

    fn deref(&self) -> &ServiceParts {
        &self.0
    }
}

/// Why an issuer could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its keys could not be read or made.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The pinned verification key does not match this program.
    #[error("the circuit's artifacts do not match their pins: {0}")]
    Circuit(#[from] passid_circuits::ArtifactError),
    /// The credential tree could not be read or begun.
    #[error("the credential tree could not be opened: {0}")]
    Tree(#[from] crate::credential::tree::TreeError),
    /// The sanctions lists in force could not be read.
    #[error("the sanctions lists in force could not be read: {0}")]
    Sanctions(#[from] crate::store::StoreError),
}

impl Service {
    /// Starts an issuer: loads or makes its keys, begins the trees of both environments.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config, dependencies: Dependencies) -> Result<Self, StartError> {
        let Dependencies { store, clock, mut random, sealer, webhook_client, banks, sanctions } = dependencies;
        let keys = KeyRing::load_or_create(&store, &sealer, Arc::clone(&clock), random.as_mut()).await?;
        let proofs = ProofChecker::new(random.as_mut())?;
        let register = Register::new(&store);
        let meter = Meter::new(config.limits.clone());
        let parts = ServiceParts {
            config,
            store,
            clock,
            sealer,
            keys,
            proofs,
            register,
            banks,
            sanctions,
            webhook_client,
            session_changes: SessionChanges::default(),
            stopping: CancellationToken::new(),
            meter,
            fixtures: Fixtures::default(),
            deliveries_due: Wake::default(),
            status: Board::default(),
            metrics: Metrics::default(),
            request_log: RequestLog::default(),
            draining: AtomicBool::new(false),
            random: Mutex::new(random),
        };
        let service = Self(Arc::new(parts));
        crate::credential::tree::begin_all(&service).await?;
        crate::screening::follow::take_in_force(&service).await?;
        Ok(service)
    }

    /// Says that the process is about to end: it is no longer ready for new requests, and ends what is under way.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the process is about to end.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }

    /// Lends the source of randomness. A panic elsewhere while it was lent does not make it less random.
    pub fn with_random<T>(&self, use_it: impl FnOnce(&mut dyn CryptoRng) -> T) -> T {
        let mut random = self.0.random.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(random.as_mut())
    }
}
