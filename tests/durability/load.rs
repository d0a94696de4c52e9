//! Load whose answers are kept: tokens that do not exist are verified, each of which is recorded and reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use passid_api::{IDEMPOTENCY_KEY_HEADER, INSTITUTION_KEY_HEADER};
use passid_tests::institution::Institution;
use passid_tests::receiver::Received;
use serde_json::{Value, json};
use url::Url;

/// Every request of a test run carries another key.
static KEYS: AtomicU64 = AtomicU64::new(1);

/// A fresh idempotency key.
pub(crate) fn key() -> String {
    format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

/// Verifies a token that does not exist under this key. The verification's identifier, if there was an answer.
pub(crate) async fn verify(client: &reqwest::Client, base: &Url, institution: &Institution, key: &str) -> Option<String> {
    let request = client.post(base.join("/v1/verify").expect("a path")).header(INSTITUTION_KEY_HEADER, &institution.onboarded.keys.sandbox.secret);
    let request = request.header(IDEMPOTENCY_KEY_HEADER, key).json(&json!({ "token": "PASSID-UNKNOWN" }));
    let answer = request.send().await.ok()?;
    if answer.status() != 200 {
        return None;
    }
    let body: Value = answer.json().await.ok()?;
    Some(body["verification_id"].as_str().expect("an identifier").to_owned())
}

/// Every event that arrived, by the verification it reports.
pub(crate) fn events(received: &[Received]) -> BTreeMap<String, BTreeSet<String>> {
    let mut events = BTreeMap::<String, BTreeSet<String>>::new();
    for arrived in received {
        let body = arrived.json();
        let verification = body["data"]["verification_id"].as_str().expect("a verification").to_owned();
        events.entry(verification).or_default().insert(body["id"].as_str().expect("an event").to_owned());
    }
    events
}

/// Whether an event about every answered verification has arrived. The bodies are read only once enough of them are there.
pub(crate) fn all_reported(answered: &BTreeSet<String>, received: &[Received]) -> bool {
    received.len() >= answered.len() && {
        let events = events(received);
        answered.iter().all(|one| events.contains_key(one))
    }
}

/// Checks what a run must leave: every answered verification was reported, each under one identifier, and none was reported that is
/// not there.
pub(crate) async fn check(client: &reqwest::Client, base: &Url, institution: &Institution, answered: &BTreeSet<String>, received: &[Received]) {
    let events = events(received);
    for verification in answered {
        assert!(events.contains_key(verification), "{verification} was answered and never reported");
    }
    for (verification, identifiers) in &events {
        assert_eq!(identifiers.len(), 1, "{verification} was reported under {identifiers:?}");
        let path = base.join(&format!("/v1/verifications/{verification}")).expect("a path");
        let found = client.get(path).header(INSTITUTION_KEY_HEADER, &institution.onboarded.keys.sandbox.secret).send().await.expect("an answer");
        assert_eq!(found.status(), 200, "{verification} was reported and is not there");
    }
}
