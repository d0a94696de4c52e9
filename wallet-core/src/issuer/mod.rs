//! The wallet's side of the wire: where the issuer is, whom to believe, how to ask.

mod address;
mod client;
mod error;
mod http;
mod pin;
#[cfg(test)]
mod tests;
mod token;
mod trust;

pub use self::address::{InvalidAddress, IssuerAddress};
pub(crate) use self::client::{Call, IdempotencyKey, IssuerClient};
pub use self::error::IssuerError;
pub use self::http::{NoHttpClient, http_client, http_client_with_pins};
pub use self::pin::{CertificatePin, InvalidPin};
pub(crate) use self::token::AccessToken;
