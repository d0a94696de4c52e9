//! The program's commands: one file each, with its options and what it does.

mod audit;
mod ingest;
mod openapi;
mod score;
mod screen;
mod serve;
mod verify_evidence;
mod workspace;

use clap::Subcommand;

use crate::demo;
use crate::failure::Failure;

/// What the program can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show one share from bank to institution on this machine (what runs when no command is given).
    Demo(demo::Options),
    /// Run the issuer.
    Serve(Box<serve::Options>),
    /// Derive claims from bank data in a file (OBIE JSON or CSV), without a live connection.
    Ingest(Box<ingest::Options>),
    /// Print the OpenAPI document of the issuer's API.
    Openapi,
    /// Look after institutions' workspaces.
    Workspace(workspace::Options),
    /// Score account histories; train, judge and calibrate the model.
    Score(score::Options),
    /// Screen people against sanctions lists, or compare pairs of names.
    Screen(screen::Options),
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
            Self::Ingest(options) => ingest::run(*options).await,
            Self::Openapi => openapi::run(),
            Self::Workspace(options) => workspace::run(options).await,
            Self::Score(options) => score::run(options),
            Self::Screen(options) => screen::run(&options),
            Self::Audit(options) => audit::run(options).await,
            Self::VerifyEvidence(options) => verify_evidence::run(&options),
        }
    }
}
