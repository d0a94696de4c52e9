//! Issuer, bank and wallets of one test, on one database and one clock.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use passid_api::environment::Environment;
use passid_api::ids::BankLinkId;
use passid_api::time::{Clock, ManualClock};
use passid_issuer::bank::authorisation::{BankTokens, Secret};
use passid_issuer::bank::berlin_group::BerlinGroup;
use passid_issuer::bank::obie::Obie;
use passid_issuer::bank::pause::TimerPause;
use passid_issuer::bank::provider::{BankFuture, BankProvider, ReadObserver, ReadProgress, ReadWindow};
use passid_issuer::bank::sync::{self, NoStaging};
use passid_issuer::sandbox::bank::{BankSource, PROVIDER_ID, RegisteredClient, SandboxBank, SandboxBankConfig, visitor};
use passid_issuer::sandbox::write_sanctions_excerpt;
use passid_issuer::screening::Screener;
use passid_issuer::service::Service;
use passid_issuer::store::testing::{TestDatabase, databases};
use passid_issuer::testing::{TestIssuer, TestSetup, beginning};
use passid_issuer::{http, network, webhook};
use passid_wallet_core::consent::{ConsentReview, KeystoreApproval};
use passid_wallet_core::keystore::FileKeystore;
use passid_wallet_core::presentation::{PresentationControl, Shared};
use passid_wallet_core::random::Random;
use passid_wallet_core::{Wallet, WalletConfig, WalletError};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::institution::Institution;

/// Every generator of a test run draws other numbers.
static SEED: AtomicU64 = AtomicU64::new(1_000);

fn random() -> StdRng {
    StdRng::seed_from_u64(SEED.fetch_add(1, Ordering::Relaxed))
}

/// Everything one test plays with. Servers end with the value.
pub struct World {
    /// The database engine's name, for messages.
    pub engine: &'static str,
    /// The issuer.
    pub service: Service,
    /// Everybody's clock.
    pub clock: Arc<ManualClock>,
    /// The issuer's address.
    pub url: Url,
    /// Follows no redirect.
    pub client: reqwest::Client,
    /// Wallets and, with SQLite, the database.
    pub directory: TempDir,
    database: TestDatabase,
    server: JoinHandle<()>,
    _bank: SandboxBank,
    provider: Arc<Obie>,
    stop: CancellationToken,
}

async fn free_port() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

fn address(listener: &TcpListener) -> Url {
    format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address")
}

impl World {
    /// One world for each database engine at hand.
    pub async fn on_every_engine() -> Vec<Self> {
        let mut worlds = Vec::new();
        for database in databases().await {
            worlds.push(Self::start(database).await);
        }
        worlds
    }

    /// A world on this database.
    pub async fn start(database: TestDatabase) -> Self {
        let (listener, clock) = (free_port().await, beginning());
        let url = address(&listener);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let redirect = format!("{}v1/bank/callback", url.as_str());
        let client = RegisteredClient {
            client_id: "passid".to_owned(),
            client_secret: Secret::new("a test's secret".to_owned()),
            statement_key: None,
            behind_mutual_tls: false,
            redirect_urls: vec![redirect],
        };
        let config = SandboxBankConfig { clock: clock.clone(), source: BankSource::Personas, client, random: random(), page_size: 50 };
        let bank = SandboxBank::start(free_port().await, config).await.expect("the bank starts");
        let http = network::client().expect("a client");
        let provider = Arc::new(Obie::new(bank.connection(), http.clone(), clock.clone(), Arc::new(TimerPause), random()));
        let european = Arc::new(BerlinGroup::new(bank.berlin_group_connection(), http.clone(), clock.clone(), Arc::new(TimerPause), random()));
        let lists = directory.path().join("lists");
        write_sanctions_excerpt(&lists).expect("the excerpt is written");
        let setup = TestSetup {
            public_url: Some(url.clone()),
            clock: Some(clock.clone()),
            banks: vec![provider.clone() as Arc<dyn BankProvider>, european],
            sanctions: Screener::from_directory(&lists).expect("the excerpt loads"),
            ..TestSetup::default()
        };
        let service = TestIssuer::start_with(&database, setup).await.service;
        let router = http::router(service.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        let stop = CancellationToken::new();
        tokio::spawn(webhook::worker::run(service.clone(), stop.clone()));
        Self { engine: database.engine, service, clock, url, client: http, directory, database, server, _bank: bank, provider, stop }
    }

    /// A second server process' worth of issuer on the same database, under an address of its own.
    pub async fn second_server(&self) -> Url {
        let listener = free_port().await;
        let url = address(&listener);
        let setup = TestSetup { public_url: Some(self.url.clone()), clock: Some(self.clock.clone()), ..TestSetup::default() };
        let service = TestIssuer::start_with(&self.database, setup).await.service;
        let router = http::router(service);
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the server runs") });
        url
    }

    /// Opens (or opens again) a wallet kept under `name`.
    pub async fn wallet(&self, name: &str) -> Wallet {
        self.wallet_through(name, passid_wallet_core::issuer::http_client().expect("a client")).await
    }

    /// Opens a wallet whose requests go through this client.
    pub async fn wallet_through(&self, name: &str, http: reqwest::Client) -> Wallet {
        open_wallet(&self.directory.path().join(name), &self.url, self.clock.clone(), http).await
    }

    /// Links the bank as `customer`, who writes their name so.
    pub async fn link(&self, wallet: &Wallet, customer: &str, name: &str) -> BankLinkId {
        self.link_through(PROVIDER_ID, wallet, customer, name).await
    }

    /// [`World::link`], by one of the providers the issuer lists.
    pub async fn link_through(&self, provider: &str, wallet: &Wallet, customer: &str, name: &str) -> BankLinkId {
        let link = wallet.link_bank(provider, name).await.expect("a link");
        let page = link.authorization_url.expect("an address");
        let back = visitor::approve(&self.client, &page, customer).await.expect("the bank redirects");
        let answer = self.client.get(back).send().await.expect("the issuer answers");
        assert!(answer.status().is_success(), "the callback answers {}", answer.status());
        link.link_id
    }

    /// A wallet with a credential from the persona's bank data.
    pub async fn holder(&self, persona: &str, name: &str) -> Wallet {
        let wallet = self.wallet(persona).await;
        wallet.register().await.expect("registered");
        let link = self.link(&wallet, persona, name).await;
        wallet.request_credential(link, "GB".parse().expect("a country")).await.expect("a credential");
        wallet
    }

    /// Amara, whose credential is strong.
    pub async fn amara(&self) -> Wallet {
        self.holder("amara", "Amara Osei").await
    }

    /// The different descriptions in Amara's history, of ten characters and more, read from the bank as the issuer reads them.
    pub async fn bank_descriptions(&self) -> Vec<String> {
        let redirect = format!("{}v1/bank/callback", self.url);
        let pending = self.provider.begin(&redirect, None).await.expect("a consent");
        let back = visitor::approve(&self.client, pending.authorization_url.expose(), "amara").await.expect("the bank redirects");
        let pairs: serde_json::Map<String, serde_json::Value> = back.query_pairs().map(|(name, value)| (name.into_owned(), value.into())).collect();
        let response = serde_json::from_value(pairs.into()).expect("a response");
        let mut tokens = self.provider.complete(&pending, &response).await.expect("tokens");
        let window = ReadWindow { from: jiff::civil::date(2025, 1, 1), to: jiff::civil::date(2027, 1, 1) };
        let snapshot = sync::read(self.provider.as_ref(), &mut tokens, window, &NoStaging, &Unobserved).await.expect("a snapshot");
        let transactions = snapshot.accounts.iter().flat_map(|account| &account.transactions);
        let found: BTreeSet<String> = transactions.map(|transaction| transaction.description.clone()).filter(|text| text.len() >= 10).collect();
        found.into_iter().collect()
    }

    /// An institution with a sandbox workspace.
    pub async fn institution(&self, name: &str) -> Institution {
        Institution::onboard(self.client.clone(), self.url.clone(), name, random()).await
    }
}

/// Nobody watches; the tokens are used once.
struct Unobserved;

impl ReadObserver for Unobserved {
    fn progress(&self, _: ReadProgress) {}

    fn tokens_rotated<'a>(&'a self, _: &'a BankTokens) -> BankFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Opens (or opens again) a wallet in `directory`.
pub async fn open_wallet(directory: &Path, issuer: &Url, clock: Arc<dyn Clock>, http: reqwest::Client) -> Wallet {
    let random = Arc::new(Random::new(random()));
    let config = WalletConfig {
        data_directory: directory.join("vault"),
        issuer: issuer.as_str().parse().expect("an issuer's address"),
        environment: Environment::Sandbox,
        keystore: Arc::new(FileKeystore::new(directory.join("keystore"), random.clone())),
        clock,
        random,
        http,
    };
    Wallet::open(config).await.expect("the wallet opens")
}

/// Agrees to what was shown.
///
/// # Errors
/// What the wallet says.
pub async fn approve(wallet: &Wallet, review: &ConsentReview) -> Result<Shared, WalletError> {
    wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), PresentationControl::default()).await
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
        self.server.abort();
    }
}
