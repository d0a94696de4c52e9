//! `passid backup` and `passid restore`: the embedded database, while the server runs. The master key is not part of it: whoever finds
//! a backup cannot read what is sealed. Keep a copy of its file elsewhere.

use std::path::PathBuf;

use clap::Args;
use passid_issuer::store::{DatabaseUrl, backup};

use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::settings::StoreOptions;

#[derive(Debug, Args)]
pub(crate) struct BackupOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// A file that `passid backup` wrote.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

fn embedded(options: &StoreOptions) -> Result<PathBuf, Failure> {
    match options.database() {
        DatabaseUrl::Sqlite(path) => Ok(path),
        DatabaseUrl::Postgres(_) => {
            Err(Failure::Operator("this is for the embedded database; back PostgreSQL up with its own tools (docs/OPERATIONS.md)".to_owned()))
        }
    }
}

/// `passid backup`.
#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn backup(options: BackupOptions) -> Result<(), Failure> {
    let database = embedded(&options.store)?;
    let written = backup::write(&database, &options.to).await.map_err(Failure::because)?;
    println!(
        "{}: {} bytes, checked\nkeep the master key ({}) elsewhere: without it the backup does not open",
        options.to.display(),
        written,
        options.store.master_key().display()
    );
    Ok(())
}

/// `passid restore`.
#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn restore(options: RestoreOptions) -> Result<(), Failure> {
    let database = embedded(&options.store)?;
    // No server may use the directory meanwhile.
    let _directory = DataDirectory::open(&options.store.data)?;
    backup::restore(&options.from, &database).await.map_err(Failure::because)?;
    println!("{} is restored; start the server with the master key of its time", database.display());
    Ok(())
}
