//! Ten minutes of constant arrivals: does the server's memory grow with what it has answered?

use passid_issuer::store::DatabaseUrl;
use passid_tests::server::Server;

use crate::generator::arrive;
use crate::{Failed, UNLIMITED, line, memory, redeem, staged};

const MINUTES: usize = 10;
/// Redemptions a second on SQLite; far below saturation: it is not the rate that is measured.
const SQLITE_RATE: u32 = 250;
/// The same on PostgreSQL.
const POSTGRES_RATE: u32 = 50;

/// Prints latency and the server's resident memory after every minute.
pub(crate) async fn run(database: &DatabaseUrl) -> Result<(), Failed> {
    let rate = match database {
        DatabaseUrl::Sqlite(_) => SQLITE_RATE,
        DatabaseUrl::Postgres(_) => POSTGRES_RATE,
    };
    let directory = tempfile::tempdir()?;
    let (stage, url) = staged(database, directory.path()).await?;
    let each = usize::try_from(60 * rate)?;
    let mut tokens = stage.shares(MINUTES * each).await?;
    stage.service.store.close().await;
    let server = Server::launch_on(database, url.authority(), directory.path(), UNLIMITED);
    let address = *server.url.socket_addrs(|| None)?.first().ok_or("an address")?;
    println!("  memory of the server before: {} KiB", memory(server.process()));
    for minute in 1..=MINUTES {
        let arrived = arrive(address, redeem(tokens.split_off(tokens.len() - each)), f64::from(rate)).await?;
        line(&format!("minute {minute}: memory {} KiB", memory(server.process())), &arrived);
    }
    Ok(())
}
