//! `passid audit`: checking the logs of what changed in a workspace.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use passid_issuer::audit;
use passid_issuer::credential::keys;
use passid_issuer::store::Store;

use super::verify_evidence::key_set;
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
        /// A checkpoint that was kept elsewhere. May be given again.
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
        /// The issuer's keys as it published them, for whoever does not trust the database; its own when left out.
        #[arg(long, value_name = "FILE")]
        jwks: Option<PathBuf>,
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Command::Verify { institution, checkpoints, jwks, store: options } = options.command;
    let id = parse_institution(&institution)?;
    let trusted = jwks.as_deref().map(key_set).transpose()?;
    let mut kept = Vec::new();
    for path in &checkpoints {
        kept.push(std::fs::read_to_string(path).map_err(|error| Failure::Operator(format!("{}: {error}", path.display())))?);
    }
    let store = Store::open(&options.database()).await?;
    let checked = async {
        let mut reader = store.reader().await?;
        let keys = match trusted {
            Some(keys) => keys,
            None => keys::published(&mut reader).await?,
        };
        audit::verify_with_checkpoints(&mut reader, id, &keys, &kept).await
    }
    .await;
    store.close().await;
    let (entries, agreeing) = checked.map_err(|error| Failure::Operator(error.to_string()))?;
    println!("{id}: {entries} entries, the chain is whole and agrees with {agreeing} signed checkpoints");
    Ok(())
}
