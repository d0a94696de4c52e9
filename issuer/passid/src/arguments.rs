//! The command line.

use clap::Parser;

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
