//! Why a command stopped, in words that say what to do.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// A command's failure. Every variant's message stands alone on the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The operating system gave no threads.
    #[error("could not start: {0}")]
    Runtime(std::io::Error),
    /// The operating system gave no randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(String),
    /// The data directory cannot be used.
    #[error("cannot use the data directory {path}: {source}\n  choose another with --data DIR, or make it writable")]
    DataDirectory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process uses the data directory.
    #[error("another passid process is using {0}\n  stop it, or choose another directory with --data DIR")]
    SecondInstance(PathBuf),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}\n  another program may be using the port; choose another with --listen 127.0.0.1:PORT")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The master key cannot be used.
    #[error("{0}")]
    MasterKey(#[from] passid_issuer::sealing::MasterKeyError),
    /// The database cannot be used.
    #[error("{0}\n  check --database and that the database can be reached and written")]
    Store(#[from] passid_issuer::store::StoreError),
    /// The issuer could not start.
    #[error("{0}")]
    Start(#[from] passid_issuer::service::StartError),
    /// The sanctions lists cannot be loaded.
    #[error("the sanctions lists could not be loaded: {0}")]
    Sanctions(#[from] passid_issuer::screening::ScreeningError),
    /// New sanctions lists were not put in force.
    #[error("the sanctions lists were not put in force: {0}")]
    SanctionsUpdate(#[from] passid_issuer::screening::UpdateError),
    /// The sandbox bank could not start.
    #[error("{0}")]
    Bank(#[from] passid_issuer::sandbox::bank::SandboxBankError),
    /// An HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(String),
    /// The server stopped by itself.
    #[error("the server stopped: {0}")]
    Server(std::io::Error),
    /// A step of the demo failed.
    #[error("the demo stopped at “{step}”: {reason}")]
    Demo {
        /// The step.
        step: String,
        /// What happened.
        reason: String,
    },
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An operator command found nothing, or something wrong.
    #[error("{0}")]
    Operator(String),
}

impl Failure {
    /// What was asked for was refused, in the words of whoever refused it.
    pub(crate) fn because(reason: impl std::fmt::Display) -> Self {
        Self::Operator(reason.to_string())
    }
}

/// Prints the failure and gives the exit code for it.
#[expect(clippy::print_stderr, reason = "this is the program's voice on the terminal")]
pub(crate) fn report(failure: &Failure) -> ExitCode {
    eprintln!("passid: {failure}");
    ExitCode::FAILURE
}
