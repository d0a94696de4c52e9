//! Connections to banks: consent, tokens, and the one shape in which a bank's data reaches the rest of the issuer.
//!
//! A [`provider::BankProvider`] speaks one scheme's dialect over the shared [`client`] and [`oauth`]; [`sync`] follows its pages and makes one
//! [`data::BankSnapshot`] of them, the same for every scheme. Nothing here stores anything: the caller seals [`authorisation::PendingAuthorisation`] and
//! [`authorisation::BankTokens`] between requests, and the snapshot lives only until the claims are derived.

pub mod authorisation;
pub mod berlin_group;
pub mod client;
pub mod client_authentication;
pub mod data;
pub mod endpoint;
pub mod error;
pub mod file;
pub mod merge;
pub mod money;
pub mod oauth;
pub mod obie;
pub mod pages;
pub mod pause;
pub mod provider;
pub mod sync;
#[cfg(test)]
mod tests;
