//! The wallet: what a person carries.
//!
//! It keeps credentials in an encrypted vault, shows what an institution asks for, proves exactly what the person agreed to, and
//! remembers what was shared. Front ends hold one [`Wallet`]; everything a wallet needs from its surroundings (keystore, clock,
//! randomness, network) is passed in where it is opened.
//!
//! | room | what it does |
//! |---|---|
//! | [`keystore`] | the platform's keys behind one trait |
//! | `vault` | one encrypted database, opened, keyed, migrated, closed; knows no table |
//! | [`identity`] | the device key and the holder secret |
//! | [`issuer`] | the wire: address, trust, access |
//! | [`credential`] | bank links; credentials received, checked, kept |
//! | [`request`] | links and codes of institutions |
//! | [`consent`] | what is shown, and the tie to what is agreed |
//! | [`presentation`] | prove and send, durable at every step |
//! | [`share`] | shares the person offers |
//! | [`history`] | what happened |
//! | [`backup`] | a file under a passphrase, and the move to a new phone |
//! | [`words`] | every sentence a person reads |
//! | [`face`] | what Swift, Kotlin and Python see |

pub mod backup;
pub mod consent;
mod core;
mod crash;
pub mod credential;
mod error;
pub mod face;
mod files;
#[cfg(test)]
mod fuzz_tests;
pub mod history;
pub mod identity;
pub mod issuer;
pub mod keystore;
#[cfg(all(test, target_os = "linux"))]
mod memory_tests;
pub mod presentation;
pub mod random;
pub mod request;
mod schema;
mod sealing;
pub mod share;
#[cfg(test)]
mod side_by_side_tests;
#[cfg(test)]
mod testing;
#[cfg(any(test, feature = "tools"))]
pub mod tools;
mod vault;
mod wallet;
pub mod words;

pub use crate::error::WalletError;
pub use crate::vault::VaultError;
pub use crate::wallet::{Wallet, WalletConfig};

uniffi::setup_scaffolding!();
