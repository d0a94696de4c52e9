//! A bank to link in the sandbox: its own HTTP server with OAuth2 and resources in the shapes of UK Open Banking, 4.0.0 and
//! 3.1.11, each below its own path ([`ApiVersion`]).
//!
//! Faults real banks have shown can be switched on, one by one or mixed ([`Faults`]).
//!
//! It keeps consents, codes and tokens as a real bank would, in memory, and serves either three invented customers
//! ([`BankSource::Personas`]) or real anonymised histories from files. Its page can be clicked by a person and, through
//! [`visitor`], by a program.

mod aisp;
pub(crate) mod berka;
mod books;
mod config;
mod consent;
mod faults;
mod generator;
mod ledger;
mod oauth;
mod obie_json;
mod page;
mod personas;
mod problem;
#[cfg(test)]
mod schema_tests;
mod server;
mod state;
mod tokens;
mod transactions;
mod version;
pub mod visitor;

pub use config::{BankSource, RegisteredClient, SandboxBankConfig, SandboxBankError};
pub use faults::{Fault, Faults};
pub use server::{Customer, PROVIDER_ID, SandboxBank};
pub use version::ApiVersion;
