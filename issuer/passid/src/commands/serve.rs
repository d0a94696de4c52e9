//! `passid serve`: the issuer until it is asked to stop.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use ipnet::IpNet;
use passid_api::POLICY_VERSION;
use passid_api::policy::VerifierPolicy;
use passid_issuer::config::Config;
use passid_issuer::limit::LimitSetting;
use passid_issuer::limit::address::parse_network;
use passid_issuer::sandbox::bank::BankSource;
use passid_issuer::screening::Screener;
use passid_issuer::verify::policy::built_in;
use tracing_subscriber::EnvFilter;
use url::Url;

use crate::arguments::StoreOptions;
use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::server::{self, IssuerSetup, RunningIssuer};

#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    store: StoreOptions,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420", env = "PASSID_LISTEN")]
    listen: SocketAddr,
    /// The address wallets, institutions and banks reach the issuer under; the listening address when left out.
    #[arg(long, value_name = "URL", env = "PASSID_PUBLIC_URL")]
    public_url: Option<Url>,
    /// Sanctions lists to screen; without them nobody is said to be clear.
    #[arg(long, value_name = "DIR", env = "PASSID_SANCTIONS")]
    sanctions: Option<PathBuf>,
    /// Also run the sandbox bank with its three personas, here.
    #[arg(long, value_name = "ADDR", env = "PASSID_SANDBOX_BANK")]
    sandbox_bank: Option<SocketAddr>,
    /// A verifier policy to apply instead of verifier_policy_v1 (see issuer/policies); give it another version.
    #[arg(long, value_name = "FILE", env = "PASSID_POLICY")]
    policy: Option<PathBuf>,
    /// Let sandbox webhooks go to plain http on this machine.
    #[arg(long, env = "PASSID_ALLOW_LOOPBACK_WEBHOOKS")]
    allow_loopback_webhooks: bool,
    /// Accept live presentations although the circuit's keys were made by one party (see circuits/README.md).
    #[arg(long, env = "PASSID_ALLOW_DEVELOPMENT_CIRCUIT")]
    allow_development_circuit: bool,
    /// Change a request limit: NAME=REQUESTS/SECONDS or NAME=off (see docs/limits.md). May be given again.
    #[arg(long = "limit", value_name = "LIMIT", env = "PASSID_LIMITS", value_delimiter = ',')]
    limits: Vec<LimitSetting>,
    /// Believe X-Forwarded-For from this proxy's address or network (CIDR). May be given again; nobody is believed otherwise.
    #[arg(long = "trusted-proxy", value_name = "NETWORK", env = "PASSID_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network)]
    trusted_proxies: Vec<IpNet>,
}

/// The operator's own policy.
fn read_policy(file: &Path) -> Result<VerifierPolicy, Failure> {
    let wrong = |error: &dyn std::fmt::Display| Failure::Operator(format!("{}: {error}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error))?;
    let policy = VerifierPolicy::from_json(&text).map_err(|error| wrong(&error))?;
    // One name must never mean two policies: answers cite it.
    if policy.version == POLICY_VERSION && policy != built_in() {
        return Err(wrong(&format_args!("{POLICY_VERSION} is the built-in policy; give another one its own version")));
    }
    Ok(policy)
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
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
    if let Some(file) = &options.policy {
        config.policy = read_policy(file)?;
    }
    config.allow_loopback_webhooks = options.allow_loopback_webhooks;
    config.allow_development_circuit = options.allow_development_circuit;
    for setting in &options.limits {
        config.limits.set(setting.name, setting.quota);
    }
    config.trusted_proxies.clone_from(&options.trusted_proxies);
    let master_key = options.store.master_key.clone().unwrap_or_else(|| directory.path().join("master.key"));
    let setup = IssuerSetup { config, database: options.store.database(), master_key: &master_key, sanctions, banks };
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
