//! The banks to connect to: a TOML file with a table for each, and files beside it for what is secret.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use passid_api::environment::Environment;
use passid_api::issuer::BankProvider as Description;
use passid_issuer::bank::authorisation::Secret;
use passid_issuer::bank::berlin_group::BerlinGroupConfig;
use passid_issuer::bank::client::ReadLimits;
use passid_issuer::bank::client_authentication::{ClientAuthentication, SigningKey};
use passid_issuer::bank::endpoint::BankUrl;
use passid_issuer::bank::oauth::AuthorisationServer;
use passid_issuer::bank::obie::ObieConfig;
use passid_issuer::network;
use passid_issuer::sandbox::bank::{BERLIN_GROUP_PROVIDER_ID, PROVIDER_ID};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;

use crate::server::BankConfig;

/// A bank as the file describes it, ready to be talked to.
#[derive(Debug, Clone)]
pub(crate) struct BankConnection {
    /// Where it is and who the issuer is there.
    pub(crate) config: BankConfig,
    /// A client that shows the issuer's certificate, where the file names one.
    pub(crate) http: reqwest::Client,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BanksFile {
    #[serde(default)]
    bank: Vec<Entry>,
}

/// A `[[bank]]` of the file; [`FIELDS`] documents each key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    environment: Environment,
    #[serde(default)]
    scheme: Scheme,
    resource_base: String,
    authorization_endpoint: String,
    token_endpoint: String,
    issuer: Option<String>,
    client_id: String,
    authentication: Authentication,
    client_secret_file: Option<PathBuf>,
    signing_key_file: Option<PathBuf>,
    signing_key_id: Option<String>,
    certificate_file: Option<PathBuf>,
    certificate_key_file: Option<PathBuf>,
    bank_roots_file: Option<PathBuf>,
    client_scope: Option<String>,
    consent_days: Option<u16>,
}

/// In which words a bank is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scheme {
    #[default]
    OpenBankingUk,
    BerlinGroup,
}

impl Scheme {
    /// Days a consent is asked for unless the file says otherwise: a year in the United Kingdom; what a bank of the European Union may grant
    /// before it must ask the holder again (SCA-RTS article 10, as amended in 2022).
    const fn consent_days(self) -> u16 {
        match self {
            Self::OpenBankingUk => 365,
            Self::BerlinGroup => 180,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Authentication {
    ClientSecret,
    PrivateKeyJwt,
    MutualTls,
}

/// Every key of a `[[bank]]`: whether it must be there, and what it says.
const FIELDS: [(&str, bool, &str); 18] = [
    ("id", true, "Its identifier in the API: small letters, digits and hyphens, at most 64; `sandbox-bank` and `sandbox-bank-eu` are the sandbox bank's"),
    ("name", true, "Its name for people"),
    ("environment", true, "`live`, or `sandbox` for a bank's own test system: holders see the banks of their own environment alone"),
    ("scheme", false, "`open_banking_uk`, or `berlin_group` for NextGenPSD2 1.3; the first when left out"),
    (
        "resource_base",
        true,
        "The account information API; its path chooses the version, `…/open-banking/v4.0/aisp` or `…/open-banking/v3.1/aisp`; with `berlin_group` `…/psd2/v1`",
    ),
    ("authorization_endpoint", true, "Where holders are sent to agree"),
    ("token_endpoint", true, "Where codes and refresh tokens are exchanged"),
    ("issuer", false, "The `iss` the bank puts into redirects and identity tokens; checked when given, and it should be"),
    ("client_id", true, "The issuer's registration at the bank; register `PUBLIC_URL/v1/bank/callback` as its redirect address"),
    ("authentication", true, "`private_key_jwt`, `mutual_tls` or `client_secret`, as registered"),
    ("client_secret_file", false, "With `client_secret`: the file that holds it"),
    ("signing_key_file", false, "With `private_key_jwt`: a PKCS #8 key in PEM, RSA of 2,048 bits or more or P-256"),
    ("signing_key_id", false, "With `private_key_jwt`: the `kid` under which its public half is published"),
    (
        "certificate_file",
        false,
        "The issuer's certificate and its chain in PEM, shown on every connection; `mutual_tls` needs it, and banks of the UK ask for it always",
    ),
    ("certificate_key_file", false, "The certificate's private key in PEM"),
    ("bank_roots_file", false, "With a certificate: whom the bank's own certificate may come from, in PEM; the web's roots when left out"),
    ("client_scope", false, "With `berlin_group`: the scope of the token the bank wants beside the certificate to make consents; most want none"),
    ("consent_days", false, "Days a consent is asked for, 1 to 3650; 365, with `berlin_group` 180, when left out. A bank that refuses is asked for 90"),
];

/// Reads the file. Paths in it are relative to its own directory.
///
/// # Errors
/// Every mistake, each with the bank and the key it is in.
pub(super) fn read(path: &Path) -> Result<Vec<BankConnection>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let file: BanksFile = toml::from_str(&text).map_err(|error| format!("{}: {}", path.display(), error.to_string().trim_end()))?;
    if file.bank.is_empty() {
        return Err(format!("{}: it holds no [[bank]]; see docs/CONFIGURATION.md", path.display()));
    }
    let directory = path.parent().unwrap_or_else(|| Path::new(""));
    let (mut banks, mut wrong) = (Vec::new(), Vec::new());
    for (place, entry) in file.bank.iter().enumerate() {
        if file.bank.iter().take(place).any(|earlier| earlier.id == entry.id) {
            wrong.push(format!("bank {:?}: id: another bank before it has the same", entry.id));
        }
        let mut reader = Reader { directory, bank: &entry.id, wrong: &mut wrong };
        banks.extend(reader.connection(entry));
    }
    if wrong.is_empty() { Ok(banks) } else { Err(format!("{}: {}", path.display(), wrong.join("; "))) }
}

/// Notes what is wrong with one bank and goes on.
struct Reader<'a> {
    directory: &'a Path,
    bank: &'a str,
    wrong: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn connection(&mut self, entry: &Entry) -> Option<BankConnection> {
        let named = !entry.id.is_empty() && entry.id.len() <= 64 && entry.id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        self.must(named, "id", "write small letters, digits and hyphens, at most 64");
        self.must(![PROVIDER_ID, BERLIN_GROUP_PROVIDER_ID].contains(&entry.id.as_str()), "id", "this is the sandbox bank's");
        self.must(!entry.name.trim().is_empty(), "name", "write the bank's name for people");
        self.must(!entry.client_id.trim().is_empty(), "client_id", "write the identifier the bank gave at registration");
        let consent_days = entry.consent_days.unwrap_or(entry.scheme.consent_days());
        self.must((1..=3_650).contains(&consent_days), "consent_days", "write a number of days, 1 to 3650");
        self.must(entry.scheme == Scheme::BerlinGroup || entry.client_scope.is_none(), "client_scope", "only with scheme = \"berlin_group\"");
        let resource_base = self.address(entry, "resource_base", &entry.resource_base);
        let authorization_endpoint = self.address(entry, "authorization_endpoint", &entry.authorization_endpoint);
        let token_endpoint = self.address(entry, "token_endpoint", &entry.token_endpoint);
        let authentication = self.authentication(entry);
        let http = self.client(entry);
        let description = Description { id: entry.id.clone(), name: entry.name.clone(), environment: entry.environment };
        let server = AuthorisationServer {
            authorization_endpoint: authorization_endpoint?,
            token_endpoint: token_endpoint?,
            issuer: entry.issuer.clone(),
            client_id: entry.client_id.clone(),
            authentication: authentication?,
        };
        let (resource_base, limits) = (resource_base?, ReadLimits::default());
        let config = match entry.scheme {
            Scheme::OpenBankingUk => BankConfig::Obie(ObieConfig { description, server, resource_base, consent_days, limits }),
            Scheme::BerlinGroup => {
                let client_scope = entry.client_scope.clone();
                BankConfig::BerlinGroup(BerlinGroupConfig { description, server, resource_base, client_scope, consent_days, limits })
            }
        };
        Some(BankConnection { config, http: http? })
    }

    fn must(&mut self, holds: bool, key: &str, reason: &str) {
        if !holds {
            self.wrong.push(format!("bank {:?}: {key}: {reason}", self.bank));
        }
    }

    fn address(&mut self, entry: &Entry, key: &str, text: &str) -> Option<BankUrl> {
        let found = match BankUrl::parse(text) {
            Ok(address) if entry.environment == Environment::Live && address.as_url().scheme() != "https" => {
                Err("a live bank is reached over https".to_owned())
            }
            other => other.map_err(|error| error.to_string()),
        };
        found.map_err(|reason| self.must(false, key, &reason)).ok()
    }

    fn authentication(&mut self, entry: &Entry) -> Option<ClientAuthentication> {
        let chosen = entry.authentication;
        self.must(
            chosen == Authentication::ClientSecret || entry.client_secret_file.is_none(),
            "client_secret_file",
            "only with authentication = \"client_secret\"",
        );
        let unsigned = entry.signing_key_file.is_none() && entry.signing_key_id.is_none();
        self.must(chosen == Authentication::PrivateKeyJwt || unsigned, "signing_key_file", "only with authentication = \"private_key_jwt\"");
        match chosen {
            Authentication::ClientSecret => {
                let text = self.file("client_secret_file", entry.client_secret_file.as_deref())?;
                let secret = String::from_utf8(text).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                self.must(secret.is_some(), "client_secret_file", "the file holds no text");
                secret.map(|secret| ClientAuthentication::Secret(Secret::new(secret)))
            }
            Authentication::PrivateKeyJwt => {
                let id = entry.signing_key_id.as_deref().filter(|id| !id.is_empty());
                self.must(id.is_some(), "signing_key_id", "private_key_jwt needs it");
                let pem = self.file("signing_key_file", entry.signing_key_file.as_deref())?;
                let key = SigningKey::from_pem(id?, &pem).map_err(|error| self.must(false, "signing_key_file", &error.to_string())).ok()?;
                Some(ClientAuthentication::PrivateKeyJwt(key))
            }
            Authentication::MutualTls => {
                self.must(entry.certificate_file.is_some(), "certificate_file", "mutual_tls needs it");
                Some(ClientAuthentication::MutualTls)
            }
        }
    }

    fn client(&mut self, entry: &Entry) -> Option<reqwest::Client> {
        let built = if entry.certificate_file.is_none() && entry.certificate_key_file.is_none() {
            self.must(entry.bank_roots_file.is_none(), "bank_roots_file", "only with a certificate_file");
            network::client()
        } else {
            let chain = self.file("certificate_file", entry.certificate_file.as_deref());
            let key = self.file("certificate_key_file", entry.certificate_key_file.as_deref());
            let roots = match &entry.bank_roots_file {
                Some(path) => Some(self.roots(path)?),
                None => None,
            };
            network::client_with_certificate(&chain?, &key?, roots)
        };
        built.map_err(|error| self.must(false, "certificate_file", &error.to_string())).ok()
    }

    fn roots(&mut self, path: &Path) -> Option<RootCertStore> {
        let pem = self.file("bank_roots_file", Some(path))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let added = certificate.is_ok_and(|certificate| roots.add(certificate).is_ok());
            self.must(added, "bank_roots_file", "a certificate in it does not read");
        }
        self.must(!roots.is_empty(), "bank_roots_file", "it holds no certificate in PEM");
        (!roots.is_empty()).then_some(roots)
    }

    /// The bytes of a file the bank's table names; what is in it is never told.
    fn file(&mut self, key: &str, path: Option<&Path>) -> Option<Vec<u8>> {
        let Some(path) = path else {
            self.must(false, key, "name the file");
            return None;
        };
        let path = self.directory.join(path);
        std::fs::read(&path).map_err(|error| self.must(false, key, &format!("{}: {error}", path.display()))).ok()
    }
}

/// The part of `docs/CONFIGURATION.md` about the file.
pub(super) fn reference() -> String {
    let mut text = "\n## Banks\n\nThe file that `banks` names holds a table `[[bank]]` for each bank that speaks UK Open Banking or Berlin Group NextGenPSD2. Secrets and keys stand in files of \
                    their own;\npaths are relative to the file. `passid config check` reads all of it and names every mistake with its bank and key, without calling \
                    anybody.\n\n\
                    ```toml\n[[bank]]\nid = \"example-bank\"\nname = \"Example Bank\"\nenvironment = \"live\"\nresource_base = \
                    \"https://bank.example/open-banking/v4.0/aisp\"\nauthorization_endpoint = \"https://auth.bank.example/authorize\"\ntoken_endpoint = \
                    \"https://mtls.bank.example/token\"\nissuer = \"https://auth.bank.example\"\nclient_id = \"…\"\nauthentication = \
                    \"private_key_jwt\"\nsigning_key_file = \"example-bank/signing.pem\"\nsigning_key_id = \"2026-11\"\ncertificate_file = \
                    \"example-bank/transport.pem\"\ncertificate_key_file = \"example-bank/transport.key\"\n```\n\n| key | needed | what it says |\n|---|---|---|\n"
        .to_owned();
    for (key, needed, about) in FIELDS {
        let _ = writeln!(text, "| `{key}` | {} | {about} |", if needed { "yes" } else { "" });
    }
    text
}

#[cfg(test)]
mod tests;
