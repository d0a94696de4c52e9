//! `passid audit`: checking the logs of what changed in a workspace.

use clap::{Args, Subcommand};
use passid_issuer::audit;
use passid_issuer::store::Store;

use super::workspace::parse_institution;
use crate::arguments::StoreOptions;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that a workspace's log is whole.
    Verify {
        /// The workspace, `ins_…`.
        institution: String,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Command::Verify { institution, store: options } = options.command;
    let id = parse_institution(&institution)?;
    let store = Store::open(&options.database()).await?;
    let checked = audit::verify(&mut store.reader().await?, id).await;
    store.close().await;
    let entries = checked.map_err(|error| Failure::Operator(error.to_string()))?;
    println!("{id}: {entries} entries, the chain is whole");
    Ok(())
}
