//! What of the file of banks is taken, and what is said of the rest.

use std::fs;

use passid_issuer::sandbox::bank::{ApiVersion, BankSource};

use super::*;
use crate::server;

const CALLBACK: &str = "https://passid.example/v1/bank/callback";

fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("banks.toml");
    fs::write(&path, text).unwrap();
    (directory, path)
}

fn bank(more: &str) -> String {
    format!(
        "[[bank]]\nid = \"one\"\nname = \"One\"\nenvironment = \"live\"\nresource_base = \"https://bank.example/aisp\"\n\
         authorization_endpoint = \"https://bank.example/authorize\"\ntoken_endpoint = \"https://bank.example/token\"\nclient_id = \"passid\"\n{more}\n"
    )
}

fn complaint(text: &str) -> String {
    let (_directory, path) = written(text);
    read(&path).unwrap_err()
}

#[tokio::test]
async fn a_bank_of_the_file_is_linked_to_in_the_words_of_its_scheme() {
    let issuer = "https://passid.example".parse().unwrap();
    let listener = server::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let sandbox = server::start_bank(listener, &issuer, BankSource::Personas).await.unwrap();
    let known = sandbox.connection();
    let european = sandbox.berlin_group_connection();
    let ClientAuthentication::Secret(secret) = &known.server.authentication else { panic!("the sandbox bank takes a secret") };
    let table = |id: &str, resource_base: &BankUrl, more: &str| {
        format!(
            "[[bank]]\nid = \"{id}\"\nname = \"Another\"\nenvironment = \"sandbox\"\nresource_base = \"{}\"\nauthorization_endpoint = \"{}\"\n\
             token_endpoint = \"{}\"\nissuer = \"{}\"\nclient_id = \"passid\"\nauthentication = \"client_secret\"\nclient_secret_file = \"secret\"\n{more}\n",
            resource_base.as_url(),
            known.server.authorization_endpoint.as_url(),
            known.server.token_endpoint.as_url(),
            known.server.issuer.as_deref().unwrap(),
        )
    };
    let (directory, path) = written(&format!(
        "{}{}{}",
        table("older", &sandbox.connection_by(ApiVersion::V3).resource_base, ""),
        table("another", &known.resource_base, ""),
        table("european", &european.resource_base, "scheme = \"berlin_group\"\nclient_scope = \"AIS\"")
    ));
    fs::write(directory.path().join("secret"), format!("{}\n", secret.expose())).unwrap();
    let found = read(&path).unwrap();
    assert!(!format!("{found:?}").contains(secret.expose()), "secrets do not print");
    for (bank, (id, scope)) in found.into_iter().zip([("older", "openid+accounts"), ("another", "openid+accounts"), ("european", "AIS%3A")]) {
        let provider = server::provider(bank.config, bank.http).unwrap();
        assert_eq!(provider.description().id, id);
        let pending = provider.begin(CALLBACK, Some([127, 0, 0, 1].into())).await.unwrap();
        let address = pending.authorization_url.expose();
        assert!(address.starts_with(known.server.authorization_endpoint.as_url().as_str()) && address.contains(&format!("scope={scope}")), "{address}");
    }
    sandbox.stop().await;
}

#[test]
fn every_mistake_is_told_with_its_bank_and_key() {
    let two = format!(
        "{}{}",
        bank("authentication = \"private_key_jwt\"\nsigning_key_file = \"none.pem\"\nconsent_days = 0\nclient_scope = \"AIS\"\nclient_secret_file = \"x\""),
        bank("authentication = \"mutual_tls\"").replace("https://bank.example/token", "http://127.0.0.1:1/token").replace("name = \"One\"", "name = \" \"")
    );
    let told = complaint(&two);
    for part in [
        "consent_days: write a number",
        "client_secret_file: only with",
        "client_scope: only with",
        "signing_key_id: private_key_jwt needs it",
        "none.pem: ",
        "id: another bank before it",
        "name: write",
        "token_endpoint: a live bank is reached over https",
        "certificate_file: mutual_tls needs it",
    ] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }
}

#[test]
fn what_is_no_file_of_banks_is_said() {
    assert!(complaint("").contains("no [[bank]]"));
    assert!(complaint("[[bank]]\nid = \"one\"").contains("missing field"));
    assert!(complaint(&bank("authentication = \"password\"")).contains("private_key_jwt"), "the choices are told");
    assert!(complaint(&bank("authentication = \"mutual_tls\"\nresource_bsae = \"x\"")).contains("resource_bsae"));
    assert!(read(Path::new("/nowhere/banks.toml")).is_err());
}

#[test]
fn keys_and_certificates_that_are_none_are_refused() {
    let (directory, path) = written(&bank(
        "authentication = \"private_key_jwt\"\nsigning_key_file = \"key.pem\"\nsigning_key_id = \"k\"\ncertificate_file = \"key.pem\"\n\
         certificate_key_file = \"key.pem\"\nbank_roots_file = \"key.pem\"",
    ));
    fs::write(directory.path().join("key.pem"), "very secret nonsense").unwrap();
    let told = read(&path).unwrap_err();
    assert!(told.contains("signing_key_file: ") && told.contains("bank_roots_file: ") && !told.contains("nonsense"), "{told}");
}

#[test]
fn the_documentation_names_every_key_and_no_other() {
    let told = complaint(&bank("authentication = \"mutual_tls\"\nnonsense = 1"));
    for (key, ..) in FIELDS {
        assert!(told.contains(&format!("`{key}`")), "{key} is not a key: {told}");
    }
    assert_eq!(told.matches('`').count(), 2 * (FIELDS.len() + 1), "{told}");
}
