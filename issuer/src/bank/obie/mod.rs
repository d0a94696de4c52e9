//! UK Open Banking read-write API 4.0.0, account information.

mod config;

pub use config::{ObieConfig, ObieLimits};

use std::sync::Arc;

use passid_api::time::Clock;

use super::pause::Pause;

/// One OBIE bank.
pub struct Obie {
    config: ObieConfig,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    pause: Arc<dyn Pause>,
    random: std::sync::Mutex<rand::rngs::StdRng>,
}

impl Obie {
    /// A provider for the bank described by `config`.
    ///
    /// `http` must follow no redirects and use no proxy from the environment; `random` makes state, PKCE verifier and
    /// interaction identifiers and must be seeded by the system outside of tests.
    pub fn new(config: ObieConfig, http: reqwest::Client, clock: Arc<dyn Clock>, pause: Arc<dyn Pause>, random: rand::rngs::StdRng) -> Self {
        Self { config, http, clock, pause, random: std::sync::Mutex::new(random) }
    }
}
