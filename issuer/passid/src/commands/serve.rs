//! `passid serve`: the issuer until it is asked to stop.

use std::path::Path;

use passid_api::POLICY_VERSION;
use passid_api::policy::VerifierPolicy;
use passid_issuer::config::Config;
use passid_issuer::sandbox::bank::BankSource;
use passid_issuer::verify::policy::built_in;

use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::server::{self, FirstLists, IssuerSetup, RunningIssuer};
use crate::settings::ServeOptions;
use crate::telemetry;

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

pub(super) async fn run(options: ServeOptions) -> Result<(), Failure> {
    let traces = telemetry::begin(options.log_format, options.otlp_endpoint.as_ref())?;
    let _directory = DataDirectory::open(&options.store.data)?;
    let listener = server::listen(options.listen).await?;
    let address = server::local_address(&listener)?;
    let public_url = match &options.public_url {
        Some(url) => url.clone(),
        None => server::url_of(address)?,
    };
    let mut banks = Vec::new();
    for bank in options.banks {
        banks.push(server::provider(bank.config, bank.http)?);
    }
    let sandbox_bank = match options.sandbox_bank {
        Some(bank_address) => {
            let bank = server::start_bank(server::listen(bank_address).await?, &public_url, BankSource::Personas).await?;
            banks.extend(server::sandbox_providers(&bank)?);
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
    let issuer = RunningIssuer::start_with(listener, setup, |router| traces.continue_in(router)).await?;
    tracing::info!(%address, issuer = issuer.service.config.issuer(), "ready");

    server::asked_to_stop().await;
    tracing::info!("stopping: requests and deliveries under way end first");
    issuer.stop(options.drain).await?;
    if let Some(bank) = sandbox_bank {
        bank.stop().await;
    }
    traces.end().await;
    Ok(())
}
