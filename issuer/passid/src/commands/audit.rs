//! `passid audit`: checking the logs of what changed in a workspace.

use clap::{Args, Subcommand};
use passid_issuer::audit;
use passid_issuer::store::Store;

use super::checkpoints::Kept;
use super::workspace::parse_institution;
use crate::failure::Failure;
use crate::settings::StoreOptions;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that a workspace's log is whole, against its signed checkpoints.
    Verify {
        /// The workspace, `ins_…`.
        institution: String,
        #[command(flatten)]
        kept: Kept,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Command::Verify { institution, kept, store: options } = options.command;
    let id = parse_institution(&institution)?;
    let notes = kept.notes()?;
    let store = Store::open(&options.database()).await?;
    let checked = async {
        let mut reader = store.reader().await?;
        let keys = kept.keys(&mut reader).await?;
        audit::verify_with_checkpoints(&mut reader, id, &keys, &notes).await.map_err(Failure::because)
    }
    .await;
    store.close().await;
    let (entries, agreeing) = checked?;
    println!("{id}: {entries} entries, the chain is whole and agrees with {agreeing} signed checkpoints");
    Ok(())
}
