//! Connections to banks: consent, tokens, and the one shape in which a bank's data reaches the rest of the issuer.
//!
//! A [`provider::BankProvider`] speaks one scheme's dialect; what it reads comes out as [`data::BankSnapshot`], the same for
//! every scheme. Nothing here stores anything: the caller seals [`authorisation::PendingAuthorisation`] and
//! [`authorisation::BankTokens`] between requests, and the snapshot lives only until the claims are derived.

pub mod authorisation;
pub mod data;
pub mod endpoint;
pub mod error;
pub mod file;
pub mod merge;
pub mod money;
pub mod obie;
pub mod pause;
pub mod provider;
