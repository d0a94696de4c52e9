//! A bank to link in the sandbox: its own HTTP server with OAuth2 and UK Open Banking 4.0.0 shaped resources.

mod config;
mod server;
pub mod visitor;

pub use config::{BankSource, RegisteredClient, SandboxBankConfig, SandboxBankError};
pub use server::{Customer, SandboxBank};
