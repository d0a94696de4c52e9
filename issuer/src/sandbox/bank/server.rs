//! Starting and stopping the bank.

use tokio::net::TcpListener;

use super::config::{SandboxBankConfig, SandboxBankError};
use crate::bank::obie::ObieConfig;

/// A person with accounts at the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// What they log in with: `amara`, or `account-1787`.
    pub id: String,
    /// The name the bank has for them.
    pub name: String,
}

/// The running bank; stops when dropped.
pub struct SandboxBank {
    config: ObieConfig,
    customers: Vec<Customer>,
}

impl SandboxBank {
    /// Starts the bank on `listener`.
    ///
    /// # Errors
    /// [`SandboxBankError`] when the account data cannot be loaded or the listener does not work.
    pub async fn start(listener: TcpListener, config: SandboxBankConfig) -> Result<Self, SandboxBankError> {
        let _ = (listener, config);
        Err(SandboxBankError::UnknownAccount(0))
    }

    /// Where the bank is, for example `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> &str {
        self.config.resource_base.as_url().as_str()
    }

    /// How the registered client reaches the bank; hand it to [`crate::bank::obie::Obie::new`].
    pub fn connection(&self) -> ObieConfig {
        self.config.clone()
    }

    /// Whom the bank knows.
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// Stops the bank after the requests under way.
    pub async fn stop(self) {}
}
