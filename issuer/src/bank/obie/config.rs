//! What one OBIE bank needs to be known.

use passid_api::issuer::BankProvider;

use crate::bank::client::ReadLimits;
use crate::bank::endpoint::BankUrl;
use crate::bank::oauth::AuthorisationServer;

/// Where a bank is and as whom the issuer is registered there.
#[derive(Debug, Clone)]
pub struct ObieConfig {
    /// Identifier, name and environment, as shown to wallets.
    pub description: BankProvider,
    /// The bank's authorization server and the issuer's registration there.
    pub server: AuthorisationServer,
    /// The account information API, for example `https://bank.example/open-banking/v4.0/aisp`.
    pub resource_base: BankUrl,
    /// Days a consent is asked for. A bank that refuses so many is asked for ninety.
    pub consent_days: u16,
    /// The bank's own limits as agreed; the defaults suit most.
    pub limits: ReadLimits,
}
