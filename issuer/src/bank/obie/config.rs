//! What one OBIE bank needs to be known.

use std::time::Duration;

use passid_api::issuer::BankProvider;

use crate::bank::authorisation::Secret;
use crate::bank::endpoint::BankUrl;

/// Where a bank is and as whom the issuer is registered there.
#[derive(Debug, Clone)]
pub struct ObieConfig {
    /// Identifier, name and environment, as shown to wallets.
    pub description: BankProvider,
    /// Where the holder's browser is sent.
    pub authorization_endpoint: BankUrl,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: BankUrl,
    /// The account information API, for example `https://bank.example/open-banking/v4.0/aisp`.
    pub resource_base: BankUrl,
    /// The `iss` the bank puts into its redirects (RFC 9207); checked when set.
    pub issuer: Option<String>,
    /// The issuer's registration at the bank.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The bank's own limits as agreed; the defaults suit most.
    pub limits: ObieLimits,
}

/// What a read may cost before it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObieLimits {
    /// For one request, from connecting to the last byte.
    pub request_timeout: Duration,
    /// Bytes of one answer.
    pub response_bytes: usize,
    /// Pages of one resource.
    pub pages: usize,
    /// Transactions over all accounts.
    pub transactions: usize,
    /// Accounts of one consent.
    pub accounts: usize,
    /// Attempts of one request when the bank has a fault or asks to wait.
    pub attempts: u32,
    /// The longest wait between attempts; a bank that asks for more ends the read with [`crate::bank::error::BankError::RateLimited`].
    pub longest_pause: Duration,
}

impl Default for ObieLimits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(20),
            response_bytes: 8 << 20,
            pages: 2_000,
            transactions: 1_000_000,
            accounts: 50,
            attempts: 4,
            longest_pause: Duration::from_secs(30),
        }
    }
}
