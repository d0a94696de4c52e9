//! One delivery: from the lease to what is written about it.

use std::sync::Arc;

use tracing::Instrument;

use passid_api::environment::Environment;
use passid_api::ids::WebhookEndpointId;
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryFailure, DeliveryStatus, DisabledReason};

use crate::audit::{self, Action};
use crate::service::Service;
use crate::store::webhooks::{self as table, AttemptRow, Leased, LeasedDelivery};
use crate::store::{Connection, StoreError};

use super::attempt::{self, Message, Outcome};
use super::schedule;
use super::secrets::{self, SigningSecrets};

/// An endpoint to which nothing could be delivered for so long is disabled: five days.
const FAILING_SECONDS: i64 = 5 * 24 * 3_600;

/// An endpoint as it was when its deliveries were leased.
pub(super) struct Destination {
    environment: Environment,
    url: String,
    enabled: bool,
    failing_since: Option<Timestamp>,
    /// None once it was removed.
    secrets: Option<SigningSecrets>,
}

impl Destination {
    /// Loads an endpoint and opens its secrets. `None` when they do not open: nothing can be signed then.
    pub(super) async fn load(service: &Service, connection: &mut Connection, id: WebhookEndpointId) -> Result<Option<Self>, StoreError> {
        let Some(row) = table::find_destination(connection, id).await? else { return Ok(None) };
        let secrets = row.secrets.map(|secrets| secrets::open(&service.sealer, id, &secrets, service.clock.now())).transpose();
        match secrets {
            Ok(secrets) => Ok(Some(Self { environment: row.environment, url: row.url, enabled: row.enabled, failing_since: row.failing_since, secrets })),
            Err(error) => {
                tracing::error!(endpoint = %id, %error, "a webhook secret does not open; its deliveries wait");
                Ok(None)
            }
        }
    }
}

/// A delivery that was tried.
pub(super) struct Finished {
    leased: Leased,
    attempt: AttemptRow,
    /// What the attempt says about the endpoint's health.
    health: Health,
}

/// What an attempt says about its endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// Nothing: it was a test, or nothing was sent, or what is known already.
    Unchanged,
    Working,
    Failing,
    Disable(DisabledReason),
}

impl Finished {
    pub(super) const fn endpoint(&self) -> WebhookEndpointId {
        self.leased.endpoint
    }

    /// Whether the endpoint did not take the event, and will be asked again.
    pub(super) fn is_failing(&self) -> bool {
        self.attempt.failure.is_some_and(|failure| failure != DeliveryFailure::EndpointDisabled) && self.disables().is_none()
    }

    /// Whether and why the endpoint is to be disabled.
    pub(super) fn disables(&self) -> Option<(WebhookEndpointId, DisabledReason, Timestamp)> {
        match self.health {
            Health::Disable(reason) => Some((self.leased.endpoint, reason, self.attempt.attempted_at)),
            Health::Unchanged | Health::Working | Health::Failing => None,
        }
    }
}

/// Tries one delivery.
pub(super) async fn attempt(service: &Service, delivery: LeasedDelivery, destination: Arc<Destination>) -> Finished {
    let LeasedDelivery { leased, body, single, attempts } = delivery;
    let now = service.clock.now();
    let outcome = match &destination.secrets {
        // A test may go to an endpoint that is disabled, to see whether it works again.
        Some(secrets) if destination.enabled || single => {
            let message = Message { event: leased.event, body, url: &destination.url, environment: destination.environment, secrets };
            let limit = tokio::time::sleep(attempt::TIME_LIMIT);
            let span = tracing::debug_span!("deliver webhook", otel.kind = "client", event = %leased.event, endpoint = %leased.endpoint);
            attempt::make(&service.webhook_client, message, service.config.allow_loopback_webhooks, now, limit).instrument(span).await
        }
        _ => Outcome::not_made(DeliveryFailure::EndpointDisabled),
    };
    let may_be_tried_again = outcome.failure.is_some_and(|failure| !single && failure != DeliveryFailure::EndpointDisabled && !outcome.is_gone());
    let delay =
        if may_be_tried_again { service.with_random(|random| schedule::delay_after(attempts.saturating_add(1), outcome.retry_after, random)) } else { None };
    let health = health(&outcome, single, delay.is_none(), destination.failing_since, now);
    let took = std::time::Duration::from_millis(u64::from(outcome.duration_ms));
    service.metrics.note_attempt(outcome.failure.map_or("delivered", DeliveryFailure::as_str), took);
    let status = match (outcome.failure, delay) {
        (None, _) => DeliveryStatus::Delivered,
        (Some(_), Some(_)) => DeliveryStatus::Pending,
        (Some(_), None) => DeliveryStatus::Failed,
    };
    let attempt = AttemptRow {
        status,
        next_attempt_at: now.plus_seconds(i64::from(delay.unwrap_or_default())),
        failure: outcome.failure,
        response_status: outcome.response_status,
        response_body: outcome.response_body,
        duration_ms: outcome.duration_ms,
        attempted_at: now,
    };
    Finished { leased, attempt, health }
}

/// An endpoint is given up with the last attempt of a delivery only: a short failure after days of silence gets its retries.
fn health(outcome: &Outcome, single: bool, last: bool, failing_since: Option<Timestamp>, now: Timestamp) -> Health {
    let failing_too_long = failing_since.is_some_and(|since| now.seconds_since(since) >= FAILING_SECONDS);
    match outcome.failure {
        // "Gone" is meant for good, whatever it answers to.
        Some(_) if outcome.is_gone() => Health::Disable(DisabledReason::Gone),
        Some(DeliveryFailure::EndpointDisabled) => Health::Unchanged,
        _ if single => Health::Unchanged,
        Some(_) if last && failing_too_long => Health::Disable(DisabledReason::Failing),
        Some(_) if failing_since.is_none() => Health::Failing,
        None if failing_since.is_some() => Health::Working,
        _ => Health::Unchanged,
    }
}

/// Writes what came of an attempt. Whether somebody else tries the delivery too by now makes no difference to the endpoint's health.
pub(super) async fn record(connection: &mut Connection, finished: Finished) -> Result<(), StoreError> {
    let (endpoint, now) = (finished.leased.endpoint, finished.attempt.attempted_at);
    table::record_attempt(connection, finished.leased, finished.attempt).await?;
    match finished.health {
        Health::Working => table::mark_working(connection, endpoint).await,
        Health::Failing => table::mark_failing(connection, endpoint, now).await,
        Health::Unchanged | Health::Disable(_) => Ok(()),
    }
}

/// Disables an endpoint, gives up what was pending for it, and says so in the audit log.
pub(super) async fn disable(connection: &mut Connection, endpoint: WebhookEndpointId, reason: DisabledReason, now: Timestamp) -> Result<(), StoreError> {
    let Some(institution) = table::disable_endpoint(connection, endpoint, reason, now).await? else { return Ok(()) };
    table::cancel_pending(connection, endpoint, now).await?;
    let actor = format!("delivery ({reason})");
    audit::append(connection, institution, Action::WebhookDisabled, &endpoint.to_string(), &actor, now).await
}
