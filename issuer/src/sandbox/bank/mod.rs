//! A bank to link in the sandbox: its own HTTP server with OAuth2, and the same accounts in the words of two schemes, UK Open Banking, 4.0.0
//! and 3.1.11 ([`ApiVersion`]), and Berlin Group NextGenPSD2 1.3, each below its own path.
//!
//! Faults real banks have shown can be switched on, one by one or mixed ([`Faults`]).
//!
//! It keeps consents, codes and tokens as a real bank would, in memory, and serves either three invented customers
//! ([`BankSource::Personas`]) or real anonymised histories from files. Its page can be clicked by a person and, through
//! [`visitor`], by a program.

pub(crate) mod berka;
mod berlin_group;
mod books;
mod config;
mod consent;
mod faults;
mod generator;
mod ledger;
mod listing;
mod oauth;
mod obie;
mod page;
mod personas;
mod problem;
#[cfg(test)]
mod schema_tests;
mod server;
mod state;
mod tokens;
mod view;
pub mod visitor;

pub use config::{BankSource, RegisteredClient, SandboxBankConfig, SandboxBankError};
pub use faults::{Fault, Faults};
pub use obie::ApiVersion;
pub use server::{BERLIN_GROUP_PROVIDER_ID, Customer, PROVIDER_ID, SandboxBank};
