//! What an operator decides.

use ipnet::IpNet;
use url::Url;

use passid_api::policy::VerifierPolicy;

use crate::http::operator::OperatorToken;
use crate::limit::Limits;
use crate::retention::Retention;
use crate::verify::policy;

/// Settings of one issuer.
#[derive(Debug, Clone)]
pub struct Config {
    /// The issuer's identifier and the address wallets, institutions and banks reach it under, without a trailing slash.
    pub public_url: Url,
    /// Whether sandbox webhooks may go to plain http on loopback; for development and the demo.
    pub allow_loopback_webhooks: bool,
    /// Whether live presentations are accepted although one party alone made the circuit's keys.
    pub allow_development_circuit: bool,
    /// Which presentations the hosted verifier accepts.
    pub policy: VerifierPolicy,
    /// Days a credential lasts.
    pub credential_days: u16,
    /// How much anyone may ask.
    pub limits: Limits,
    /// Proxies whose `X-Forwarded-For` is believed; nobody's by default.
    pub trusted_proxies: Vec<IpNet>,
    /// Opens what only the operator may see; nobody sees it without.
    pub operator_token: Option<OperatorToken>,
    /// Hundredths of a percent of each month's minutes promised for the verify endpoint.
    pub uptime_target: i64,
    /// Days after which sanctions lists that nobody confirmed are too old to call anybody clear.
    pub sanctions_max_age_days: u32,
    /// How long each kind of record is kept.
    pub retention: Retention,
}

/// 99.9 %.
pub const DEFAULT_UPTIME_TARGET: i64 = 9_990;

/// Publishers change their lists every few days; a fortnight without news means that nobody fetches them.
pub const DEFAULT_SANCTIONS_MAX_AGE_DAYS: u32 = 14;

impl Config {
    /// Settings for an issuer under this address: policy v1, credentials of 30 days, webhooks to public https only, documented limits.
    pub fn new(public_url: Url) -> Self {
        Self {
            public_url,
            allow_loopback_webhooks: false,
            allow_development_circuit: false,
            policy: policy::built_in(),
            credential_days: 30,
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            operator_token: None,
            uptime_target: DEFAULT_UPTIME_TARGET,
            sanctions_max_age_days: DEFAULT_SANCTIONS_MAX_AGE_DAYS,
            retention: Retention::default(),
        }
    }

    /// The issuer's identifier: the address without a trailing slash.
    pub fn issuer(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }
}
