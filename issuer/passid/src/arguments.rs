//! The command line, and the options several commands share.

use std::path::PathBuf;

use clap::{Args, Parser};
use passid_issuer::store::DatabaseUrl;

use crate::commands::Command;
use crate::demo;

/// PASSID: prove things about your finances without handing over statements.
#[derive(Debug, Parser)]
#[command(name = "passid", version, about, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) demo: demo::Options,
}

/// Where the issuer's state is.
#[derive(Debug, Clone, Args)]
pub(crate) struct StoreOptions {
    /// Holds the embedded database and the master key unless said otherwise.
    #[arg(long, value_name = "DIR", default_value = "passid-data", env = "PASSID_DATA")]
    pub(crate) data: PathBuf,
    /// sqlite:PATH or postgres://USER@HOST/NAME; the embedded database in --data when left out.
    #[arg(long, value_name = "URL", env = "PASSID_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<DatabaseUrl>,
    /// The file with the key that seals secrets at rest; made when missing. Server processes on one database share it.
    #[arg(long, value_name = "FILE", env = "PASSID_MASTER_KEY")]
    pub(crate) master_key: Option<PathBuf>,
}

impl StoreOptions {
    /// The database named, or the embedded one in the data directory.
    pub(crate) fn database(&self) -> DatabaseUrl {
        self.database.clone().unwrap_or_else(|| DatabaseUrl::Sqlite(self.data.join("issuer.db")))
    }
}
