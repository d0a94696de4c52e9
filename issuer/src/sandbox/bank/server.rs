//! Starting and stopping the bank.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use passid_api::environment::Environment;
use passid_api::issuer::BankProvider;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::books::Books;
use super::config::{SandboxBankConfig, SandboxBankError};
use super::faults::Faults;
use super::state::Bank;
use super::{ApiVersion, berlin_group, oauth, obie};
use crate::bank::berlin_group::BerlinGroupConfig;
use crate::bank::client::ReadLimits;
use crate::bank::client_authentication::ClientAuthentication;
use crate::bank::endpoint::BankUrl;
use crate::bank::oauth::AuthorisationServer;
use crate::bank::obie::ObieConfig;

/// The identifier, in the issuer's description, of the bank as it speaks UK Open Banking.
pub const PROVIDER_ID: &str = "sandbox-bank";
/// The identifier of the same bank as it speaks Berlin Group NextGenPSD2.
pub const BERLIN_GROUP_PROVIDER_ID: &str = "sandbox-bank-eu";
/// Days the bank is asked for a consent.
const CONSENT_DAYS: u16 = 365;
/// Days it is asked for in the words of the Berlin Group: European banks ask the customer again after so many (SCA-RTS article 10).
const BERLIN_GROUP_CONSENT_DAYS: u16 = 180;
/// No request of the scheme comes near this.
const REQUEST_BYTES: usize = 64 << 10;

/// A person with accounts at the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// What they log in with: `amara`, or `account-1787`.
    pub id: String,
    /// The name the bank has for them.
    pub name: String,
    /// How they write it themselves.
    pub declared_name: String,
}

/// The running bank; stops when dropped.
pub struct SandboxBank {
    base_url: String,
    connections: [ObieConfig; 2],
    berlin_group_connection: BerlinGroupConfig,
    customers: Vec<Customer>,
    faults: Faults,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl SandboxBank {
    /// Starts the bank on `listener`.
    ///
    /// # Errors
    /// [`SandboxBankError`] when the account data cannot be loaded or the listener does not work.
    pub async fn start(listener: TcpListener, config: SandboxBankConfig) -> Result<Self, SandboxBankError> {
        let SandboxBankConfig { clock, source, client, random, page_size } = config;
        let base_url = format!("http://{}", listener.local_addr().map_err(SandboxBankError::Listen)?);
        let books = tokio::task::spawn_blocking(move || Books::open(&source)).await.map_err(|_| SandboxBankError::Stopped)??;
        let (connections, berlin_group_connection) = connections(&base_url, &client)?;
        let bank = Bank::new(clock, client, base_url.clone(), page_size, books, random);
        let customers = bank
            .customers()
            .iter()
            .map(|customer| Customer { id: customer.id.clone(), name: customer.name.clone(), declared_name: customer.declared_name.clone() })
            .collect();
        let faults = bank.faults().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // Ends when told to, or when the handle is dropped and with it the sender.
            let serving = axum::serve(listener, router(bank)).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            if serving.await.is_err() {
                tracing::error!("the sandbox bank's listener failed");
            }
        });
        Ok(Self { base_url, connections, berlin_group_connection, customers, faults, stop: Some(stop), task })
    }

    /// Where the bank is, for example `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How the registered client reaches the bank by UK Open Banking 4.0.0; hand it to [`crate::bank::obie::Obie::new`].
    pub fn connection(&self) -> ObieConfig {
        self.connection_by(ApiVersion::V4)
    }

    /// How the registered client reaches the bank by a version of UK Open Banking.
    pub fn connection_by(&self, version: ApiVersion) -> ObieConfig {
        let [v3, v4] = &self.connections;
        match version {
            ApiVersion::V3 => v3.clone(),
            ApiVersion::V4 => v4.clone(),
        }
    }

    /// How the registered client reaches the same bank in the words of the Berlin Group; hand it to
    /// [`crate::bank::berlin_group::BerlinGroup::new`].
    pub fn berlin_group_connection(&self) -> BerlinGroupConfig {
        self.berlin_group_connection.clone()
    }

    /// Whom the bank knows.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// What can be made to go wrong.
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Stops the bank after the requests under way.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // A task that failed has stopped as well.
        let _ = (&mut self.task).await;
    }
}

/// The ways to the bank: each version of UK Open Banking, and the Berlin Group's scheme.
fn connections(base_url: &str, client: &super::RegisteredClient) -> Result<([ObieConfig; 2], BerlinGroupConfig), SandboxBankError> {
    let address = |path: &str| BankUrl::parse(&format!("{base_url}{path}")).map_err(|_| SandboxBankError::NotLoopback);
    let description = |id: &str, name: &str| BankProvider { id: id.to_owned(), name: name.to_owned(), environment: Environment::Sandbox };
    let server = AuthorisationServer {
        authorization_endpoint: address("/oauth2/authorize")?,
        token_endpoint: address("/oauth2/token")?,
        issuer: Some(base_url.to_owned()),
        client_id: client.client_id.clone(),
        authentication: ClientAuthentication::Secret(client.client_secret.clone()),
    };
    let obie = |version: ApiVersion| -> Result<ObieConfig, SandboxBankError> {
        Ok(ObieConfig {
            description: description(PROVIDER_ID, "Sandbox Bank"),
            server: server.clone(),
            resource_base: address(version.base())?,
            consent_days: CONSENT_DAYS,
            limits: ReadLimits::default(),
        })
    };
    let [v3, v4] = ApiVersion::ALL;
    let connections = [obie(v3)?, obie(v4)?];
    let berlin_group = BerlinGroupConfig {
        description: description(BERLIN_GROUP_PROVIDER_ID, "Sandbox Bank Europe"),
        server,
        resource_base: address(berlin_group::BASE)?,
        client_scope: Some(berlin_group::CLIENT_SCOPE.to_owned()),
        consent_days: BERLIN_GROUP_CONSENT_DAYS,
        limits: ReadLimits::default(),
    };
    Ok((connections, berlin_group))
}

fn router(bank: Bank) -> Router {
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(oauth::metadata))
        .route("/oauth2/authorize", get(oauth::authorize))
        .route("/oauth2/authorize/decision", post(oauth::decide))
        .route("/oauth2/token", post(oauth::token))
        .nest(berlin_group::BASE, berlin_group::router());
    let all = ApiVersion::ALL.into_iter().fold(router, |router, version| router.nest(version.base(), obie::router(bank.clone(), version)));
    all.layer(DefaultBodyLimit::max(REQUEST_BYTES)).with_state(bank)
}
