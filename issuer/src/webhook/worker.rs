//! Delivers what is due: leases it, tries it, writes what came of it.
//!
//! Any number of workers share the table. A worker that dies between the lease and the answer loses the lease by the clock, and the
//! delivery is tried again: at least once. An endpoint that does not answer holds only its own share of the places.

use std::collections::{HashMap, HashSet};
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

/// Attempts at once.
const PLACES: usize = 512;
/// Attempts at once to one endpoint.
const PLACES_PER_ENDPOINT: usize = 64;
/// Attempts at once to an endpoint whose last attempt failed; a dead one keeps each of them busy for ten seconds.
const PLACES_WHEN_FAILING: usize = 4;
/// Endpoints looked at in one turn; the next turn goes on behind them.
const ENDPOINTS_PER_TURN: u32 = 128;
/// Rows written in one transaction, so that nobody waits long behind the worker.
const ROWS_PER_WRITE: usize = 64;
/// Seconds a lease lasts: well above the limit of an attempt and the writing of its outcome.
const LEASE_SECONDS: i64 = 40;
/// How often the table is looked at when nothing wakes the worker: what other processes queued, and what became due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Delivers until `stop`, then ends the attempts under way.
pub async fn run(service: Service, stop: CancellationToken) {
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
    /// Which endpoint each attempt under way goes to.
    endpoints: HashMap<Id, WebhookEndpointId>,
    /// Endpoints whose last attempt here failed.
    failing: HashSet<WebhookEndpointId>,
    /// The last endpoint of the turn before.
    after: String,
}

impl Worker {
    fn new(service: Service) -> Self {
        Self { service, running: JoinSet::new(), endpoints: HashMap::new(), failing: HashSet::new(), after: String::new() }
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
                self.endpoints.remove(&id);
                if finished.is_failing() {
                    self.failing.insert(finished.endpoint())
                } else {
                    self.failing.remove(&finished.endpoint())
                };
                Some(finished)
            }
            Err(error) => {
                tracing::error!(%error, "a webhook attempt ended abnormally; its lease ends by the clock");
                self.endpoints.remove(&error.id());
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
            let some: Vec<_> = finished.drain(..finished.len().min(ROWS_PER_WRITE)).collect();
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

    /// Leases what is due, every endpoint as many as it has places left.
    async fn lease(&mut self) -> Result<Vec<LeasedDelivery>, StoreError> {
        let now = self.service.clock.now();
        let mut due = self.due(now).await?.into_iter();
        let mut free = PLACES.saturating_sub(self.running.len());
        let mut leased = Vec::new();
        while free > 0 {
            let (mut wanted, mut rows) = (Vec::new(), 0);
            for (endpoint, room) in due.by_ref() {
                let room = room.min(free - rows).min(ROWS_PER_WRITE - rows);
                wanted.push((endpoint, u32::try_from(room).unwrap_or(u32::MAX)));
                rows += room;
                if rows == free || rows == ROWS_PER_WRITE {
                    break;
                }
            }
            if wanted.is_empty() {
                break;
            }
            let taken = self.service.store.write(move |connection| {
                Box::pin(async move {
                    let mut leased = Vec::new();
                    for (endpoint, room) in wanted {
                        leased.extend(table::lease_due(connection, endpoint, now, now.plus_seconds(LEASE_SECONDS), room).await?);
                    }
                    Ok::<_, StoreError>(leased)
                })
            });
            let taken = taken.await?;
            free -= taken.len().min(free);
            leased.extend(taken);
        }
        Ok(leased)
    }

    /// Endpoints for which something is due and that have places left, with their number. Each turn goes on where the one before
    /// stopped, so that all have theirs however many there are.
    async fn due(&mut self, now: Timestamp) -> Result<Vec<(WebhookEndpointId, usize)>, StoreError> {
        let mut reader = self.service.store.reader().await?;
        let mut due = table::due_endpoints(&mut reader, now, &self.after, ENDPOINTS_PER_TURN).await?;
        let missing = ENDPOINTS_PER_TURN.saturating_sub(u32::try_from(due.len()).unwrap_or(u32::MAX));
        if missing > 0 && !self.after.is_empty() {
            let first = table::due_endpoints(&mut reader, now, "", missing).await?;
            due.extend(first.into_iter().filter(|endpoint| endpoint.to_string() <= self.after));
        }
        self.after = due.last().map(ToString::to_string).unwrap_or_default();
        let mut taken = HashMap::<WebhookEndpointId, usize>::new();
        for endpoint in self.endpoints.values() {
            *taken.entry(*endpoint).or_default() += 1;
        }
        let room = |endpoint: &WebhookEndpointId| {
            let share = if self.failing.contains(endpoint) { PLACES_WHEN_FAILING } else { PLACES_PER_ENDPOINT };
            share.saturating_sub(taken.get(endpoint).copied().unwrap_or_default())
        };
        Ok(due.into_iter().map(|endpoint| (endpoint, room(&endpoint))).filter(|(_, room)| *room > 0).collect())
    }

    async fn start(&mut self, leased: Vec<LeasedDelivery>) -> Result<(), StoreError> {
        let mut destinations = HashMap::<WebhookEndpointId, Option<Arc<Destination>>>::new();
        if leased.is_empty() {
            return Ok(());
        }
        let mut reader = self.service.store.reader().await?;
        for delivery in leased {
            let endpoint = delivery.leased.endpoint;
            let destination = match destinations.get(&endpoint) {
                Some(known) => known.clone(),
                None => {
                    let loaded = Destination::load(&self.service, &mut reader, endpoint).await?.map(Arc::new);
                    destinations.entry(endpoint).or_insert(loaded).clone()
                }
            };
            let Some(destination) = destination else { continue };
            let service = self.service.clone();
            let attempt = self.running.spawn(async move { delivery::attempt(&service, delivery, destination).await });
            self.endpoints.insert(attempt.id(), endpoint);
        }
        Ok(())
    }
}
