//! Where a collector is configured, a request can be followed through the server, by nothing that tells whose it was.

use std::collections::BTreeMap;

use passid_tests::institution::Institution;
use passid_tests::receiver::{Received, Receiver};
use passid_tests::server::Server;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

/// A trace begun by the institution's own server, as W3C Trace Context writes it.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";
const TOKEN: &str = "PASSID-SANDBOX-TIER1AAA";

fn spans(received: &[Received]) -> Vec<Value> {
    let documents = received.iter().map(Received::json);
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let scopes = documents.flat_map(|document| list(&document, "resourceSpans")).flat_map(|resource| list(&resource, "scopeSpans"));
    scopes.flat_map(|scope| list(&scope, "spans")).collect()
}

fn attributes(span: &Value) -> BTreeMap<String, Value> {
    let all = span["attributes"].as_array().cloned().unwrap_or_default();
    let value = |attribute: &Value| attribute["value"].as_object().and_then(|value| value.values().next().cloned()).unwrap_or_default();
    all.iter().map(|attribute| (attribute["key"].as_str().unwrap_or_default().to_owned(), value(attribute))).collect()
}

fn client() -> reqwest::Client {
    passid_issuer::network::client().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_followed_to_its_write_and_no_secret_with_it() {
    let (data, collector) = (tempfile::tempdir().unwrap(), Receiver::start().await);
    let endpoint = collector.url.trim_end_matches("/events");
    let mut server = Server::start(data.path(), &["--otlp-endpoint", endpoint]).await;
    let bank = Institution::onboard(client(), server.url.clone(), "Meridian", StdRng::seed_from_u64(1)).await;
    let body = serde_json::json!({ "token": TOKEN, "institution_reference": "applicant-4711" });
    let answer = bank.post("/v1/verify", &body).header("traceparent", format!("00-{TRACE}-{CALLER}-01")).send().await.unwrap();
    let request_id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let verified: Value = answer.json().await.unwrap();
    assert_eq!(verified["credential_valid"], true, "{verified}");
    let fetched = bank.get(&format!("/v1/verifications/{}", verified["verification_id"].as_str().unwrap())).send().await.unwrap();
    assert_eq!(fetched.status(), 200);
    assert!(tokio::task::spawn_blocking(move || server.stop()).await.unwrap(), "the server ends well, and with its last traces sent");

    let received = collector.wait_for(1).await;
    assert!(received.iter().all(|batch| batch.path == "/v1/traces" && batch.header("content-type") == "application/json"), "{received:?}");
    let spans = spans(&received);
    let named = |name: &str| spans.iter().filter(|span| span["name"] == name).collect::<Vec<_>>();
    let [verify] = named("POST /v1/verify")[..] else { panic!("one request: {spans:#?}") };
    assert_eq!((&verify["traceId"], &verify["parentSpanId"]), (&TRACE.into(), &CALLER.into()), "it goes on where the caller's trace was");
    let about = attributes(verify);
    assert_eq!((&about["http.route"], &about["request_id"]), (&"/v1/verify".into(), &request_id.as_str().into()), "{about:?}");
    assert_eq!(about["http.response.status_code"].to_string().trim_matches('"'), "200");
    let within = |name: &str| named(name).iter().any(|span| span["traceId"] == TRACE && span["parentSpanId"] == verify["spanId"]);
    assert!(within("write database") && within("verify proof"), "{spans:#?}");
    let [fetch] = named("GET /v1/verifications/{id}")[..] else { panic!("one look: {spans:#?}") };
    assert_ne!(fetch["traceId"], TRACE, "a request without a trace begins its own");

    let everything = String::from_utf8(received.iter().flat_map(|batch| batch.body.to_vec()).collect()).unwrap();
    for secret in [TOKEN, "SANDBOX-TIER1AAA", "applicant-4711", &bank.onboarded.keys.sandbox.secret, "127.0.0.1", verified["applicant_ref"].as_str().unwrap()] {
        assert!(!everything.contains(secret), "{secret} is in the traces");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_holds_nothing_up() {
    let data = tempfile::tempdir().unwrap();
    // Nobody listens there any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut server = Server::start(data.path(), &["--otlp-endpoint", &format!("http://{gone}")]).await;
    let bank = Institution::onboard(client(), server.url.clone(), "Meridian", StdRng::seed_from_u64(2)).await;
    assert!(bank.verify(TOKEN).await.credential_valid);
    assert!(tokio::task::spawn_blocking(move || server.stop()).await.unwrap());
}
