//! `passid serve`: the issuer until it is asked to stop.

use std::path::Path;

use passid_api::POLICY_VERSION;
use passid_api::policy::VerifierPolicy;
use passid_issuer::config::Config;
use passid_issuer::sandbox::bank::BankSource;
use passid_issuer::verify::policy::built_in;
use tracing_subscriber::EnvFilter;

use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::server::{self, FirstLists, IssuerSetup, RunningIssuer};
use crate::settings::{LogFormat, ServeOptions};

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

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
    }
}

pub(super) async fn run(options: ServeOptions) -> Result<(), Failure> {
    log(options.log_format);
    let _directory = DataDirectory::open(&options.store.data)?;
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
    let sanctions = options.sanctions.as_deref().map(|directory| FirstLists { directory, always: false });
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
    config.operator_token = options.operator_token;
    config.uptime_target = options.uptime_target;
    config.retention = options.retention;
    config.sanctions_max_age_days = options.sanctions_max_age_days;
    let setup = IssuerSetup { config, database: options.store.database(), master_key: &options.store.master_key(), sanctions, banks };
    let issuer = RunningIssuer::start(listener, setup).await?;
    tracing::info!(%address, issuer = issuer.service.config.issuer(), "ready");

    server::asked_to_stop().await;
    tracing::info!("stopping: requests and deliveries under way end first");
    issuer.stop(options.drain).await?;
    if let Some(bank) = sandbox_bank {
        bank.stop().await;
    }
    Ok(())
}
