//! Every provider against the sandbox bank over real HTTP: one suite, run in the words of each scheme, and what each scheme has of its own.

mod berlin_group;
mod customers;
mod faults;
mod linking;
mod mutual_tls;
mod obie;
mod reading;
mod versions;

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
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

use crate::bank::authorisation::{AuthorisationResponse, BankTokens, Secret};
use crate::bank::berlin_group::BerlinGroup;
use crate::bank::client::ReadLimits;
use crate::bank::client_authentication::{ClientAuthentication, SigningKey};
use crate::bank::data::BankSnapshot;
use crate::bank::error::BankError;
use crate::bank::oauth::AuthorisationServer;
use crate::bank::obie::Obie;
use crate::bank::pause::Pause;
use crate::bank::provider::{BankFuture, BankProvider, ReadObserver, ReadProgress, ReadWindow};
use crate::bank::sync::{self, NoStaging, Staged, StagedPage, Staging};
use crate::derive::{DeclaredHolder, derive};
use crate::sandbox::bank::{ApiVersion, BankSource, RegisteredClient, SandboxBank, SandboxBankConfig, visitor};
use crate::screening::ScreeningOutcome;

const BACK: &str = "http://127.0.0.1:9/bank/back";
/// Where the holder is.
const HOLDER: Option<IpAddr> = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)));

/// In whose words the bank is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Obie(ApiVersion),
    BerlinGroup,
}

/// UK Open Banking as most of its banks speak it.
const OBIE: Scheme = Scheme::Obie(ApiVersion::V4);
/// Each has its own links, refusals and words to get over.
const SCHEMES: [Scheme; 3] = [Scheme::Obie(ApiVersion::V3), OBIE, Scheme::BerlinGroup];

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
    /// Whether the holder has gone away.
    unattended: bool,
}

impl ReadObserver for Notebook {
    fn progress(&self, progress: ReadProgress) {
        *self.last.lock().unwrap() = Some(progress);
    }

    fn tokens_rotated<'a>(&'a self, tokens: &'a BankTokens) -> BankFuture<'a, ()> {
        self.rotations.lock().unwrap().push(tokens.clone());
        Box::pin(async { if self.refuses { Err(BankError::TokensNotStored) } else { Ok(()) } })
    }

    fn holder_address(&self) -> Option<IpAddr> {
        HOLDER.filter(|_| !self.unattended)
    }
}

struct World {
    scheme: Scheme,
    clock: Arc<ManualClock>,
    bank: SandboxBank,
    provider: Box<dyn BankProvider>,
    http: reqwest::Client,
}

fn http() -> reqwest::Client {
    // The process needs one provider of cryptography; whoever comes first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

impl World {
    async fn start(scheme: Scheme) -> Self {
        Self::with_page_size(scheme, 50).await
    }

    async fn with_page_size(scheme: Scheme, page_size: usize) -> Self {
        Self::at(scheme, "2026-11-21T04:00:00Z", page_size).await
    }

    async fn at(scheme: Scheme, now: &str, page_size: usize) -> Self {
        Self::serving(scheme, BankSource::Personas, now, page_size).await
    }

    async fn serving(scheme: Scheme, source: BankSource, now: &str, page_size: usize) -> Self {
        Self::build(scheme, source, now, page_size, None).await
    }

    async fn build(scheme: Scheme, source: BankSource, now: &str, page_size: usize, statement_key: Option<Vec<u8>>) -> Self {
        Self::registered(scheme, source, now, page_size, |client| client.statement_key = statement_key).await
    }

    /// A bank that takes whoever reaches it for the registered client: something before it has looked at the certificate.
    async fn behind_mutual_tls(scheme: Scheme) -> Self {
        Self::registered(scheme, BankSource::Personas, "2026-11-21T04:00:00Z", 200, |client| client.behind_mutual_tls = true).await
    }

    async fn registered(scheme: Scheme, source: BankSource, now: &str, page_size: usize, change: impl FnOnce(&mut RegisteredClient)) -> Self {
        let clock = Arc::new(ManualClock::new(now.parse().unwrap()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = RegisteredClient {
            client_id: "passid".into(),
            client_secret: Secret::new("a secret: with/odd+signs".into()),
            statement_key: None,
            behind_mutual_tls: false,
            redirect_urls: vec![BACK.into()],
        };
        change(&mut client);
        let config = SandboxBankConfig { clock: clock.clone(), source, client, random: StdRng::seed_from_u64(1), page_size };
        let bank = SandboxBank::start(listener, config).await.unwrap();
        let http = http();
        let provider = connected(scheme, &bank, &clock, &http, |_, _| {});
        Self { scheme, clock, bank, provider, http }
    }

    /// Another connection to the bank, configured otherwise.
    fn provider_with(&self, change: impl FnOnce(&mut AuthorisationServer, &mut ReadLimits)) -> Box<dyn BankProvider> {
        connected(self.scheme, &self.bank, &self.clock, &self.http, change)
    }

    async fn link(&self, customer: &str) -> BankTokens {
        let pending = self.provider.begin(BACK, HOLDER).await.unwrap();
        let back = visitor::approve(&self.http, pending.authorization_url.expose(), customer).await.unwrap();
        self.provider.complete(&pending, &response(&back)).await.unwrap()
    }

    fn window(&self) -> ReadWindow {
        ReadWindow::up_to(self.clock.now())
    }

    async fn read(&self, tokens: &mut BankTokens) -> Result<BankSnapshot, BankError> {
        sync::read(self.provider.as_ref(), tokens, self.window(), &NoStaging, &Notebook::default()).await
    }
}

fn connected(
    scheme: Scheme,
    bank: &SandboxBank,
    clock: &Arc<ManualClock>,
    http: &reqwest::Client,
    change: impl FnOnce(&mut AuthorisationServer, &mut ReadLimits),
) -> Box<dyn BankProvider> {
    let (http, pause, random) = (http.clone(), Arc::new(ClockPause(clock.clone())), StdRng::seed_from_u64(2));
    match scheme {
        Scheme::Obie(version) => {
            let mut config = bank.connection_by(version);
            change(&mut config.server, &mut config.limits);
            Box::new(Obie::new(config, http, clock.clone(), pause, random))
        }
        Scheme::BerlinGroup => {
            let mut config = bank.berlin_group_connection();
            change(&mut config.server, &mut config.limits);
            Box::new(BerlinGroup::new(config, http, clock.clone(), pause, random))
        }
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

/// DER as PEM (RFC 7468), on one line as readers take it.
fn pem(kind: &str, der: &[u8]) -> String {
    use base64::Engine;
    format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", base64::engine::general_purpose::STANDARD.encode(der))
}
