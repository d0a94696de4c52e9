//! The bank's answers against the official schemas.
//!
//! With `PASSID_OPENBANKING_SPECS` naming a directory that holds `obie-account-info-v4.0.0.yaml`, `…-v3.1.11.yaml` and
//! `berlin-group-nextgenpsd2-v1.3.11.yaml`; says so and passes when it is not set.

mod berlin_group;
mod obie;

use std::path::Path;
use std::sync::Arc;

use passid_api::time::ManualClock;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{ApiVersion, BankSource, RegisteredClient, SandboxBank, SandboxBankConfig, visitor};
use crate::bank::authorisation::Secret;

const BACK: &str = "http://127.0.0.1:9/back";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The specification, able to check one schema at a time.
struct Specification(Value);

impl Specification {
    fn open(file: &str) -> Option<Self> {
        let Some(directory) = std::env::var_os("PASSID_OPENBANKING_SPECS") else {
            println!("skipped: PASSID_OPENBANKING_SPECS is not set");
            return None;
        };
        let text = std::fs::read_to_string(Path::new(&directory).join(file)).unwrap();
        Some(Self(serde_saphyr::from_str(&text).unwrap()))
    }

    fn errors(&self, schema: &str, answer: &Value) -> Vec<String> {
        let root = json!({"$ref": format!("#/components/schemas/{schema}"), "components": self.0["components"]});
        let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).should_validate_formats(true).build(&root).unwrap();
        validator.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn check(&self, schema: &str, answer: &Value) {
        let errors = self.errors(schema, answer);
        assert!(errors.is_empty(), "{schema}: {errors:#?}");
    }
}

struct Visit {
    bank: SandboxBank,
    http: reqwest::Client,
}

impl Visit {
    async fn begin() -> Self {
        // The process needs one provider of cryptography; whoever comes first installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let clock = Arc::new(ManualClock::new("2026-11-21T04:00:00Z".parse().unwrap()));
        let client = RegisteredClient {
            client_id: "passid".into(),
            client_secret: Secret::new("secret".into()),
            statement_key: None,
            behind_mutual_tls: false,
            redirect_urls: vec![BACK.into()],
        };
        let config = SandboxBankConfig { clock, source: BankSource::Personas, client, random: StdRng::seed_from_u64(3), page_size: 25 };
        let bank = SandboxBank::start(TcpListener::bind("127.0.0.1:0").await.unwrap(), config).await.unwrap();
        Self { bank, http }
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Value {
        let url = format!("{}/oauth2/token", self.bank.base_url());
        self.http.post(url).basic_auth("passid", Some("secret")).form(fields).send().await.unwrap().json().await.unwrap()
    }

    /// Sends a customer who agrees to the bank's page and exchanges the code they come back with.
    async fn agreed(&self, customer: &str, scope: &str, claims: Option<&str>) -> Value {
        let mut url = url::Url::parse(&format!("{}/oauth2/authorize", self.bank.base_url())).unwrap();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "passid"),
            ("redirect_uri", BACK),
            ("scope", scope),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        if let Some(claims) = claims {
            url.query_pairs_mut().append_pair("claims", claims);
        }
        let back = visitor::approve(&self.http, url.as_str(), customer).await.unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        self.token(&[("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", BACK), ("code_verifier", VERIFIER)]).await
    }
}
