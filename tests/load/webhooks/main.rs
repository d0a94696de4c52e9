//! How many deliveries a second the real worker makes to a loopback receiver, with the log kept, and how long one takes from its
//! commit to its receipt. See README.md beside this file.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring program fails by panicking and speaks on the terminal")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId};
use passid_api::webhook::EventKind;
use passid_issuer::http::ApiError;
use passid_issuer::service::Service;
use passid_issuer::store::testing::{TestDatabase, postgres, sqlite};
use passid_issuer::testing::TestIssuer;
use passid_issuer::{http, network, webhook};
use passid_tests::institution::Institution;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Endpoints, each of which gets every event.
const ENDPOINTS: usize = 4;
/// Deliveries of the first part.
const DELIVERIES: usize = 40_000;
/// Events committed together while the first part's queue is filled.
const FILL: usize = 200;
/// Events a second of the second part, and for how many seconds.
const STEADY_RATE: usize = 200;
const STEADY_SECONDS: usize = 10;

/// What arrived, and when.
#[derive(Default)]
struct Inbox {
    count: AtomicUsize,
    at: Mutex<Vec<(String, Instant)>>,
}

async fn receive(State(inbox): State<Arc<Inbox>>, headers: HeaderMap) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    inbox.at.lock().unwrap().push((id, Instant::now()));
    inbox.count.fetch_add(1, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

async fn serve(router: Router) -> url::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Commits this many events together and says when.
async fn commit(service: &Service, institution: InstitutionId, count: usize) -> (Vec<EventId>, Instant) {
    let inside = service.clone();
    let written = service.store.write(move |connection| {
        Box::pin(async move {
            let mut events = Vec::with_capacity(count);
            for number in 0..count {
                let data = json!({ "verification_id": "vrf_01arz3ndektsv4rrffq69g5fav", "credential_valid": true, "number": number });
                events.push(webhook::events::record(connection, &inside, institution, Environment::Sandbox, EventKind::VerificationCompleted, data).await?);
            }
            Ok::<_, ApiError>(events)
        })
    });
    let events = written.await.map_err(|error| error.0.code).unwrap();
    (events, Instant::now())
}

async fn wait_for(inbox: &Inbox, count: usize) {
    while inbox.count.load(Ordering::Relaxed) < count {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
async fn measure(database: &TestDatabase) {
    let service = TestIssuer::start(database).await.service;
    let base = serve(http::router(service.clone())).await;
    let institution = Institution::onboard(network::client().unwrap(), base, "Meridian", StdRng::seed_from_u64(1)).await;
    let inbox = Arc::new(Inbox::default());
    let receiver = serve(Router::new().route("/events", post(receive)).with_state(Arc::clone(&inbox))).await;
    for _ in 0..ENDPOINTS {
        institution.webhook(receiver.join("/events").unwrap().as_str()).await;
    }

    // First: a full queue, as fast as it goes.
    for _ in 0..DELIVERIES / ENDPOINTS / FILL {
        commit(&service, institution.id(), FILL).await;
    }
    let stop = CancellationToken::new();
    let worker = tokio::spawn(webhook::worker::run(service.clone(), stop.clone()));
    let began = Instant::now();
    service.deliveries_due.notify_one();
    wait_for(&inbox, DELIVERIES).await;
    let rate = DELIVERIES as f64 / began.elapsed().as_secs_f64();

    // Second: events at a steady rate, each in a transaction of its own.
    let (mut committed, mut next) = (HashMap::new(), tokio::time::interval(Duration::from_secs(1) / u32::try_from(STEADY_RATE).unwrap()));
    for _ in 0..STEADY_RATE * STEADY_SECONDS {
        next.tick().await;
        let (events, at) = commit(&service, institution.id(), 1).await;
        service.deliveries_due.notify_one();
        committed.extend(events.into_iter().map(|event| (event.to_string(), at)));
    }
    wait_for(&inbox, DELIVERIES + committed.len() * ENDPOINTS).await;
    stop.cancel();
    worker.await.unwrap();
    let mut delays: Vec<f64> =
        inbox.at.lock().unwrap().iter().filter_map(|(id, at)| Some(at.saturating_duration_since(*committed.get(id)?).as_secs_f64() * 1e3)).collect();
    delays.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| delays[(delays.len() - 1) * share / 1_000];

    let mut reader = service.store.reader().await.unwrap();
    let logged: i64 = reader.fetch_optional("SELECT COUNT(*) AS n FROM delivery_attempts", Vec::new()).await.unwrap().unwrap().get("n").unwrap();
    println!(
        "{}: {rate:.0} deliveries/s of a full queue of {DELIVERIES}; at {} deliveries/s from commit to receipt p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms; {logged} attempts in the log",
        database.engine,
        STEADY_RATE * ENDPOINTS,
        at(500),
        at(950),
        at(990)
    );
}

#[tokio::main]
async fn main() {
    let wanted = std::env::args().nth(1);
    if wanted.as_deref() != Some("postgres") {
        measure(&sqlite()).await;
    }
    if wanted.as_deref() != Some("sqlite")
        && let Some(database) = postgres().await
    {
        measure(&database).await;
    }
}
