//! Numbers for the operator's monitoring, in the text format Prometheus reads. Nothing in them names a person or a workspace.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use passid_api::environment::Environment;

use crate::http::ApiError;
use crate::service::Service;
use crate::store;

/// Content type of what [`render`] gives.
pub const TEXT_FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds, from a read of one row to what the agreement calls down.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Attempted {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InEnvironment {
    environment: &'static str,
}

/// What is counted and measured.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Answered, Counter>,
    request_seconds: Family<Route, Histogram, fn() -> Histogram>,
    attempts: Family<Attempted, Counter>,
    attempt_seconds: Histogram,
    queued: Gauge,
    queue_age: Gauge,
    tree_size: Family<InEnvironment, Gauge>,
    tree_revocations: Family<InEnvironment, Gauge>,
    unlogged: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("passid");
        let unlogged = Counter::default();
        let requests = Family::<Answered, Counter>::default();
        let request_seconds = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(|| Histogram::new(SECONDS));
        let attempts = Family::<Attempted, Counter>::default();
        let attempt_seconds = Histogram::new(SECONDS);
        let (queued, queue_age) = (Gauge::default(), Gauge::default());
        let (tree_size, tree_revocations) = (Family::<InEnvironment, Gauge>::default(), Family::<InEnvironment, Gauge>::default());
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "Seconds until a request was answered", request_seconds.clone());
        registry.register("webhook_attempts", "Attempts to deliver an event, by what came of them", attempts.clone());
        registry.register("webhook_attempt_seconds", "Seconds an attempt took", attempt_seconds.clone());
        registry.register("webhook_queue", "Deliveries queued, retries included", queued.clone());
        registry.register("webhook_queue_age_seconds", "Seconds the longest waiting delivery to a working endpoint is overdue", queue_age.clone());
        registry.register("tree_leaves", "Credentials appended to the tree", tree_size.clone());
        registry.register("tree_revocations", "Credentials revoked or replaced", tree_revocations.clone());
        registry.register("request_log_dropped", "Requests missing in workspaces' request logs: the database did not keep up", unlogged.clone());
        Self { registry: Mutex::new(registry), requests, request_seconds, attempts, attempt_seconds, queued, queue_age, tree_size, tree_revocations, unlogged }
    }
}

impl Metrics {
    /// Counts a request. `route` is the route's pattern, never the address: addresses hold tokens.
    pub fn note_request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.get_or_create(&Answered { method: method.to_owned(), route: route.to_owned(), status }).inc();
        self.request_seconds.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    /// Counts requests that a request log lacks.
    pub fn note_requests_unlogged(&self, count: usize) {
        self.unlogged.inc_by(count as u64);
    }

    /// Counts an attempt to deliver an event.
    pub fn note_attempt(&self, outcome: &'static str, took: Duration) {
        self.attempts.get_or_create(&Attempted { outcome }).inc();
        self.attempt_seconds.observe(took.as_secs_f64());
    }
}

/// Everything, as text. What only the database knows is read now.
///
/// # Errors
/// `internal` when the database does not answer.
pub async fn render(service: &Service) -> Result<String, ApiError> {
    let metrics = &service.metrics;
    let mut reader = service.store.reader().await?;
    let now = service.clock.now();
    metrics.queued.set(store::webhooks::count_pending(&mut reader).await?);
    let waiting = store::webhooks::waiting_since(&mut reader, now).await?;
    metrics.queue_age.set(waiting.map_or(0, |since| now.seconds_since(since)));
    for environment in Environment::ALL {
        let state = store::trees::state(&mut reader, *environment).await?;
        let label = InEnvironment { environment: environment.as_str() };
        metrics.tree_size.get_or_create(&label).set(i64::try_from(state.size).unwrap_or(i64::MAX));
        metrics.tree_revocations.get_or_create(&label).set(i64::try_from(state.revocations).unwrap_or(i64::MAX));
    }
    let mut text = String::new();
    let registry = metrics.registry.lock().unwrap_or_else(PoisonError::into_inner);
    encode(&mut text, &registry).map_err(|error| ApiError::internal(&error))?;
    Ok(text)
}
