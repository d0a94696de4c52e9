//! `passid serve`: the issuer until it is asked to stop.

use passid_issuer::config::Config;
use passid_issuer::sandbox::bank::BankSource;
use passid_issuer::screening::Screener;
use passid_issuer::store::DatabaseUrl;
use tracing_subscriber::EnvFilter;

use crate::arguments::{ServeOptions, StoreOptions};
use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::server::{self, IssuerSetup, RunningIssuer};

/// The database named, or the embedded one in the data directory.
pub(crate) fn database(options: &StoreOptions) -> DatabaseUrl {
    options.database.clone().unwrap_or_else(|| DatabaseUrl::Sqlite(options.data.join("issuer.db")))
}

pub(crate) async fn run(options: Box<ServeOptions>) -> Result<(), Failure> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();

    let directory = DataDirectory::open(&options.store.data)?;
    let listener = server::listen(options.listen).await?;
    let address = server::local_address(&listener)?;
    let public_url = match &options.public_url {
        Some(url) => url.clone(),
        None => server::url_of(address)?,
    };
    let mut banks = Vec::new();
    let sandbox_bank = match options.sandbox_bank {
        Some(bank_address) => {
            let bank = server::start_bank(server::listen(bank_address).await?, &public_url, BankSource::Personas).await?;
            banks.push(server::provider(bank.connection())?);
            Some(bank)
        }
        None => None,
    };
    let sanctions = match &options.sanctions {
        Some(lists) => Screener::from_directory(lists)?,
        None => Screener::without_lists(),
    };
    let mut config = Config::new(public_url);
    config.allow_loopback_webhooks = options.allow_loopback_webhooks;
    config.allow_development_circuit = options.allow_development_circuit;
    let master_key = options.store.master_key.clone().unwrap_or_else(|| directory.path().join("master.key"));
    let setup = IssuerSetup { config, database: database(&options.store), master_key: &master_key, sanctions, banks };
    let issuer = RunningIssuer::start(listener, setup).await?;
    tracing::info!(%address, issuer = issuer.service.config.issuer(), "ready");

    server::asked_to_stop().await;
    tracing::info!("stopping");
    issuer.stop().await?;
    if let Some(bank) = sandbox_bank {
        bank.stop().await;
    }
    Ok(())
}
