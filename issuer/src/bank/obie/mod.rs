//! UK Open Banking read-write API 4.0.0 and 3.1.11, account information.
//!
//! Consent by client credentials, authorisation by code with PKCE S256, state and nonce. The redirect names the consent through the OpenID
//! claims request `openbanking_intent_id`, as the scheme's security profile does. The versions differ in words, not in shape: both are
//! read, and the path of the resources' address chooses which one a bank answers in.

pub(crate) mod codes;
mod config;
mod consent;
mod convert;
pub mod file;
mod read;
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

pub use config::ObieConfig;

/// Since 2022 the bank asks the holder once, and the reader asks again every ninety days (SCA-RTS article 10A); access may go on only after that.
const RECONFIRMATION: ReconfirmationRule = ReconfirmationRule { every_days: 90, warning_days: 7 };

/// One OBIE bank.
pub struct Obie {
    config: ObieConfig,
    client: BankClient,
}

impl Obie {
    /// A provider for the bank described by `config`.
    ///
    /// `http` must follow no redirects and use no proxy from the environment; `random` makes state, PKCE verifier and
    /// interaction identifiers and must be seeded by the system outside of tests.
    pub const fn new(config: ObieConfig, http: reqwest::Client, clock: Arc<dyn Clock>, pause: Arc<dyn Pause>, random: StdRng) -> Self {
        let client = BankClient::new(http, clock, pause, random, config.limits);
        Self { config, client }
    }

    /// A request with what the scheme wants in every header.
    /// `holder` is where they ask from, while they are there.
    fn request(&self, method: Method, url: &Url, token: &str, holder: Option<IpAddr>) -> RequestBuilder {
        let request = self.client.request(method, url.clone()).bearer_auth(token).header("x-fapi-interaction-id", self.client.interaction_id());
        match holder {
            Some(address) => request.header("x-fapi-customer-ip-address", address.to_string()),
            None => request,
        }
    }
}

impl BankProvider for Obie {
    fn description(&self) -> &Description {
        &self.config.description
    }

    fn client(&self) -> &BankClient {
        &self.client
    }

    fn reconfirmation(&self) -> Option<ReconfirmationRule> {
        Some(RECONFIRMATION)
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
            .append_pair("fromBookingDateTime", &format!("{}T00:00:00", window.from))
            .append_pair("toBookingDateTime", &format!("{}T23:59:59", window.to));
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
