//! Signs checkpoints of logs that have grown, those of workspaces and that of screening, while the server runs.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::screening::log;
use crate::service::Service;

use super::checkpoint;

/// How often: what can be cut off unnoticed is no older than this.
const EVERY: Duration = Duration::from_mins(1);

/// Signs until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = checkpoint::make_due(&service).await {
            tracing::error!(%error, "checkpoints of audit logs could not be signed");
        }
        if let Err(error) = log::checkpoint(&service).await {
            tracing::error!(%error, "a checkpoint of the screening log could not be signed");
        }
    }
}
