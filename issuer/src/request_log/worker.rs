//! Writes the log, beside the requests.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;
use crate::store::request_log as table;

/// How often.
const EVERY: Duration = Duration::from_secs(1);
/// Entries of one transaction: a redemption that comes in between does not wait long.
const BATCH: usize = 128;

/// Writes what waits every second until `stop`. What comes later is for [`flush`].
pub async fn run(service: Service, stop: CancellationToken) {
    while !stop.is_cancelled() {
        flush(&service).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Writes everything that waits now. What the database does not take is dropped and counted.
pub async fn flush(service: &Service) {
    loop {
        let rows = service.request_log.take(BATCH);
        if rows.is_empty() {
            return;
        }
        let count = rows.len();
        let written = service.store.write(move |connection| Box::pin(async move { table::insert(connection, &rows).await })).await;
        if let Err(error) = written {
            tracing::error!(%error, count, "entries of the request log could not be written and are dropped");
            service.metrics.note_requests_unlogged(count);
        }
    }
}
