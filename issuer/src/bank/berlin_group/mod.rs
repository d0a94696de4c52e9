//! Berlin Group NextGenPSD2 XS2A 1.3, account information: most banks of the European Union.
//!
//! The consent is made first and agreed to at the bank by the OAuth2 approach: authorisation code with PKCE S256 and state, with the scope
//! `AIS:<consent>` (Implementation Guidelines 1.3.11, §13.1). Every request carries an `X-Request-ID`, and the holder's address while they are
//! there: what a bank is asked without them it counts, and allows four times a day. Amounts are signed decimals, accounts known by their
//! IBAN. Signed requests (`Digest`, `Signature`) are not spoken; banks that insist on them cannot be connected.

mod config;
mod consent;
mod convert;
mod read;
mod refusals;
mod wire;

use std::net::IpAddr;
use std::sync::Arc;

use passid_api::issuer::BankProvider as Description;
use passid_api::time::Clock;
use passid_api::wallet::BankLinkStatus;
use rand::rngs::StdRng;
use reqwest::{Method, RequestBuilder};
use url::Url;

use super::authorisation::{AuthorisationResponse, BankTokens, PendingAuthorisation};
use super::client::{Access, BankClient};
use super::data::Account;
use super::pause::Pause;
use super::provider::{BankFuture, BankProvider, Consented, ReadWindow, ReconfirmationRule, ResourceFuture, TransactionPage};

pub use config::BerlinGroupConfig;

/// One bank of the scheme.
pub struct BerlinGroup {
    config: BerlinGroupConfig,
    client: BankClient,
}

impl BerlinGroup {
    /// A provider for the bank described by `config`.
    ///
    /// `http` must follow no redirects and use no proxy from the environment; `random` makes state, PKCE verifier and request
    /// identifiers and must be seeded by the system outside of tests.
    pub const fn new(config: BerlinGroupConfig, http: reqwest::Client, clock: Arc<dyn Clock>, pause: Arc<dyn Pause>, random: StdRng) -> Self {
        let client = BankClient::new(http, clock, pause, random, config.limits).saying_no_by(refusals::REFUSALS);
        Self { config, client }
    }

    /// A request with what the scheme wants in every header. `holder` is where they ask from, while they are there.
    fn request(&self, method: Method, url: &Url, token: Option<&str>, holder: Option<IpAddr>) -> RequestBuilder {
        let mut request = self.client.request(method, url.clone()).header("X-Request-ID", self.client.interaction_id());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(address) = holder {
            request = request.header("PSU-IP-Address", address.to_string());
        }
        request
    }
}

impl BankProvider for BerlinGroup {
    fn description(&self) -> &Description {
        &self.config.description
    }

    fn client(&self) -> &BankClient {
        &self.client
    }

    /// None: the bank itself asks the holder again after 180 days at most (SCA-RTS article 10, as amended in 2022), and its consent ends then.
    fn reconfirmation(&self) -> Option<ReconfirmationRule> {
        None
    }

    fn begin<'a>(&'a self, redirect_url: &'a str, holder: Option<IpAddr>) -> BankFuture<'a, PendingAuthorisation> {
        Box::pin(self.begin_linking(redirect_url, holder))
    }

    fn complete<'a>(&'a self, pending: &'a PendingAuthorisation, response: &'a AuthorisationResponse) -> BankFuture<'a, BankTokens> {
        Box::pin(self.config.server.complete(&self.client, pending, response))
    }

    fn accounts<'a>(&'a self, access: &'a mut Access<'_>) -> ResourceFuture<'a, Consented> {
        Box::pin(self.read_accounts(access))
    }

    fn transactions_address(&self, account: &Account, window: ReadWindow) -> Url {
        let mut url = self.config.resource_base.join(&["accounts", &account.id, "transactions"]);
        url.query_pairs_mut()
            .append_pair("bookingStatus", "booked")
            .append_pair("dateFrom", &window.from.to_string())
            .append_pair("dateTo", &window.to.to_string());
        url
    }

    fn transactions<'a>(&'a self, access: &'a mut Access<'_>, page: Url) -> ResourceFuture<'a, TransactionPage> {
        Box::pin(self.read_transactions(access, page))
    }

    fn status<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, BankLinkStatus> {
        Box::pin(self.consent_status(consent_id))
    }

    fn revoke<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, ()> {
        Box::pin(self.revoke_consent(consent_id))
    }
}
