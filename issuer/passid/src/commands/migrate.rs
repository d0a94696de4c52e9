//! `passid migrate`: brings the database's schema up to date, before a new version's servers start.

use clap::Args;
use passid_issuer::store::Store;

use crate::failure::Failure;
use crate::settings::StoreOptions;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    store: StoreOptions,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let database = options.store.database();
    let pending = Store::pending_migrations(&database).await?;
    if pending.is_empty() {
        println!("{database}: the schema is up to date");
        return Ok(());
    }
    for migration in &pending {
        println!("{} {migration}", if options.dry_run { "would apply" } else { "applying" });
    }
    if !options.dry_run {
        Store::open(&database).await?.close().await;
        println!("{database}: the schema is up to date");
    }
    Ok(())
}
