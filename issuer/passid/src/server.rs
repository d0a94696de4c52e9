//! Assembles a running issuer: what `serve` and the demo share.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use passid_api::time::{Clock, SystemClock};
use passid_issuer::bank::berlin_group::{BerlinGroup, BerlinGroupConfig};
use passid_issuer::bank::obie::{Obie, ObieConfig};
use passid_issuer::bank::pause::TimerPause;
use passid_issuer::bank::provider::BankProvider;
use passid_issuer::config::Config;
use passid_issuer::sandbox::bank::{BankSource, RegisteredClient, SandboxBank, SandboxBankConfig};
use passid_issuer::screening::{self, Screener, update};
use passid_issuer::sealing::{MasterKey, Sealer};
use passid_issuer::service::{Dependencies, Service};
use passid_issuer::store::{DatabaseUrl, Store};
use passid_issuer::{audit, bank, credential, http, network, request_log, retention, status, wallet, webhook};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::Failure;

/// Transactions on one page of the sandbox bank: small enough that every history has several pages.
const BANK_PAGE_SIZE: usize = 100;

/// A generator seeded by the operating system.
pub(crate) fn system_random() -> Result<StdRng, Failure> {
    // The one place besides the wallet's that asks the system: everything below takes a generator.
    StdRng::try_from_rng(&mut rand::rngs::SysRng).map_err(|error| Failure::Randomness(error.to_string()))
}

/// Listens, with the failure that says what to do.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|source| Failure::Listen { address, source })
}

/// The address a listener got.
pub(crate) fn local_address(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener.local_addr().map_err(Failure::Server)
}

/// `http://ADDR`, for what listens on this machine.
pub(crate) fn url_of(address: SocketAddr) -> Result<Url, Failure> {
    Url::parse(&format!("http://{address}")).map_err(|error| Failure::Client(error.to_string()))
}

/// Starts the sandbox bank and gives the connection to it.
pub(crate) async fn start_bank(listener: TcpListener, issuer: &Url, source: BankSource) -> Result<SandboxBank, Failure> {
    let mut random = system_random()?;
    let mut secret = [0_u8; 24];
    rand::Rng::fill_bytes(&mut random, &mut secret);
    let client = RegisteredClient {
        client_id: "passid".to_owned(),
        client_secret: bank::authorisation::Secret::new(hex::encode(secret)),
        statement_key: None,
        behind_mutual_tls: false,
        redirect_urls: vec![format!("{}/v1/bank/callback", issuer.as_str().trim_end_matches('/'))],
    };
    let clock = Arc::new(SystemClock);
    Ok(SandboxBank::start(listener, SandboxBankConfig { clock, source, client, random, page_size: BANK_PAGE_SIZE }).await?)
}

/// A bank, in the words of its scheme.
#[derive(Debug, Clone)]
pub(crate) enum BankConfig {
    Obie(ObieConfig),
    BerlinGroup(BerlinGroupConfig),
}

/// The provider for a bank. `client` must follow no redirect and ask no proxy, as [`plain_client`].
pub(crate) fn provider(bank: BankConfig, client: reqwest::Client) -> Result<Arc<dyn BankProvider>, Failure> {
    let (clock, pause, random) = (Arc::new(SystemClock), Arc::new(TimerPause), system_random()?);
    Ok(match bank {
        BankConfig::Obie(config) => Arc::new(Obie::new(config, client, clock, pause, random)),
        BankConfig::BerlinGroup(config) => Arc::new(BerlinGroup::new(config, client, clock, pause, random)),
    })
}

/// Both providers of the sandbox bank: it speaks two schemes.
pub(crate) fn sandbox_providers(bank: &SandboxBank) -> Result<[Arc<dyn BankProvider>; 2], Failure> {
    let client = plain_client()?;
    Ok([provider(BankConfig::Obie(bank.connection()), client.clone())?, provider(BankConfig::BerlinGroup(bank.berlin_group_connection()), client)?])
}

/// An HTTP client that follows no redirect and asks no proxy.
pub(crate) fn plain_client() -> Result<reqwest::Client, Failure> {
    network::client().map_err(|error| Failure::Client(error.to_string()))
}

/// Sanctions lists an issuer begins with.
pub(crate) struct FirstLists<'a> {
    pub(crate) directory: &'a Path,
    /// Whether they replace lists that are in force already.
    pub(crate) always: bool,
}

impl FirstLists<'_> {
    async fn put_in_force(&self, store: &Store) -> Result<(), Failure> {
        let in_force = passid_issuer::store::sanctions::latest(&mut store.reader().await?).await?;
        if let (Some(version), false) = (in_force, self.always) {
            tracing::info!(version = version.version, "these sanctions lists are in force; `passid lists update` loads others");
            return Ok(());
        }
        let loaded = update::load(store, self.directory, self.always, "passid serve", SystemClock.now()).await?;
        tracing::info!(version = loaded.version, "sanctions lists were loaded");
        Ok(())
    }
}

/// What an issuer is started with.
pub(crate) struct IssuerSetup<'a> {
    pub(crate) config: Config,
    pub(crate) database: DatabaseUrl,
    pub(crate) master_key: &'a Path,
    pub(crate) sanctions: Option<FirstLists<'a>>,
    pub(crate) banks: Vec<Arc<dyn BankProvider>>,
}

/// The issuer's inside for an operator's command, beside running servers: it listens nowhere and delivers nothing. None where no server was
/// ever started on this database.
pub(crate) async fn inside(store: &Store, master_key: &Path) -> Result<Option<Service>, Failure> {
    let signed = credential::tree::signed_issuer(&mut store.reader().await?).await.map_err(|error| Failure::Operator(error.to_string()))?;
    let Some(issuer) = signed else { return Ok(None) };
    let config = Config::new(Url::parse(&issuer).map_err(|error| Failure::Operator(format!("{issuer}: {error}")))?);
    let dependencies = Dependencies {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        random: Box::new(system_random()?),
        sealer: Sealer::new(MasterKey::load(master_key)?),
        webhook_client: webhook::client::build(false).map_err(|error| Failure::Client(error.to_string()))?,
        banks: Vec::new(),
        sanctions: Screener::without_lists(),
    };
    Ok(Some(Service::start(config, dependencies).await?))
}

/// A running issuer.
pub(crate) struct RunningIssuer {
    pub(crate) service: Service,
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    jobs: Vec<JoinHandle<()>>,
}

impl RunningIssuer {
    /// Opens the state, starts the issuer on `listener` and the worker that delivers webhooks.
    pub(crate) async fn start(listener: TcpListener, setup: IssuerSetup<'_>) -> Result<Self, Failure> {
        Self::start_with(listener, setup, |router| router).await
    }

    /// [`RunningIssuer::start`] with something wrapped around every request.
    pub(crate) async fn start_with(listener: TcpListener, setup: IssuerSetup<'_>, wrap: impl FnOnce(axum::Router) -> axum::Router) -> Result<Self, Failure> {
        let mut random = system_random()?;
        let sealer = Sealer::new(MasterKey::load_or_create(setup.master_key, &mut random)?);
        let store = Store::open(&setup.database).await?;
        let webhook_client = webhook::client::build(setup.config.allow_loopback_webhooks).map_err(|error| Failure::Client(error.to_string()))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        if let Some(lists) = &setup.sanctions {
            lists.put_in_force(&store).await?;
        }
        let sanctions = Screener::without_lists();
        let dependencies = Dependencies { store, clock, random: Box::new(random), sealer, webhook_client, banks: setup.banks, sanctions };
        let service = Service::start(setup.config, dependencies).await?;
        if service.store.is_embedded() {
            webhook::worker::take_over(&service).await?;
        }
        let stop = service.stopping.clone();
        let router = wrap(http::router(service.clone()));
        let stopping = stop.clone();
        let server = tokio::spawn(async move {
            axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
                .with_graceful_shutdown(async move { stopping.cancelled().await })
                .await
        });
        let jobs = vec![
            tokio::spawn(webhook::worker::run(service.clone(), stop.clone())),
            tokio::spawn(wallet::withdrawals::run(service.clone(), stop.clone())),
            tokio::spawn(audit::worker::run(service.clone(), stop.clone())),
            tokio::spawn(status::job::run(service.clone(), stop.clone())),
            tokio::spawn(retention::run(service.clone(), stop.clone())),
            tokio::spawn(request_log::worker::run(service.clone(), stop.clone())),
            tokio::spawn(credential::keys::follow(service.clone(), stop.clone())),
            tokio::spawn(screening::follow::run(service.clone(), stop.clone())),
        ];
        Ok(Self { service, stop, server, jobs })
    }

    /// Takes no more connections, lets requests under way end for at most `drain` and deliveries as long as an attempt may take, then
    /// closes the database.
    pub(crate) async fn stop(mut self, drain: Duration) -> Result<(), Failure> {
        self.service.drain();
        self.stop.cancel();
        let served = if let Ok(served) = tokio::time::timeout(drain, &mut self.server).await {
            served
        } else {
            tracing::warn!("requests were still under way and are cut off");
            self.server.abort();
            Ok(Ok(()))
        };
        for job in self.jobs {
            drop(job.await);
        }
        request_log::worker::flush(&self.service).await;
        self.service.store.close().await;
        match served {
            Ok(result) => result.map_err(Failure::Server),
            Err(_) => Ok(()),
        }
    }
}

/// Waits for Ctrl-C, or for the signal a service manager sends.
pub(crate) async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return drop(interrupt.await);
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
