//! `passid workspace`: looking after institutions' workspaces.

use clap::{Args, Subcommand};
use passid_api::ids::InstitutionId;
use passid_api::time::{Clock, SystemClock};
use passid_issuer::institution;
use passid_issuer::store::Store;

use crate::failure::Failure;
use crate::settings::StoreOptions;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Enable live verification for a workspace.
    Approve {
        /// The workspace, `ins_…`.
        institution: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

/// Reads a workspace's identifier from the command line.
pub(super) fn parse_institution(text: &str) -> Result<InstitutionId, Failure> {
    text.parse().map_err(|error| Failure::Operator(format!("{text}: {error}")))
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Command::Approve { institution, store: options } = options.command;
    let id = parse_institution(&institution)?;
    let store = Store::open(&options.database()).await?;
    let approved = institution::approve(&store, id, SystemClock.now()).await;
    store.close().await;
    approved.map_err(Failure::because)?;
    println!("{id} may verify live credentials");
    Ok(())
}
