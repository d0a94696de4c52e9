//! Ends records whose time is over, in small transactions, one kind after the other.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Service;
use crate::status::snapshot;
use crate::store::retention as table;
use crate::store::{Connection, StoreError, Work};

/// How often.
const EVERY: Duration = Duration::from_hours(1);
/// Records ended in one transaction, so that nobody waits long behind the job.
const BATCH: u32 = 500;

/// Ends what is due every hour until `stop`; of several processes on one database, one at a time.
pub async fn run(service: Service, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match enforce(&service).await {
            Ok(0) => {}
            Ok(ended) => tracing::info!(ended, "records whose time is over were ended"),
            Err(error) => tracing::error!(%error, "records whose time is over could not be ended; tried again in an hour"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Ends everything that is due now, and sums up the status page's old days. Returns how many records were ended.
///
/// # Errors
/// [`StoreError`]; what was ended before stays ended.
pub async fn enforce(service: &Service) -> Result<u64, StoreError> {
    let now = service.clock.now();
    let before = |days: u32| now.plus_seconds(-i64::from(days) * 24 * 3_600);
    let keep = service.config.retention;
    let mut ended = 0;
    ended += batches(service, before(keep.events), |connection, before| Box::pin(table::end_events(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.verifications), |connection, before| Box::pin(table::erase_verifications(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.sessions), |connection, before| Box::pin(table::end_sessions(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.shares), |connection, before| Box::pin(table::end_shares(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.bank_links), |connection, before| Box::pin(table::erase_declared_names(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.bank_links), |connection, before| Box::pin(crate::store::screened::end(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.sign_ins), |connection, before| Box::pin(table::end_sign_ins(connection, before, BATCH))).await?;
    ended += batches(service, now, |connection, before| Box::pin(table::end_invitations(connection, before, BATCH))).await?;
    ended += batches(service, before(keep.requests), |connection, before| Box::pin(table::end_requests(connection, before, BATCH))).await?;
    ended += service.store.write(move |connection| Box::pin(crate::store::idempotency::forget_old(connection, now))).await?;
    snapshot::sum_up(service).await?;
    Ok(ended)
}

type End = for<'c> fn(&'c mut Connection, passid_api::time::Timestamp) -> Work<'c, u64, StoreError>;

async fn batches(service: &Service, before: passid_api::time::Timestamp, end: End) -> Result<u64, StoreError> {
    let mut ended = 0;
    loop {
        let some = service.store.write(move |connection| end(connection, before)).await?;
        ended += some;
        if some < u64::from(BATCH) {
            return Ok(ended);
        }
    }
}
