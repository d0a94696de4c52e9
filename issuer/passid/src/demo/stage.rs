//! What the demo plays on: the issuer, the sandbox bank, the person, the HTTP client everybody's browser and scripts use.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use passid_issuer::config::Config;
use passid_issuer::sandbox::bank::{BankSource, SandboxBank};
use passid_issuer::store::DatabaseUrl;
use reqwest::Client;
use tokio::net::TcpListener;
use url::Url;

use crate::failure::Failure;
use crate::server::{self, FirstLists, IssuerSetup, RunningIssuer};

use super::consumer::Person;
use super::options::Options;
use super::report::Report;

/// Where the issuer listens unless told otherwise.
const USUAL_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8420);
/// A free port of this machine.
pub(super) const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// Everything that runs while the story is told.
pub(super) struct Stage {
    issuer: RunningIssuer,
    bank: SandboxBank,
    /// The issuer's address.
    pub(super) url: Url,
    /// The data directory.
    pub(super) data: PathBuf,
    /// The consumer.
    pub(super) person: Person,
    /// Follows no redirect, asks no proxy.
    pub(super) client: Client,
}

impl Stage {
    /// Starts bank and issuer.
    pub(super) async fn start(report: &mut Report, options: &Options, data: &Path) -> Result<Self, Failure> {
        let listener = issuer_listener(report, options).await?;
        let url = server::url_of(server::local_address(&listener)?)?;
        let source = match &options.bank_data {
            Some(directory) => BankSource::Berka { directory: directory.clone(), accounts: vec![options.account] },
            None => BankSource::Personas,
        };
        let bank = server::start_bank(server::listen(ANY_PORT).await?, &url, source).await?;
        let person = person(options, &bank)?;
        let lists = excerpt(data)?;
        let mut config = Config::new(url.clone());
        config.allow_loopback_webhooks = true;
        let setup = IssuerSetup {
            config,
            database: DatabaseUrl::Sqlite(data.join("issuer.db")),
            master_key: &data.join("master.key"),
            sanctions: Some(FirstLists { directory: &lists, always: true }),
            banks: server::sandbox_providers(&bank)?.into(),
        };
        let client = server::plain_client()?;
        let issuer = report
            .step("The issuer and the sandbox bank start", async {
                let issuer = RunningIssuer::start(listener, setup).await?;
                let healthy = client.get(format!("{}healthz", url.as_str())).send().await.is_ok_and(|answer| answer.status().is_success());
                if !healthy {
                    return Err(Failure::Client("the issuer does not answer under /healthz".to_owned()));
                }
                let said = format!("issuer  {url} (database {})\nbank    {}", data.join("issuer.db").display(), bank.base_url());
                Ok((issuer, said))
            })
            .await?;
        Ok(Self { issuer, bank, url, data: data.to_owned(), person, client })
    }

    /// What there is to see while the demo stays up.
    pub(super) fn where_to_look(&self, data: &Path) -> String {
        let at = |path: &str| format!("{}{path}", self.url);
        let places = [
            (at("dashboard/onboard"), "make a workspace of your own and look around in it"),
            (at("status"), "whether all is well"),
            (at("api/v1"), "the addresses institutions call"),
            (at(".well-known/passid-issuer"), "the issuer, its circuit, its banks"),
            (at(".well-known/jwks.json"), "its keys"),
            (at("v1/tree/head?environment=sandbox"), "the signed head of the credential tree"),
            (data.join("passid.log").display().to_string(), "what the server logged"),
            (data.join("issuer.db").display().to_string(), "the embedded database"),
        ];
        let width = places.iter().map(|(place, _)| place.chars().count()).max().unwrap_or(0);
        let lines: Vec<String> = places.iter().map(|(place, what)| format!("      {place:<width$}  {what}")).collect();
        format!("\n    It stays up until Ctrl-C. Look at\n{}", lines.join("\n"))
    }

    /// Stops everything.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        self.issuer.stop(Duration::from_secs(30)).await?;
        self.bank.stop().await;
        Ok(())
    }
}

/// The address asked for; or the usual one, or a free port when that is taken.
async fn issuer_listener(report: &Report, options: &Options) -> Result<TcpListener, Failure> {
    if let Some(address) = options.listen {
        return server::listen(address).await;
    }
    if let Ok(listener) = server::listen(USUAL_ADDRESS).await {
        return Ok(listener);
    }
    report.line(&format!("Port {} is taken, so a free one is used; choose one with --listen.", USUAL_ADDRESS.port()))?;
    server::listen(ANY_PORT).await
}

fn person(options: &Options, bank: &SandboxBank) -> Result<Person, Failure> {
    let (customer, destination) = match options.bank_data {
        Some(_) => (format!("account-{}", options.account), "EU"),
        None => (options.persona.customer().to_owned(), options.persona.destination()),
    };
    let found = bank.customers().iter().find(|known| known.id == customer);
    let name = found.map(|known| known.declared_name.clone()).ok_or_else(|| Failure::Operator(format!("the sandbox bank has no customer {customer}")))?;
    Ok(Person { customer, name, destination })
}

/// Writes the excerpt of the public sanctions list that is part of this program, so that it is screened like any list an operator installs.
fn excerpt(data: &Path) -> Result<PathBuf, Failure> {
    let directory = data.join("sanctions-excerpt");
    passid_issuer::sandbox::write_sanctions_excerpt(&directory).map_err(|source| Failure::DataDirectory { path: directory.clone(), source })?;
    Ok(directory)
}
