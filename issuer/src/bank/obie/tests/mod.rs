//! The provider against the sandbox bank over real HTTP.

mod customers;
mod faults;
mod linking;
mod reading;
mod versions;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use passid_api::claims::Slot;
use passid_api::claims::encoding::Tier;
use passid_api::time::{Clock, ManualClock, Timestamp};
use passid_api::wallet::BankLinkStatus;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Obie, ObieConfig};
use crate::bank::authorisation::{AuthorisationResponse, BankTokens, Secret};
use crate::bank::client::ReadLimits;
use crate::bank::client_authentication::{ClientAuthentication, SigningKey};
use crate::bank::data::BankSnapshot;
use crate::bank::error::BankError;
use crate::bank::pause::Pause;
use crate::bank::provider::{BankFuture, BankProvider, ReadObserver, ReadProgress, ReadWindow};
use crate::bank::sync::{self, NoStaging, Staged, StagedPage, Staging};
use crate::derive::{DeclaredHolder, derive};
use crate::sandbox::bank::{ApiVersion, BankSource, RegisteredClient, SandboxBank, SandboxBankConfig, visitor};
use crate::screening::ScreeningOutcome;

const BACK: &str = "http://127.0.0.1:9/bank/back";

/// Moves the clock instead of waiting.
struct ClockPause(Arc<ManualClock>);

impl Pause for ClockPause {
    fn pause<'a>(&'a self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        self.0.advance(i64::try_from(duration.as_secs()).unwrap());
        Box::pin(async {})
    }
}

/// Keeps what it is told.
#[derive(Default)]
struct Notebook {
    rotations: Mutex<Vec<BankTokens>>,
    last: Mutex<Option<ReadProgress>>,
    refuses: bool,
}

impl ReadObserver for Notebook {
    fn progress(&self, progress: ReadProgress) {
        *self.last.lock().unwrap() = Some(progress);
    }

    fn tokens_rotated<'a>(&'a self, tokens: &'a BankTokens) -> BankFuture<'a, ()> {
        self.rotations.lock().unwrap().push(tokens.clone());
        Box::pin(async { if self.refuses { Err(BankError::TokensNotStored) } else { Ok(()) } })
    }
}

struct World {
    clock: Arc<ManualClock>,
    bank: SandboxBank,
    provider: Obie,
    http: reqwest::Client,
}

fn http() -> reqwest::Client {
    // The process needs one provider of cryptography; whoever comes first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

impl World {
    async fn start() -> Self {
        Self::with_page_size(50).await
    }

    async fn with_page_size(page_size: usize) -> Self {
        Self::at("2026-11-21T04:00:00Z", page_size).await
    }

    async fn at(now: &str, page_size: usize) -> Self {
        Self::serving(BankSource::Personas, now, page_size).await
    }

    async fn serving(source: BankSource, now: &str, page_size: usize) -> Self {
        Self::build(source, now, page_size, None).await
    }

    /// The bank's customers, read by a version of the scheme.
    async fn by(version: ApiVersion, page_size: usize) -> Self {
        let mut world = Self::with_page_size(page_size).await;
        world.provider = Self::provider(&world.clock, &world.http, world.bank.connection_by(version));
        world
    }

    async fn build(source: BankSource, now: &str, page_size: usize, statement_key: Option<Vec<u8>>) -> Self {
        let clock = Arc::new(ManualClock::new(now.parse().unwrap()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = RegisteredClient {
            client_id: "passid".into(),
            client_secret: Secret::new("a secret: with/odd+signs".into()),
            statement_key,
            redirect_urls: vec![BACK.into()],
        };
        let config = SandboxBankConfig { clock: clock.clone(), source, client, random: StdRng::seed_from_u64(1), page_size };
        let bank = SandboxBank::start(listener, config).await.unwrap();
        let http = http();
        let provider = Self::provider(&clock, &http, bank.connection());
        Self { clock, bank, provider, http }
    }

    fn provider(clock: &Arc<ManualClock>, http: &reqwest::Client, config: ObieConfig) -> Obie {
        Obie::new(config, http.clone(), clock.clone(), Arc::new(ClockPause(clock.clone())), StdRng::seed_from_u64(2))
    }

    async fn link(&self, customer: &str) -> BankTokens {
        let pending = self.provider.begin(BACK).await.unwrap();
        let back = visitor::approve(&self.http, pending.authorization_url.expose(), customer).await.unwrap();
        self.provider.complete(&pending, &response(&back)).await.unwrap()
    }

    fn window(&self) -> ReadWindow {
        ReadWindow::up_to(self.clock.now())
    }

    async fn read(&self, tokens: &mut BankTokens) -> Result<BankSnapshot, BankError> {
        sync::read(&self.provider, tokens, self.window(), &NoStaging, &Notebook::default()).await
    }
}

fn response(back: &url::Url) -> AuthorisationResponse {
    serde_json::from_value(serde_json::Value::Object(back.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect())).unwrap()
}

/// What a read found, comparable: what banks call a row may change.
fn contents(snapshot: &BankSnapshot) -> Vec<(String, i64, String)> {
    let rows = snapshot.accounts.iter().flat_map(|history| &history.transactions);
    let mut found: Vec<_> = rows.map(|row| (row.booked_on.to_string(), row.signed_minor(), row.description.clone())).collect();
    found.sort_unstable();
    found
}
