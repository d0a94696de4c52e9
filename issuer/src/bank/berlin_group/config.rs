//! What one bank of the Berlin Group's scheme needs to be known.

use passid_api::issuer::BankProvider;

use crate::bank::client::ReadLimits;
use crate::bank::endpoint::BankUrl;
use crate::bank::oauth::AuthorisationServer;

/// Where a bank is and as whom the issuer is registered there.
#[derive(Debug, Clone)]
pub struct BerlinGroupConfig {
    /// Identifier, name and environment, as shown to wallets.
    pub description: BankProvider,
    /// The bank's authorization server and the issuer's registration there. Its addresses are the operator's: no answer of the bank moves
    /// where codes are exchanged.
    pub server: AuthorisationServer,
    /// The XS2A interface with its version, for example `https://bank.example/psd2/v1`.
    pub resource_base: BankUrl,
    /// The scope of the token some banks want beside the certificate where no holder is concerned; most want the certificate alone.
    pub client_scope: Option<String>,
    /// Days a consent is asked for. A bank that refuses so many is asked for ninety; one that grants fewer says so.
    pub consent_days: u16,
    /// The bank's own limits as agreed; the defaults suit most.
    pub limits: ReadLimits,
}
