//! UK Open Banking read-write API 4.0.0, account information.
//!
//! Consent by client credentials, authorisation by code with PKCE S256, reads over every page. Transient faults are tried again a
//! few times with growing pauses; what remains is a typed [`crate::bank::error::BankError`]. The redirect names the consent through the OpenID claims
//! request `openbanking_intent_id`, as the scheme's security profile does.

mod config;
mod consent;
mod convert;
pub mod file;
mod http;
mod oauth;
mod pages;
mod read;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::{Arc, Mutex, PoisonError};

use passid_api::issuer::BankProvider as Description;
use passid_api::time::Clock;
use passid_api::wallet::BankLinkStatus;
use rand::Rng;
use rand::rngs::StdRng;

use super::authorisation::{AuthorisationResponse, BankTokens, PendingAuthorisation};
use super::data::BankSnapshot;
use super::pause::Pause;
use super::provider::{BankFuture, BankProvider, ReadObserver, ReadWindow};

pub use config::{ObieConfig, ObieLimits};

/// One OBIE bank.
pub struct Obie {
    config: ObieConfig,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    pause: Arc<dyn Pause>,
    random: Mutex<StdRng>,
}

impl Obie {
    /// A provider for the bank described by `config`.
    ///
    /// `http` must follow no redirects and use no proxy from the environment; `random` makes state, PKCE verifier and
    /// interaction identifiers and must be seeded by the system outside of tests.
    pub fn new(config: ObieConfig, http: reqwest::Client, clock: Arc<dyn Clock>, pause: Arc<dyn Pause>, random: StdRng) -> Self {
        Self { config, http, clock, pause, random: Mutex::new(random) }
    }

    fn random_bytes<const COUNT: usize>(&self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        // A generator survives a panic elsewhere: its state is replaced in one piece.
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

impl BankProvider for Obie {
    fn description(&self) -> &Description {
        &self.config.description
    }

    fn begin<'a>(&'a self, redirect_url: &'a str) -> BankFuture<'a, PendingAuthorisation> {
        Box::pin(self.begin_linking(redirect_url))
    }

    fn complete<'a>(&'a self, pending: &'a PendingAuthorisation, response: &'a AuthorisationResponse) -> BankFuture<'a, BankTokens> {
        Box::pin(self.complete_linking(pending, response))
    }

    fn read<'a>(&'a self, tokens: &'a mut BankTokens, window: ReadWindow, observer: &'a dyn ReadObserver) -> BankFuture<'a, BankSnapshot> {
        Box::pin(self.read_everything(tokens, window, observer))
    }

    fn status<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, BankLinkStatus> {
        Box::pin(self.consent_status(consent_id))
    }

    fn revoke<'a>(&'a self, consent_id: &'a str) -> BankFuture<'a, ()> {
        Box::pin(self.revoke_consent(consent_id))
    }
}
