//! Every twenty seconds: probe, write down what was seen, take the picture.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;
use crate::store::{self, StoreError};

use super::{probe, snapshot};

/// How often.
const EVERY: Duration = Duration::from_secs(20);

/// Watches the service until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    while !stop.is_cancelled() {
        turn(&service).await;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// One turn.
pub async fn turn(service: &Service) {
    probe::probe_all(service).await;
    if let Err(error) = write_down(service).await {
        tracing::error!(%error, "what was seen of the service could not be written down; it is kept in memory");
    }
    let picture = snapshot::take(service).await;
    service.status.show(picture);
}

async fn write_down(service: &Service) -> Result<(), StoreError> {
    let counts = service.status.take();
    let writing = counts.clone();
    let written = service.store.write::<(), StoreError, _>(move |connection| {
        Box::pin(async move {
            for ((minute, component), counts) in writing {
                store::status::add(connection, component, minute, counts).await?;
            }
            Ok(())
        })
    });
    let written = written.await;
    if written.is_err() {
        service.status.put_back(counts);
    }
    written
}
