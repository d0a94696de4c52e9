//! What a server on this machine could do at most: an answer, and an answer behind one durable row.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use passid_issuer::params;
use passid_issuer::store::{DatabaseUrl, Store, StoreError};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Serves both floors until killed: `/bare` answers, `/commit` writes one row through the same writer first.
pub(crate) async fn serve(address: SocketAddr, database: &DatabaseUrl) -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::open(database).await?;
    let router = Router::new().route("/bare", post(bare)).route("/commit", post(commit)).with_state(store);
    axum::serve(TcpListener::bind(address).await?, router).await?;
    Ok(())
}

async fn bare(body: Bytes) -> Json<Value> {
    Json(json!({ "ok": true, "bytes": body.len() }))
}

async fn commit(State(store): State<Store>, body: Bytes) -> Json<Value> {
    let name = format!("{body:?}").into_bytes();
    let written = store.write::<u64, StoreError, _>(move |connection| {
        Box::pin(async move { connection.execute("INSERT INTO limit_counts (name, whole_at) VALUES ($1, $2)", params![name, 1_i64]).await })
    });
    Json(json!({ "ok": written.await.is_ok() }))
}
