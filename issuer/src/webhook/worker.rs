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

use crate::service::Service;
use crate::store::StoreError;
use crate::store::webhooks::{self as table, Lease, LeasedDelivery};

use super::delivery::{self, Destination, Finished};

/// Attempts at once.
const PLACES: usize = 512;
/// Attempts at once to one endpoint.
const PLACES_PER_ENDPOINT: usize = 64;
/// Attempts at once to an endpoint whose last attempt failed; a dead one keeps each of them busy for ten seconds.
const PLACES_WHEN_FAILING: usize = 4;
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
}

impl Worker {
    fn new(service: Service) -> Self {
        Self { service, running: JoinSet::new(), endpoints: HashMap::new(), failing: HashSet::new() }
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
                if finished.failed() {
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

    /// Writes outcomes in one transaction, then disables endpoints in one each: they are rare, and lock more.
    async fn record(&self, mut finished: Vec<Finished>) -> Result<(), StoreError> {
        if finished.is_empty() {
            return Ok(());
        }
        // One order for every worker, so that two of them never wait for each other's endpoints.
        finished.sort_by_key(Finished::endpoint);
        let disabling: Vec<_> = finished.iter().filter_map(Finished::disables).collect();
        let recorded = self.service.store.write(move |connection| {
            Box::pin(async move {
                for finished in finished {
                    delivery::record(connection, finished).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        recorded.await?;
        for (endpoint, reason, now) in disabling {
            self.service.store.write(move |connection| Box::pin(async move { delivery::disable(connection, endpoint, reason, now).await })).await?;
        }
        Ok(())
    }

    /// Endpoints with at least half of their places taken wait; the others get half of them at most, so that none exceeds its share.
    async fn lease(&self) -> Result<Vec<LeasedDelivery>, StoreError> {
        let free = PLACES.saturating_sub(self.running.len());
        let (busy, now) = (self.busy(), self.service.clock.now());
        if free == 0 || !table::any_due(&mut self.service.store.reader().await?, now, &busy).await? {
            return Ok(Vec::new());
        }
        let failing: Vec<_> = self.failing.iter().copied().collect();
        let count = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
        let leased = self.service.store.write(move |connection| {
            Box::pin(async move {
                let lease = Lease {
                    now,
                    until: now.plus_seconds(LEASE_SECONDS),
                    limit: count(free),
                    per_endpoint: count(PLACES_PER_ENDPOINT / 2),
                    busy: &busy,
                    failing: &failing,
                    per_failing: count(PLACES_WHEN_FAILING / 2),
                };
                table::lease_due(connection, &lease).await
            })
        });
        leased.await
    }

    fn busy(&self) -> Vec<WebhookEndpointId> {
        let mut places = HashMap::<WebhookEndpointId, usize>::new();
        for endpoint in self.endpoints.values() {
            *places.entry(*endpoint).or_default() += 1;
        }
        let share = |endpoint: &WebhookEndpointId| if self.failing.contains(endpoint) { PLACES_WHEN_FAILING } else { PLACES_PER_ENDPOINT };
        places.into_iter().filter(|(endpoint, taken)| *taken >= share(endpoint) / 2).map(|(endpoint, _)| endpoint).collect()
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
