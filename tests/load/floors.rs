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
use passid_issuer::audit::{self, Action, Entry};
use passid_issuer::gather::Line;
use passid_issuer::params;
use passid_issuer::store::idempotency::NewAnswer;
use passid_issuer::store::verifications::{NewVerification, StoredVerification, VerificationFacts};
use passid_issuer::store::webhooks::EventRow;
use passid_issuer::store::{self, DatabaseUrl, Store, StoreError};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Bytes of what a redemption of the load's shares stores: answer, evidence, provenance, event, sealed answer. Read off its database.
const SIZES: [usize; 5] = [1_234, 2_231, 422, 985, 1_316];
/// Redemptions in one transaction at most, as the issuer does it.
const AT_ONCE: usize = 32;

#[derive(Clone)]
struct Floor {
    store: Store,
    institution: InstitutionId,
    random: Arc<Mutex<StdRng>>,
    rows: Arc<Line<Rows, bool>>,
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
    let floor = Floor { store, institution, random: Arc::new(Mutex::new(random)), rows: Arc::new(Line::new(1)) };
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

/// The rows of one redemption.
struct Rows {
    answer: NewAnswer,
    verification: NewVerification,
    event: EventRow,
    entry: Entry,
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
    let rows = Rows {
        answer: NewAnswer { scope, body_digest: token, status: 200, sealed_body: sealed.into_bytes() },
        verification: NewVerification { institution, environment, token_digest: Some(token), stored, facts },
        event: EventRow { id: event, institution, environment, kind: EventKind::VerificationCompleted, body, created_at: now },
        entry: Entry { institution, action: Action::VerificationCompleted, subject: id.to_string(), actor: "api key".to_owned() },
    };
    let written = floor.rows.join(rows, || {
        tokio::spawn(write(floor.clone()));
    });
    Json(json!({ "ok": written.await.unwrap_or(false) }))
}

/// Writes together what waits, as the issuer does.
async fn write(floor: Floor) {
    while let Some(batch) = floor.rows.next(AT_ONCE) {
        let (rows, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.item, waiting.answer)).unzip();
        let now = SystemClock.now();
        let written = floor.store.write::<(), StoreError, _>(move |connection| {
            Box::pin(async move {
                store::idempotency::insert_each(connection, &rows.iter().map(|rows| &rows.answer).collect::<Vec<_>>(), now).await?;
                store::verifications::insert_each(connection, &rows.iter().map(|rows| &rows.verification).collect::<Vec<_>>()).await?;
                store::webhooks::insert_events(connection, &rows.iter().map(|rows| &rows.event).collect::<Vec<_>>()).await?;
                let entries: Vec<_> = rows.iter().map(|rows| &rows.entry).collect();
                audit::append_each(connection, &entries, now).await
            })
        });
        let done = written.await.is_ok();
        for answer in answers {
            // Whoever asked may have gone.
            let _ = answer.send(done);
        }
    }
}
