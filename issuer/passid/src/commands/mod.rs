//! The program's commands: one file each, with its options and what it does.

mod audit;
mod backup;
mod checkpoints;
mod config;
mod doctor;
mod incident;
mod ingest;
mod keys;
mod lists;
mod migrate;
mod openapi;
mod score;
mod screen;
mod serve;
mod verify_evidence;
mod workspace;

use clap::Subcommand;

use crate::demo;
use crate::failure::Failure;
use crate::settings::ServeOptions;

/// What the program can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one share from bank to institution on this machine (what runs when no command is given).
    Demo(demo::Options),
    /// Run the issuer.
    Serve(Box<ServeOptions>),
    /// Derive claims from bank data in a file (OBIE JSON or CSV), without a live connection.
    Ingest(Box<ingest::Options>),
    /// Print the OpenAPI document of the issuer's API.
    Openapi,
    /// Show what configuration would hold, from where, and what is wrong with it.
    Config(Box<config::Options>),
    /// Look at everything a server needs, and say what is wrong.
    Doctor(Box<doctor::Options>),
    /// Bring the database's schema up to date.
    Migrate(migrate::Options),
    /// Copy the embedded database to a file, while the server runs.
    Backup(backup::BackupOptions),
    /// Put a backup in the place of an embedded database that is gone.
    Restore(backup::RestoreOptions),
    /// List and replace signing keys and the key that seals secrets at rest.
    Keys(keys::Options),
    /// Open and update incidents on the status page.
    Incident(incident::Options),
    /// Look after institutions' workspaces.
    Workspace(workspace::Options),
    /// Score account histories; train, judge and calibrate the model.
    Score(score::Options),
    /// Screen people against sanctions lists, or compare pairs of names.
    Screen(screen::Options),
    /// Put sanctions lists in force, screen every holder again, and judge matches.
    Lists(lists::Options),
    /// Check audit logs.
    Audit(audit::Options),
    /// Check an evidence bundle without asking the server, and say what it proves.
    VerifyEvidence(verify_evidence::Options),
}

impl Command {
    /// Does what was asked.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Demo(options) => demo::run(options).await,
            Self::Serve(options) => serve::run(*options).await,
            Self::Ingest(options) => ingest::run(&options),
            Self::Openapi => openapi::run(),
            Self::Config(options) => config::run(*options),
            Self::Doctor(options) => doctor::run(*options).await,
            Self::Migrate(options) => migrate::run(options).await,
            Self::Backup(options) => backup::backup(options).await,
            Self::Restore(options) => backup::restore(options).await,
            Self::Keys(options) => keys::run(options).await,
            Self::Incident(options) => incident::run(options).await,
            Self::Workspace(options) => workspace::run(options).await,
            Self::Score(options) => score::run(options),
            Self::Screen(options) => screen::run(&options),
            Self::Lists(options) => lists::run(options).await,
            Self::Audit(options) => audit::run(options).await,
            Self::VerifyEvidence(options) => verify_evidence::run(&options),
        }
    }
}
