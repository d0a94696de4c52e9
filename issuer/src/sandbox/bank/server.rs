//! Starting and stopping the bank.

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use passid_api::environment::Environment;
use passid_api::issuer::BankProvider;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::books::Books;
use super::config::{SandboxBankConfig, SandboxBankError};
use super::faults::Faults;
use super::state::Bank;
use super::version::ApiVersion;
use super::{aisp, oauth, problem, transactions};
use crate::bank::client::ReadLimits;
use crate::bank::client_authentication::ClientAuthentication;
use crate::bank::endpoint::BankUrl;
use crate::bank::oauth::AuthorisationServer;
use crate::bank::obie::ObieConfig;

/// The provider's identifier in the issuer's description.
pub const PROVIDER_ID: &str = "sandbox-bank";
/// Correlates a request with the bank's records.
const INTERACTION_ID: HeaderName = HeaderName::from_static("x-fapi-interaction-id");
/// Days the bank is asked for a consent.
const CONSENT_DAYS: u16 = 365;
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
        let [first, second] = ApiVersion::ALL;
        let connections = [connection(&base_url, &client, first)?, connection(&base_url, &client, second)?];
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
        Ok(Self { base_url, connections, customers, faults, stop: Some(stop), task })
    }

    /// Where the bank is, for example `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How the registered client reaches the bank by 4.0.0; hand it to [`crate::bank::obie::Obie::new`].
    pub fn connection(&self) -> ObieConfig {
        self.connection_by(ApiVersion::V4)
    }

    /// How the registered client reaches the bank by a version.
    pub fn connection_by(&self, version: ApiVersion) -> ObieConfig {
        let [v3, v4] = &self.connections;
        match version {
            ApiVersion::V3 => v3.clone(),
            ApiVersion::V4 => v4.clone(),
        }
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

fn connection(base_url: &str, client: &super::RegisteredClient, version: ApiVersion) -> Result<ObieConfig, SandboxBankError> {
    let address = |path: &str| BankUrl::parse(&format!("{base_url}{path}")).map_err(|_| SandboxBankError::NotLoopback);
    Ok(ObieConfig {
        description: BankProvider { id: PROVIDER_ID.to_owned(), name: "Sandbox Bank".to_owned(), environment: Environment::Sandbox },
        server: AuthorisationServer {
            authorization_endpoint: address("/oauth2/authorize")?,
            token_endpoint: address("/oauth2/token")?,
            issuer: Some(base_url.to_owned()),
            client_id: client.client_id.clone(),
            authentication: ClientAuthentication::Secret(client.client_secret.clone()),
        },
        resource_base: address(version.base())?,
        consent_days: CONSENT_DAYS,
        limits: ReadLimits::default(),
    })
}

fn router(bank: Bank) -> Router {
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(oauth::metadata))
        .route("/oauth2/authorize", get(oauth::authorize))
        .route("/oauth2/authorize/decision", post(oauth::decide))
        .route("/oauth2/token", post(oauth::token));
    let both = ApiVersion::ALL.into_iter().fold(router, |router, version| router.nest(version.base(), resources(&bank, version)));
    both.layer(DefaultBodyLimit::max(REQUEST_BYTES)).with_state(bank)
}

fn resources(bank: &Bank, version: ApiVersion) -> Router<Bank> {
    Router::new()
        .route("/account-access-consents", post(aisp::create_consent))
        .route("/account-access-consents/{id}", get(aisp::read_consent).delete(aisp::delete_consent))
        .route("/accounts", get(aisp::accounts))
        .route("/accounts/{id}", get(aisp::account))
        .route("/accounts/{id}/balances", get(aisp::balances))
        .route("/accounts/{id}/party", get(aisp::account_party))
        .route("/accounts/{id}/transactions", get(transactions::transactions))
        .route("/party", get(aisp::party))
        .layer(Extension(version))
        .layer(middleware::map_response(move |response| async move { problem::in_words_of(version, response) }))
        .layer(middleware::from_fn_with_state(bank.clone(), echo_interaction))
}

/// Every answer carries the caller's interaction identifier, or a fresh one.
async fn echo_interaction(axum::extract::State(bank): axum::extract::State<Bank>, request: Request, next: Next) -> Response {
    let given = request.headers().get(INTERACTION_ID).filter(|id| id.len() <= 64).cloned();
    let mut response = next.run(request).await;
    let id = given.or_else(|| HeaderValue::from_str(&bank.memory().tokens.fresh()).ok());
    if let Some(id) = id {
        response.headers_mut().insert(INTERACTION_ID, id);
    }
    response
}
