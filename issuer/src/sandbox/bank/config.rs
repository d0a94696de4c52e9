//! What the sandbox bank is started with.

use std::path::PathBuf;
use std::sync::Arc;

use passid_api::time::Clock;

use crate::bank::authorisation::Secret;

/// How to start the bank.
pub struct SandboxBankConfig {
    /// Decides what "now" is: histories end there, tokens and consents expire by it.
    pub clock: Arc<dyn Clock>,
    /// Whose accounts it keeps.
    pub source: BankSource,
    /// The one party registered at the bank.
    pub client: RegisteredClient,
    /// Makes codes, tokens and consent identifiers; seeded, so that a test can repeat itself.
    pub random: rand::rngs::StdRng,
    /// Transactions on one page.
    pub page_size: usize,
}

/// The issuer as the bank knows it.
#[derive(Debug, Clone)]
pub struct RegisteredClient {
    /// Client identifier.
    pub client_id: String,
    /// Client secret.
    pub client_secret: Secret,
    /// The public half of a P-256 key, uncompressed point, where the client signs statements instead of sending its secret.
    pub statement_key: Option<Vec<u8>>,
    /// Whether whoever reaches the bank has shown the registered certificate already (RFC 8705), as behind a server that admits nobody else.
    pub behind_mutual_tls: bool,
    /// Where holders may be sent back to; compared exactly.
    pub redirect_urls: Vec<String>,
}

/// Whose accounts the bank keeps.
#[derive(Debug, Clone)]
pub enum BankSource {
    /// The three invented customers `amara`, `tobenna` and `efua`.
    Personas,
    /// Real, anonymised histories in the layout of the Berka data set, shifted so that they end at the clock's today.
    Berka {
        /// Where the files are.
        directory: PathBuf,
        /// Which accounts to serve; each becomes a customer `account-<number>`.
        accounts: Vec<u32>,
    },
}

/// Why the bank did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxBankError {
    /// The listener has no address or the server could not be started.
    #[error("the sandbox bank could not listen: {0}")]
    Listen(std::io::Error),
    /// The bank serves this machine only: listen on a loopback address.
    #[error("the sandbox bank serves this machine only; listen on 127.0.0.1")]
    NotLoopback,
    /// The program is ending.
    #[error("the sandbox bank was stopped while starting")]
    Stopped,
    /// A file of the account data could not be read: check the path.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not in the documented layout.
    #[error("{path} is not in the expected layout: {reason} (line {line})")]
    BadFile {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The data holds no such account: choose another number.
    #[error("the data has no account {0} with transactions")]
    UnknownAccount(u32),
}

impl SandboxBankError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listen(_) => "sandbox_bank_listen",
            Self::NotLoopback => "sandbox_bank_not_loopback",
            Self::Stopped => "sandbox_bank_stopped",
            Self::Unreadable { .. } => "sandbox_bank_unreadable",
            Self::BadFile { .. } => "sandbox_bank_bad_file",
            Self::UnknownAccount(_) => "sandbox_bank_unknown_account",
        }
    }
}
