//! What the demo can be told.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The invented consumers of the sandbox bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Persona {
    /// Amara Osei, Kenya to the United Kingdom.
    Amara,
    /// Tobenna Eze, Nigeria to the United States.
    Tobenna,
    /// Efua Mensah, Ghana to the European Union.
    Efua,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Where everything is kept; the demo can be run again on it.
    #[arg(long, value_name = "DIR", default_value = "passid-data")]
    pub(crate) data: PathBuf,
    /// Where the issuer listens; 127.0.0.1:8420, or a free port when that one is taken.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Whose bank account is linked.
    #[arg(long, value_enum, default_value_t = Persona::Amara)]
    pub(crate) persona: Persona,
    /// Serve real account histories in the layout of the Berka data set from this directory instead of the personas.
    #[arg(long, value_name = "DIR")]
    pub(crate) bank_data: Option<PathBuf>,
    /// The account of --bank-data to link.
    #[arg(long, value_name = "NUMBER", requires = "bank_data", default_value_t = 1787)]
    pub(crate) account: u32,
    /// Stop at the end instead of staying up.
    #[arg(long)]
    pub(crate) once: bool,
    /// Print one JSON document instead of the story.
    #[arg(long)]
    pub(crate) json: bool,
}
