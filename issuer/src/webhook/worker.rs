//! Delivers what is due: leases it, tries it, writes what came of it.
//!
//! Any number of workers share the table. A worker that dies between the lease and the answer loses the lease by the clock, and the
//! delivery is tried again: at least once. An endpoint that does not answer holds only its own share of the places.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use passid_api::ids::WebhookEndpointId;
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryFailure, DeliveryStatus, DisabledReason};

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::service::Service;
use crate::store::webhooks::{self as table, AttemptRow, Lease, Leased, LoadedDelivery};
use crate::store::{Connection, StoreError};

use super::attempt::{self, Message, Outcome};
use super::{schedule, secrets};

/// Attempts at once.
const PLACES: usize = 256;
/// Attempts at once to one endpoint.
const PLACES_PER_ENDPOINT: usize = 16;
/// Seconds a lease lasts: well above the limit of an attempt and the writing of its outcome.
const LEASE_SECONDS: i64 = 40;
/// How often the table is looked at when nothing wakes the worker: what other processes queued, and what became due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// An endpoint to which nothing could be delivered for so long is disabled.
const FAILING_SECONDS: i64 = 5 * 24 * 3_600;

/// Delivers until `stop`, then ends the attempts under way.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut worker = Worker::new(service.clone());
    loop {
        if let Err(error) = worker.start_due().await {
            tracing::error!(%error, "due webhook deliveries could not be leased");
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = service.deliveries_due.notified() => {}
            Some(()) = worker.finish_one() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    while worker.finish_one().await.is_some() {}
}

/// Delivers everything that is due at this moment of the service's clock, and returns how many attempts were made.
///
/// # Errors
/// [`StoreError`] when the queue cannot be read.
pub async fn deliver_due(service: &Service) -> Result<usize, StoreError> {
    let mut worker = Worker::new(service.clone());
    let mut made = 0;
    loop {
        made += worker.start_due().await?;
        if worker.finish_one().await.is_none() {
            return Ok(made);
        }
    }
}

struct Worker {
    service: Service,
    running: JoinSet<()>,
    /// Which endpoint each attempt under way goes to.
    endpoints: HashMap<Id, WebhookEndpointId>,
}

impl Worker {
    fn new(service: Service) -> Self {
        Self { service, running: JoinSet::new(), endpoints: HashMap::new() }
    }

    /// Starts attempts until nothing is due or no place is free. Returns how many.
    async fn start_due(&mut self) -> Result<usize, StoreError> {
        let mut started = 0;
        loop {
            let free = PLACES.saturating_sub(self.running.len());
            let leased = if free == 0 { Vec::new() } else { self.lease(free).await? };
            if leased.is_empty() {
                return Ok(started);
            }
            started += leased.len();
            for leased in leased {
                let service = self.service.clone();
                let attempt = self.running.spawn(async move { deliver(&service, leased).await });
                self.endpoints.insert(attempt.id(), leased.endpoint);
            }
        }
    }

    /// Endpoints with at least half of their places taken.
    fn busy(&self) -> Vec<WebhookEndpointId> {
        let mut places = HashMap::<WebhookEndpointId, usize>::new();
        for endpoint in self.endpoints.values() {
            *places.entry(*endpoint).or_default() += 1;
        }
        places.retain(|_, taken| *taken >= PLACES_PER_ENDPOINT / 2);
        places.into_keys().collect()
    }

    /// Busy endpoints wait; the others get half of their places at most, so that none exceeds its share.
    async fn lease(&self, free: usize) -> Result<Vec<Leased>, StoreError> {
        let busy = self.busy();
        let now = self.service.clock.now();
        let mut reader = self.service.store.reader().await?;
        if !table::any_due(&mut reader, now, &busy).await? {
            return Ok(Vec::new());
        }
        drop(reader);
        let until = now.plus_seconds(LEASE_SECONDS);
        let places = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
        let (limit, per_endpoint) = (places(free), places(PLACES_PER_ENDPOINT / 2));
        self.service
            .store
            .write(move |connection| Box::pin(async move { table::lease_due(connection, &Lease { now, until, limit, per_endpoint, busy: &busy }).await }))
            .await
    }

    /// Waits for an attempt to end; `None` when none is under way.
    async fn finish_one(&mut self) -> Option<()> {
        let ended = match self.running.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "a webhook attempt ended abnormally; its lease ends by the clock");
                error.id()
            }
        };
        self.endpoints.remove(&ended);
        Some(())
    }
}

/// Tries one delivery and writes what came of it. What cannot be written is tried again once the lease has ended.
async fn deliver(service: &Service, leased: Leased) {
    match try_delivery(service, leased).await {
        Ok(()) => {}
        Err(error) => tracing::error!(event = %leased.event, endpoint = %leased.endpoint, code = %error.0.code, "a webhook attempt was not recorded"),
    }
}

async fn try_delivery(service: &Service, leased: Leased) -> Result<(), ApiError> {
    let mut reader = service.store.reader().await?;
    let loaded = table::load_leased(&mut reader, leased).await?;
    drop(reader);
    // Gone from under us: cancelled, or leased by somebody else since.
    let Some(loaded) = loaded else { return Ok(()) };
    let now = service.clock.now();
    let (single, attempts) = (loaded.single, loaded.attempts.saturating_add(1));
    let outcome = make_attempt(service, leased, loaded).await?;
    let retry = outcome.failure.filter(|failure| !single && *failure != DeliveryFailure::EndpointDisabled && !outcome.is_gone());
    let delay = retry.and_then(|_| service.with_random(|random| schedule::delay_after(attempts, outcome.retry_after, random)));
    let status = match (outcome.failure, delay) {
        (None, _) => DeliveryStatus::Delivered,
        (Some(_), Some(_)) => DeliveryStatus::Pending,
        (Some(_), None) => DeliveryStatus::Failed,
    };
    let next_attempt_at = now.plus_seconds(i64::from(delay.unwrap_or_default()));
    let (failed, gone) = (outcome.failure.is_some(), outcome.is_gone());
    let row = AttemptRow {
        status,
        next_attempt_at,
        failure: outcome.failure,
        response_status: outcome.response_status,
        response_body: outcome.response_body,
        duration_ms: outcome.duration_ms,
        attempted_at: now,
    };
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                // Whether somebody else tries it too by now makes no difference to the endpoint's health.
                table::record_attempt(connection, leased, row).await?;
                if gone {
                    return disable(connection, leased.endpoint, DisabledReason::Gone, now).await;
                }
                if single {
                    return Ok(());
                }
                if !failed {
                    return Ok(table::mark_working(connection, leased.endpoint).await?);
                }
                let since = table::mark_failing(connection, leased.endpoint, now).await?;
                if since.is_some_and(|since| now.seconds_since(since) >= FAILING_SECONDS) {
                    disable(connection, leased.endpoint, DisabledReason::Failing, now).await?;
                }
                Ok::<_, ApiError>(())
            })
        })
        .await
}

async fn make_attempt(service: &Service, leased: Leased, loaded: LoadedDelivery) -> Result<Outcome, ApiError> {
    // A test may go to an endpoint that is disabled, to see whether it works again.
    if loaded.removed || (!loaded.enabled && !loaded.single) {
        return Ok(Outcome::not_made(DeliveryFailure::EndpointDisabled));
    }
    let now = service.clock.now();
    let secrets = secrets::open(&service.sealer, leased.endpoint, &loaded.secrets, now)?;
    let limit = tokio::time::sleep(attempt::TIME_LIMIT);
    let message = Message { event: leased.event, body: loaded.body, url: &loaded.url, environment: loaded.environment, secrets: &secrets };
    Ok(attempt::make(&service.webhook_client, message, service.config.allow_loopback_webhooks, now, limit).await)
}

/// Disables an endpoint, gives up what was pending for it, and says so in the audit log.
async fn disable(connection: &mut Connection, endpoint: WebhookEndpointId, reason: DisabledReason, now: Timestamp) -> Result<(), ApiError> {
    let Some(institution) = table::disable_endpoint(connection, endpoint, reason, now).await? else { return Ok(()) };
    table::cancel_pending(connection, endpoint, now).await?;
    let actor = format!("delivery ({reason})");
    audit::append(connection, institution, Action::WebhookDisabled, &endpoint.to_string(), &actor, now).await?;
    Ok(())
}
