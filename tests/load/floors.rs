//! What a server on this machine could do at most: an answer, an answer behind one durable row, and one behind the rows that a
//! redemption leaves, with nothing decided, looked up or sealed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use passid_api::environment::Environment;
use passid_api::ids::{EventId, InstitutionId, VerificationId};
use passid_api::institution::InstitutionView;
use passid_api::time::{Clock, SystemClock};
use passid_api::webhook::EventKind;
use passid_issuer::audit::{self, Action};
use passid_issuer::params;
use passid_issuer::store::verifications::{StoredVerification, VerificationFacts};
use passid_issuer::store::webhooks::EventRow;
use passid_issuer::store::{self, DatabaseUrl, Store, StoreError};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Bytes of what a redemption of the load's shares stores: answer, evidence, provenance, event, sealed answer. Read off its database.
const SIZES: [usize; 5] = [1_234, 2_231, 422, 985, 1_316];

#[derive(Clone)]
struct Floor {
    store: Store,
    institution: InstitutionId,
    random: Arc<Mutex<StdRng>>,
}

impl Floor {
    fn with_random<T>(&self, make: impl FnOnce(&mut StdRng) -> T) -> T {
        make(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves the floors until killed: `/bare` answers, `/commit` writes one row through the same writer first, `/rows` a redemption's.
pub(crate) async fn serve(address: SocketAddr, database: &DatabaseUrl) -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(database).await?;
    let mut random = StdRng::try_from_rng(&mut rand::rngs::SysRng)?;
    let institution = InstitutionId::generate(&SystemClock, &mut random);
    let view = InstitutionView { id: institution, name: "Floor".to_owned(), live_enabled: false, created_at: SystemClock.now() };
    store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::institutions::insert(connection, &view).await })).await?;
    let floor = Floor { store, institution, random: Arc::new(Mutex::new(random)) };
    let router = Router::new().route("/bare", post(bare)).route("/commit", post(commit)).route("/rows", post(rows)).with_state(floor);
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}

async fn bare(body: Bytes) -> Json<Value> {
    Json(json!({ "ok": true, "bytes": body.len() }))
}

async fn commit(State(floor): State<Floor>, body: Bytes) -> Json<Value> {
    let name = format!("{body:?}").into_bytes();
    let written = floor.store.write::<u64, StoreError, _>(move |connection| {
        Box::pin(async move { connection.execute("INSERT INTO limit_counts (name, whole_at) VALUES ($1, $2)", params![name, 1_i64]).await })
    });
    Json(json!({ "ok": written.await.is_ok() }))
}

async fn rows(State(floor): State<Floor>) -> Json<Value> {
    let (institution, environment, now) = (floor.institution, Environment::Sandbox, SystemClock.now());
    let (id, event, token, scope) = floor.with_random(|random| {
        let (id, event) = (VerificationId::generate(&SystemClock, random), EventId::generate(&SystemClock, random));
        let mut digests = [[0_u8; 32]; 2];
        for digest in &mut digests {
            random.fill_bytes(digest);
        }
        (id, event, digests[0], digests[1])
    });
    let [response, evidence, provenance, body, sealed] = SIZES.map(|bytes| "x".repeat(bytes));
    let stored = StoredVerification { id, response, evidence: Some(evidence), created_at: now };
    let facts = VerificationFacts {
        institution_reference: Some("load".to_owned()),
        applicant_ref: Some("x".repeat(64)),
        provenance: Some(provenance),
        ..Default::default()
    };
    let event = EventRow { id: event, institution, environment, kind: EventKind::VerificationCompleted, body, created_at: now };
    let written = floor.store.write::<(), StoreError, _>(move |connection| {
        Box::pin(async move {
            store::idempotency::insert(connection, scope, token, 200, sealed.into_bytes(), now).await?;
            store::verifications::insert(connection, institution, environment, Some(token), &stored, &facts).await?;
            store::webhooks::insert_event(connection, event).await?;
            audit::append(connection, institution, Action::VerificationCompleted, &id.to_string(), "api key", now).await
        })
    });
    Json(json!({ "ok": written.await.is_ok() }))
}
