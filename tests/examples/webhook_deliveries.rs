//! Makes real deliveries and prints what arrived, one JSON document a line, for receivers that nobody here wrote to check:
//! `tests/webhooks/check` hands it to the libraries institutions use.
//!
//! Each line holds `secret`, `other_secret` (a secret that must not fit), `headers` and `body`.

#![expect(clippy::expect_used, reason = "a program for tests stops where something is wrong")]

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use passid_api::environment::Environment;
use passid_api::time::{Clock, ManualClock, SystemClock};
use passid_api::webhook::EventKind;
use passid_issuer::http::ApiError;
use passid_issuer::service::Service;
use passid_issuer::store::testing::sqlite;
use passid_issuer::testing::{TestIssuer, TestSetup};
use passid_issuer::{http, network, webhook};
use passid_tests::institution::Institution;
use passid_tests::receiver::{Received, Receiver};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Bodies that a receiver could stumble over: other scripts, escapes, numbers, emptiness.
fn bodies() -> Vec<Value> {
    vec![
        json!({ "verification_id": "vrf_1", "credential_valid": true }),
        json!({ "institution_reference": "Żółć, 株式会社, \u{1f600}, \"quoted\" \\ / \n" }),
        json!({ "amount": 12_345.67, "nested": [null, true, { "": "" }] }),
        json!({}),
    ]
}

async fn happen(service: &Service, institution: passid_api::ids::InstitutionId, data: Value) {
    let inside = service.clone();
    let written = service.store.write(move |connection| {
        Box::pin(async move {
            webhook::events::record(connection, &inside, institution, Environment::Sandbox, EventKind::VerificationCompleted, data).await?;
            Ok::<_, ApiError>(())
        })
    });
    written.await.expect("the event is written");
    webhook::worker::deliver_due(service).await.expect("the event is delivered");
}

fn line(secret: &str, other_secret: &str, received: &Received) -> String {
    let headers: BTreeMap<_, _> = received.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    json!({ "secret": secret, "other_secret": other_secret, "headers": headers, "body": String::from_utf8_lossy(&received.body) }).to_string()
}

#[tokio::main]
async fn main() {
    let database = sqlite();
    let setup = TestSetup { clock: Some(Arc::new(ManualClock::new(SystemClock.now()))), ..TestSetup::default() };
    let service = TestIssuer::start_with(&database, setup).await.service;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url: url::Url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
    let router = http::router(service.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = network::client().expect("a client");
    let institution = Institution::onboard(client.clone(), url.clone(), "Meridian", StdRng::seed_from_u64(1)).await;
    let receiver = Receiver::start().await;
    let created = institution.webhook(&receiver.url).await;

    let mut out = std::io::stdout().lock();
    let mut print = |line: String| writeln!(out, "{line}").expect("the output takes it");
    let foreign = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for data in bodies() {
        happen(&service, institution.id(), data).await;
    }
    let before = receiver.wait_for(bodies().len()).await;
    for received in &before {
        print(line(&created.secret, foreign, received));
    }

    // During a rotation either secret fits.
    let rotate = url.join(&format!("/v1/institution/webhooks/{}/rotate-secret", created.endpoint.id)).expect("a path");
    let rotated: Value = async {
        let answer = client.post(rotate).bearer_auth(&institution.onboarded.access_token).json(&json!({})).send().await?;
        answer.json().await
    }
    .await
    .expect("the secret is rotated");
    happen(&service, institution.id(), json!({ "during": "rotation" })).await;
    let all = receiver.wait_for(bodies().len() + 1).await;
    for secret in [rotated["secret"].as_str().unwrap_or_default(), &created.secret] {
        print(line(secret, foreign, &all[bodies().len()]));
    }
}
