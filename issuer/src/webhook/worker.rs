//! Delivers what is due: leases it, tries it, writes what came of it.
//!
//! Any number of workers share the table. A worker that dies between the lease and the answer loses the lease by the clock, and the
//! delivery is tried again: at least once. An endpoint that does not answer holds only its own share of the places.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use passid_api::ids::WebhookEndpointId;
use passid_api::time::Timestamp;

use crate::service::Service;
use crate::store::StoreError;
use crate::store::webhooks::{self as table, LeasedDelivery};

use super::delivery::{self, Destination, Finished};
use super::places::Places;
use super::wake;

/// Endpoints looked at in one turn; the next turn goes on behind them.
const ENDPOINTS_PER_TURN: u32 = 128;
/// Endpoints leased for, and outcomes written, in one transaction, so that nobody waits long behind the worker.
const ENDPOINTS_PER_WRITE: usize = 8;
const OUTCOMES_PER_WRITE: usize = 64;
/// Seconds a lease lasts: well above the limit of an attempt and the writing of its outcome.
const LEASE_SECONDS: i64 = 25;
/// How often the table is looked at when nothing wakes the worker: for what became due, and where a wake-up was lost.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Delivers until `stop`, then ends the attempts under way.
pub async fn run(service: Service, stop: CancellationToken) {
    let exchange = tokio::spawn(wake::exchange(service.clone(), stop.clone()));
    let mut worker = Worker::new(service.clone());
    let mut finished = Vec::new();
    while !stop.is_cancelled() {
        if let Err(error) = worker.turn(std::mem::take(&mut finished)).await {
            tracing::error!(%error, "webhook deliveries could not be leased or recorded; what was tried is tried again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = service.deliveries_due.notified() => {}
            some = worker.finished(), if !worker.running.is_empty() => finished = some,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    while !worker.running.is_empty() {
        finished.extend(worker.finished().await);
    }
    if let Err(error) = worker.record(finished).await {
        tracing::error!(%error, "webhook deliveries could not be recorded; what was tried is tried again");
    }
    drop(exchange.await);
}

/// Frees what a dead process held, so that it need not wait for its leases to end. Call it before [`run`], and only where this is
/// the one process on the database: the embedded engine.
///
/// # Errors
/// [`StoreError`] when the queue cannot be written.
pub async fn take_over(service: &Service) -> Result<u64, StoreError> {
    service.store.write(|connection| Box::pin(table::release_leases(connection))).await
}

/// Delivers everything that is due at this moment of the service's clock, and returns how many attempts were made.
///
/// # Errors
/// [`StoreError`] when the queue cannot be read or written.
pub async fn deliver_due(service: &Service) -> Result<usize, StoreError> {
    let mut worker = Worker::new(service.clone());
    let (mut made, mut finished) = (0, Vec::new());
    loop {
        made += worker.turn(finished).await?;
        if worker.running.is_empty() {
            return Ok(made);
        }
        finished = worker.finished().await;
    }
}

struct Worker {
    service: Service,
    running: JoinSet<Finished>,
    places: Places,
    /// The last endpoint of the turn before; the next turn goes on behind it, so that all have theirs however many there are.
    after: String,
}

impl Worker {
    fn new(service: Service) -> Self {
        Self { service, running: JoinSet::new(), places: Places::default(), after: String::new() }
    }

    /// Records what has finished and starts what is due, as far as places are free. Returns how many attempts were started.
    async fn turn(&mut self, finished: Vec<Finished>) -> Result<usize, StoreError> {
        self.record(finished).await?;
        let leased = self.lease().await?;
        let started = leased.len();
        self.start(leased).await?;
        Ok(started)
    }

    /// Waits until attempts have ended and takes them all. Safe to give up waiting for.
    async fn finished(&mut self) -> Vec<Finished> {
        let mut next = self.running.join_next_with_id().await;
        let mut all = Vec::new();
        while let Some(ended) = next {
            all.extend(self.ended(ended));
            next = self.running.try_join_next_with_id();
        }
        all
    }

    fn ended(&mut self, ended: Result<(Id, Finished), JoinError>) -> Option<Finished> {
        match ended {
            Ok((id, finished)) => {
                self.places.give_back(id, Some(finished.is_failing()));
                Some(finished)
            }
            Err(error) => {
                tracing::error!(%error, "a webhook attempt ended abnormally; its lease ends by the clock");
                self.places.give_back(error.id(), None);
                None
            }
        }
    }

    /// Writes outcomes, then disables endpoints in a transaction each: they are rare, and lock more.
    async fn record(&self, mut finished: Vec<Finished>) -> Result<(), StoreError> {
        // One order for every worker, so that two of them never wait for each other's endpoints.
        finished.sort_by_key(Finished::endpoint);
        let disabling: Vec<_> = finished.iter().filter_map(Finished::disables).collect();
        while !finished.is_empty() {
            let some: Vec<_> = finished.drain(..finished.len().min(OUTCOMES_PER_WRITE)).collect();
            let recorded = self.service.store.write(move |connection| {
                Box::pin(async move {
                    for finished in some {
                        delivery::record(connection, finished).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            });
            recorded.await?;
        }
        for (endpoint, reason, now) in disabling {
            self.service.store.write(move |connection| Box::pin(async move { delivery::disable(connection, endpoint, reason, now).await })).await?;
        }
        Ok(())
    }

    /// Leases what is due, for every endpoint as much as it has places.
    async fn lease(&mut self) -> Result<Vec<LeasedDelivery>, StoreError> {
        let now = self.service.clock.now();
        let shares = self.places.share_out(self.due(now).await?);
        self.after = shares.last().map(|(endpoint, _)| endpoint.to_string()).unwrap_or_default();
        let mut leased = Vec::new();
        for some in shares.chunks(ENDPOINTS_PER_WRITE) {
            let some = some.to_vec();
            let taken = self.service.store.write(move |connection| {
                Box::pin(async move {
                    let mut leased = Vec::new();
                    for (endpoint, places) in some {
                        let limit = u32::try_from(places).unwrap_or(u32::MAX);
                        leased.extend(table::lease_due(connection, endpoint, now, now.plus_seconds(LEASE_SECONDS), limit).await?);
                    }
                    Ok::<_, StoreError>(leased)
                })
            });
            leased.extend(taken.await?);
        }
        Ok(leased)
    }

    /// Endpoints for which something is due, from behind the last turn's.
    async fn due(&self, now: Timestamp) -> Result<Vec<WebhookEndpointId>, StoreError> {
        let mut reader = self.service.store.reader().await?;
        let mut due = table::due_endpoints(&mut reader, now, &self.after, ENDPOINTS_PER_TURN).await?;
        let missing = ENDPOINTS_PER_TURN.saturating_sub(u32::try_from(due.len()).unwrap_or(u32::MAX));
        if missing > 0 && !self.after.is_empty() {
            let first = table::due_endpoints(&mut reader, now, "", missing).await?;
            due.extend(first.into_iter().filter(|endpoint| endpoint.to_string() <= self.after));
        }
        Ok(due)
    }

    async fn start(&mut self, leased: Vec<LeasedDelivery>) -> Result<(), StoreError> {
        let mut destinations = HashMap::<WebhookEndpointId, Option<Arc<Destination>>>::new();
        if leased.is_empty() {
            return Ok(());
        }
        let mut reader = self.service.store.reader().await?;
        for delivery in leased {
            let endpoint = delivery.leased.endpoint;
            let destination = if let Some(known) = destinations.get(&endpoint) {
                known.clone()
            } else {
                let loaded = Destination::load(&self.service, &mut reader, endpoint).await?.map(Arc::new);
                destinations.entry(endpoint).or_insert(loaded).clone()
            };
            let Some(destination) = destination else { continue };
            let service = self.service.clone();
            let attempt = self.running.spawn(async move { delivery::attempt(&service, delivery, destination).await });
            self.places.take(attempt.id(), endpoint);
        }
        Ok(())
    }
}
