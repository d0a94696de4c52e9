//! What a log is held against besides itself: checkpoints somebody kept, and the keys they were signed with.

use std::path::PathBuf;

use clap::Args;
use passid_api::jws::KeySet;
use passid_issuer::credential::keys;
use passid_issuer::store::Connection;

use super::verify_evidence::key_set;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(super) struct Kept {
    /// A checkpoint that was kept elsewhere. May be given again.
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
    /// The issuer's keys as it published them, for whoever does not trust the database; its own when left out.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
}

impl Kept {
    /// The notes.
    ///
    /// # Errors
    /// The file that does not read.
    pub(super) fn notes(&self) -> Result<Vec<String>, Failure> {
        let read = |path: &PathBuf| std::fs::read_to_string(path).map_err(|error| Failure::because(format!("{}: {error}", path.display())));
        self.checkpoints.iter().map(read).collect()
    }

    /// The keys.
    ///
    /// # Errors
    /// When the file or the database does not read.
    pub(super) async fn keys(&self, reader: &mut Connection) -> Result<KeySet, Failure> {
        match &self.jwks {
            Some(path) => key_set(path),
            None => Ok(keys::published(reader).await?),
        }
    }
}
