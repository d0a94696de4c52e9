//! Every setting, once: its flag, environment variable and key in the file follow from its name, and so does the documentation.

/// Something an operator can decide.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its key in the file; the variable follows from it.
    pub(crate) name: &'static str,
    /// Its flag without the dashes: the name with `-` for `_`, in the singular for a list.
    pub(crate) flag: &'static str,
    /// What stands for the value in the help; none for a switch, which is `true` or `false`.
    pub(crate) value: Option<&'static str>,
    /// What holds when nobody decides.
    pub(crate) default: Option<&'static str>,
    /// What it decides.
    pub(crate) about: &'static str,
}

impl Setting {
    /// `PASSID_PUBLIC_URL`.
    pub(crate) fn variable(&self) -> String {
        format!("PASSID_{}", self.name.to_ascii_uppercase())
    }

    /// Whether it is a list: the flag may be given again, the file may hold an array, and commas separate otherwise.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.name, "limits" | "trusted_proxies")
    }

    /// Whether its value may hold a password and is never shown.
    pub(crate) fn is_secret(&self) -> bool {
        self.name == "database"
    }
}

const fn setting(name: &'static str, flag: &'static str, value: Option<&'static str>, default: Option<&'static str>, about: &'static str) -> Setting {
    Setting { name, flag, value, default, about }
}

/// Where the issuer's state is: what every command that touches it takes.
pub(crate) static STORE: &[Setting] = &[
    setting("data", "data", Some("DIR"), Some("passid-data"), "Holds the embedded database and the master key unless said otherwise"),
    setting("database", "database", Some("URL"), None, "sqlite:PATH or postgres://USER@HOST/NAME; the embedded database in the data directory when left out"),
    setting(
        "master_key",
        "master-key",
        Some("FILE"),
        None,
        "The file with the keys that seal secrets at rest; `master.key` in the data directory when left out, made when missing. Server processes on one \
         database share it",
    ),
];

/// What only `passid serve` takes.
pub(crate) static SERVE: &[Setting] = &[
    setting("listen", "listen", Some("ADDR"), Some("127.0.0.1:8420"), "Where to listen"),
    setting(
        "public_url",
        "public-url",
        Some("URL"),
        None,
        "The address wallets, institutions and banks reach the issuer under; the listening address when left out",
    ),
    setting(
        "sanctions",
        "sanctions",
        Some("DIR"),
        None,
        "Sanctions lists to begin with when none were ever loaded; `passid lists update` loads newer ones. Without lists nobody is said to be clear",
    ),
    setting(
        "sanctions_max_age_days",
        "sanctions-max-age-days",
        Some("DAYS"),
        Some("14"),
        "Nobody is said to be clear when the lists were loaded or confirmed longer ago, or one was published more than a year ago",
    ),
    setting("policy", "policy", Some("FILE"), None, "A verifier policy to apply instead of verifier_policy_v1 (see issuer/policies); give it another version"),
    setting("banks", "banks", Some("FILE"), None, "The banks holders can connect, a TOML file as below; without it and the sandbox bank there are none"),
    setting("sandbox_bank", "sandbox-bank", Some("ADDR"), None, "Also run the sandbox bank with its three personas, here"),
    setting("allow_loopback_webhooks", "allow-loopback-webhooks", None, Some("false"), "Let sandbox webhooks go to plain http on this machine"),
    setting(
        "allow_development_circuit",
        "allow-development-circuit",
        None,
        Some("false"),
        "Accept live presentations although the circuit's keys were made by one party (see circuits/README.md)",
    ),
    setting(
        "limits",
        "limit",
        Some("LIMIT"),
        None,
        "Change request limits: NAME=REQUESTS/SECONDS or NAME=off (see docs/limits.md); several by commas, or the flag again",
    ),
    setting(
        "trusted_proxies",
        "trusted-proxy",
        Some("NETWORK"),
        None,
        "Believe X-Forwarded-For from these proxies' addresses or networks (CIDR), nobody otherwise; several by commas, or the flag again",
    ),
    setting(
        "operator_token_file",
        "operator-token-file",
        Some("FILE"),
        None,
        "Holds the token, 24 characters or more, that opens /metrics as Authorization: Bearer; closed when left out",
    ),
    setting("log_format", "log-format", Some("FORMAT"), Some("text"), "text, or json with one object a line; RUST_LOG chooses what is logged"),
    setting(
        "otlp_endpoint",
        "otlp-endpoint",
        Some("URL"),
        None,
        "Send traces to this OpenTelemetry collector, as http://127.0.0.1:4318: OTLP over HTTP with JSON to URL/v1/traces; none when left out",
    ),
    setting("drain_seconds", "drain-seconds", Some("SECONDS"), Some("30"), "How long requests under way may take when the server is asked to stop"),
    setting(
        "uptime_target",
        "uptime-target",
        Some("PERCENT"),
        Some("99.90"),
        "The share of each month's minutes promised for the verify endpoint, on the status page",
    ),
    setting("retention_events_days", "retention-events-days", Some("DAYS"), Some("90"), "Keep events and the log of their deliveries so long"),
    setting(
        "retention_verifications_days",
        "retention-verifications-days",
        Some("DAYS"),
        Some("730"),
        "Keep what a verification disclosed, and its evidence, so long",
    ),
    setting("retention_sessions_days", "retention-sessions-days", Some("DAYS"), Some("90"), "Keep requests to applicants so long after their end"),
    setting("retention_shares_days", "retention-shares-days", Some("DAYS"), Some("90"), "Keep shares so long after their end"),
    setting(
        "retention_bank_links_days",
        "retention-bank-links-days",
        Some("DAYS"),
        Some("30"),
        "Keep the name declared for a bank connection so long after its end",
    ),
    setting("retention_sign_ins_days", "retention-sign-ins-days", Some("DAYS"), Some("30"), "Keep the sign-ins of institutions' users so long after their end"),
    setting("retention_requests_days", "retention-requests-days", Some("DAYS"), Some("14"), "Keep entries of workspaces' request logs so long"),
];
