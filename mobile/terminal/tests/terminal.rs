//! The binary as a script sees it: exit codes, one JSON document, nothing broken where nothing can work.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Nothing listens on port 1.
fn wallet(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passid-wallet"));
    command.args(["--data-dir"]).arg(directory).args(["--issuer", "http://127.0.0.1:1", "--keystore", "file", "--json"]).args(arguments);
    command.env_clear().output().unwrap()
}

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
}

#[test]
fn without_an_issuer_it_says_so_and_keeps_the_wallet() {
    let home = tempfile::tempdir().unwrap();
    let output = wallet(home.path(), &["register"]);
    assert_eq!((output.status.code(), document(&output)["code"].as_str()), (Some(4), Some("issuer_unreachable")));
    let key = std::fs::read(home.path().join("vault.key")).unwrap();
    assert_eq!(wallet(home.path(), &["credentials"]).status.code(), Some(4));
    assert_eq!(std::fs::read(home.path().join("vault.key")).unwrap(), key);
}

#[test]
fn a_malformed_request_never_reaches_the_network() {
    let home = tempfile::tempdir().unwrap();
    for request in ["", "nonsense", "passid://verify-request?r=1&i=2", "https://evil.example/"] {
        let output = wallet(home.path(), &["review", request]);
        assert_eq!((output.status.code(), document(&output)["code"].as_str()), (Some(1), Some("request_malformed")), "{request}");
    }
}

#[test]
fn the_doctor_names_what_is_wrong_in_one_document() {
    let home = tempfile::tempdir().unwrap();
    let finding = |output: &Output, what: &str| {
        let found = document(output)["findings"].as_array().unwrap().iter().find(|finding| finding["what"] == what).cloned().unwrap();
        (found["well"].as_bool().unwrap(), found["detail"].as_str().unwrap().to_owned())
    };
    let output = wallet(home.path(), &["doctor"]);
    assert!(finding(&output, "vault").0);
    assert!(finding(&output, "keystore").1.contains("weaker"));
    assert!(!finding(&output, "issuer").0);

    let envelope = home.path().join("vault.key");
    let mut bytes = std::fs::read(&envelope).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&envelope, &bytes).unwrap();
    let output = wallet(home.path(), &["doctor"]);
    assert!(finding(&output, "vault").1.contains("vault_key_file_damaged"));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(std::fs::read(&envelope).unwrap(), bytes, "nothing was repaired by force");
}

#[test]
fn another_keystores_key_is_not_taken_for_damage() {
    let home = tempfile::tempdir().unwrap();
    wallet(home.path(), &["doctor"]);
    std::fs::remove_file(home.path().join("keystore/keystore-vault.key")).unwrap();
    let output = wallet(home.path(), &["history"]);
    assert_eq!((output.status.code(), document(&output)["code"].as_str()), (Some(6), Some("keystore_missing")));
    assert!(document(&output)["advice"].as_str().unwrap().contains("--keystore"));
    assert!(!home.path().join("keystore/keystore-vault.key").exists(), "no new key is made over an old wallet");
}
