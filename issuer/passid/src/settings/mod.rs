//! Settings: one table says what there is; a file, the environment and flags say what holds.

mod banks;
mod layers;
mod table;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};
use ipnet::IpNet;
use passid_issuer::http::operator::OperatorToken;
use passid_issuer::limit::LimitSetting;
use passid_issuer::limit::address::parse_network;
use passid_issuer::retention::Retention;
use passid_issuer::store::DatabaseUrl;
use url::Url;

pub(crate) use banks::BankConnection;
pub(crate) use layers::{Layers, Mistake};
pub(crate) use table::{SERVE, STORE, Setting};

/// Where the issuer's state is.
#[derive(Debug, Clone)]
pub(crate) struct StoreOptions {
    /// Holds the embedded database and the master key unless said otherwise.
    pub(crate) data: PathBuf,
    /// The database named, if one is.
    pub(crate) database: Option<DatabaseUrl>,
    /// The master key's file, if one is named.
    pub(crate) master_key: Option<PathBuf>,
}

impl StoreOptions {
    fn from_layers(layers: &mut Layers) -> Self {
        let data = layers.value("data").unwrap_or_default();
        Self { data, database: layers.value("database"), master_key: layers.value("master_key") }
    }

    /// The database named, or the embedded one in the data directory.
    pub(crate) fn database(&self) -> DatabaseUrl {
        self.database.clone().unwrap_or_else(|| DatabaseUrl::Sqlite(self.data.join("issuer.db")))
    }

    /// The master key's file: the one named, or the one in the data directory.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.master_key.clone().unwrap_or_else(|| self.data.join("master.key"))
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// What `passid serve` goes by.
#[derive(Debug, Clone)]
pub(crate) struct ServeOptions {
    pub(crate) store: StoreOptions,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<Url>,
    pub(crate) sanctions: Option<PathBuf>,
    pub(crate) sanctions_max_age_days: u32,
    pub(crate) policy: Option<PathBuf>,
    pub(crate) banks: Vec<BankConnection>,
    pub(crate) sandbox_bank: Option<SocketAddr>,
    pub(crate) allow_loopback_webhooks: bool,
    pub(crate) allow_development_circuit: bool,
    pub(crate) limits: Vec<LimitSetting>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) operator_token: Option<OperatorToken>,
    pub(crate) log_format: LogFormat,
    pub(crate) otlp_endpoint: Option<Url>,
    pub(crate) drain: Duration,
    pub(crate) uptime_target: i64,
    pub(crate) retention: Retention,
}

impl ServeOptions {
    /// Everything, or every mistake.
    pub(crate) fn from_layers(layers: &mut Layers) -> Option<Self> {
        let days = |layers: &mut Layers, name| layers.read_with(name, read_days);
        let store = StoreOptions::from_layers(layers);
        let listen = layers.value("listen");
        let public_url = layers.read_with("public_url", read_public_url);
        let (sanctions, policy, sandbox_bank) = (layers.value("sanctions"), layers.value("policy"), layers.value("sandbox_bank"));
        let sanctions_max_age_days = days(layers, "sanctions_max_age_days");
        let banks = layers.read_with("banks", |text| banks::read(Path::new(text))).unwrap_or_default();
        let allow_loopback_webhooks = layers.value("allow_loopback_webhooks").unwrap_or_default();
        let allow_development_circuit = layers.value("allow_development_circuit").unwrap_or_default();
        let limits = layers.read_with("limits", |text| read_list(text, str::parse)).unwrap_or_default();
        let trusted_proxies = layers.read_with("trusted_proxies", |text| read_list(text, parse_network)).unwrap_or_default();
        let operator_token = layers.read_with("operator_token_file", |text| read_operator_token(Path::new(text)));
        let log_format = layers.read_with("log_format", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("choose text or json".to_owned()),
        });
        let otlp_endpoint = layers.read_with("otlp_endpoint", read_public_url);
        let drain = layers.value("drain_seconds").map(Duration::from_secs);
        let uptime_target = layers.read_with("uptime_target", read_percent);
        let retention = Retention {
            events: days(layers, "retention_events_days")?,
            verifications: days(layers, "retention_verifications_days")?,
            sessions: days(layers, "retention_sessions_days")?,
            shares: days(layers, "retention_shares_days")?,
            bank_links: days(layers, "retention_bank_links_days")?,
            sign_ins: days(layers, "retention_sign_ins_days")?,
            requests: days(layers, "retention_requests_days")?,
        };
        if !layers.mistakes.is_empty() {
            return None;
        }
        Some(Self {
            store,
            listen: listen?,
            public_url,
            sanctions,
            sanctions_max_age_days: sanctions_max_age_days?,
            policy,
            banks,
            sandbox_bank,
            allow_loopback_webhooks,
            allow_development_circuit,
            limits,
            trusted_proxies,
            operator_token,
            log_format: log_format?,
            otlp_endpoint,
            drain: drain?,
            uptime_target: uptime_target?,
            retention,
        })
    }
}

/// Reads what commas separate.
fn read_list<T, E: std::fmt::Display>(text: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| read(item).map_err(|error| format!("{item}: {error}"))).collect()
}

fn read_public_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}; write it as https://passid.example"))?;
    let plain = matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.query().is_none() && url.fragment().is_none();
    if plain { Ok(url) } else { Err("write it as https://passid.example, without query and fragment".to_owned()) }
}

fn read_operator_token(path: &Path) -> Result<OperatorToken, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    OperatorToken::new(&text).ok_or_else(|| format!("{}: write at least 24 characters into it", path.display()))
}

fn read_days(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|days| (1..=36_500).contains(days)).ok_or_else(|| "write a number of days, 1 to 36500".to_owned())
}

/// Hundredths of a percent, from `99.9` or `99.95`.
fn read_percent(text: &str) -> Result<i64, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{part:0<2}");
    let points = format!("{whole}{digits}").parse::<i64>().ok().filter(|points| (9_900..=10_000).contains(points) && digits.len() == 2);
    points.ok_or_else(|| "write a percentage from 99 to 100 with at most two decimals".to_owned())
}

/// Adds the flags of these settings to a command, and `--config`.
fn add_flags(command: Command, settings: &[&'static [Setting]]) -> Command {
    let config = Arg::new("config").long("config").value_name("FILE").help("A TOML file with settings; see docs/CONFIGURATION.md [env: PASSID_CONFIG]");
    settings.iter().copied().flatten().fold(command.arg(config), |command, setting| {
        let default = setting.default.map_or_else(String::new, |default| format!(" [default: {default}]"));
        let help = format!("{} [env: {}]{default}", setting.about, setting.variable());
        let arg = Arg::new(setting.name).long(setting.flag).help(help);
        command.arg(match setting.value {
            Some(value) if setting.is_list() => arg.value_name(value).action(ArgAction::Append),
            Some(value) => arg.value_name(value),
            None => arg.value_name("BOOL").num_args(0..=1).require_equals(true).default_missing_value("true"),
        })
    })
}

fn read_layers(settings: &[&'static [Setting]], matches: &ArgMatches) -> Layers {
    Layers::read(settings, matches, |name| std::env::var(name).ok())
}

/// Every mistake as one failure of the command line.
fn refuse(mistakes: &[Mistake]) -> clap::Error {
    let text: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    clap::Error::raw(clap::error::ErrorKind::ValueValidation, format!("{}\n", text.join("\n")))
}

impl clap::Args for StoreOptions {
    fn augment_args(command: Command) -> Command {
        add_flags(command, &[STORE])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for StoreOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut layers = read_layers(&[STORE], matches);
        let options = Self::from_layers(&mut layers);
        if layers.mistakes.is_empty() { Ok(options) } else { Err(refuse(&layers.mistakes)) }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for ServeOptions {
    fn augment_args(command: Command) -> Command {
        add_flags(command, &[STORE, SERVE])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ServeOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut layers = read_layers(&[STORE, SERVE], matches);
        Self::from_layers(&mut layers).ok_or_else(|| refuse(&layers.mistakes))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// What `passid serve` would go by, with everything that is wrong: read, not refused.
#[derive(Debug)]
pub(crate) struct CheckedLayers(pub(crate) Layers);

impl clap::Args for CheckedLayers {
    fn augment_args(command: Command) -> Command {
        add_flags(command, &[STORE, SERVE])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for CheckedLayers {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(read_layers(&[STORE, SERVE], matches)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The documentation of every setting, as `docs/CONFIGURATION.md` holds it.
pub(crate) fn reference() -> String {
    let mut text =
        "# Configuration\n\n`passid serve` takes each setting from its flag, else from its environment variable, else from the TOML file that `--config` or\n\
                    `PASSID_CONFIG` names, else the default holds. Every other command takes the first three, which say where the state is. In the\n\
                    file a key may also stand in a table named by its first word: `retention_events_days = 90` or `[retention]` with `events_days = 90`.\n\n\
                    `passid config check` shows what would hold and from where, and every mistake at once. This page is printed by\n\
                    `passid config reference`.\n\n| key in the file | flag | environment | default | what it decides |\n|---|---|---|---|---|\n"
            .to_owned();
    for setting in STORE.iter().chain(SERVE) {
        let value = setting.value.map_or_else(String::new, |value| format!(" {value}"));
        let default = setting.default.map_or_else(|| "-".to_owned(), |default| format!("`{default}`"));
        let row = format!("| `{}` | `--{}{value}` | `{}` | {default} | {} |\n", setting.name, setting.flag, setting.variable(), setting.about);
        text.push_str(&row);
    }
    text.push_str(&banks::reference());
    text
}
