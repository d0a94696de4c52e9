//! The log, and traces by OpenTelemetry where a collector is configured.
//!
//! A trace holds what the log holds: the method, the route's pattern, the status and the request's identifier, how long the database,
//! the proof and each webhook took; no address, token, claim or name. Traces go out as OTLP over HTTP with JSON
//! (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>), in batches, from a thread of their own; when the collector is away they are
//! dropped and the log says so once in a while.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use opentelemetry::context::FutureExt;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request as Sent, Response as Received};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, Tracer};
use tokio::runtime::Handle;
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, filter};
use url::Url;

use crate::failure::Failure;
use crate::server::plain_client;
use crate::settings::LogFormat;

/// Where below the collector's address traces go, after the specification of OTLP over HTTP.
const TRACES: &str = "v1/traces";
/// How long one batch may take to be taken.
const EXPORT_LIMIT: Duration = Duration::from_secs(10);
/// How long the last batch may take when the server stops.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// Sends with the server's own HTTP client, on its runtime: the exporter's thread has none.
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

impl fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sender")
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Sent<Bytes>) -> Result<Received<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let (parts, body) = request.into_parts();
            let url = Url::parse(&parts.uri.to_string())?;
            let sent = client.request(parts.method, url).headers(parts.headers).timeout(EXPORT_LIMIT).body(body).send().await?;
            let (status, body) = (sent.status(), sent.bytes().await?);
            let mut response = Received::new(body);
            *response.status_mut() = status;
            Ok::<_, HttpError>(response)
        });
        sending.await?
    }
}

/// Traces that are being collected; flushed by [`Traces::end`].
pub(crate) struct Traces(Option<SdkTracerProvider>);

/// Begins the log, and traces to the collector if there is one. Call once, on the runtime.
pub(crate) fn begin(format: LogFormat, collector: Option<&Url>) -> Result<Traces, Failure> {
    let provider = collector.map(provider).transpose()?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).with_filter(filter).boxed(),
    };
    let traces = provider.as_ref().map(|provider| trace(provider.tracer("passid")));
    tracing_subscriber::registry().with(lines).with(traces).init();
    Ok(Traces(provider))
}

/// Our own spans down to the finer ones, and of what is logged inside them what the log shows by default.
fn trace<S>(tracer: Tracer) -> impl Layer<S>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    let ours = filter::filter_fn(|metadata| {
        let level = if metadata.is_span() { Level::DEBUG } else { Level::INFO };
        // The log's span repeats what the trace's own says.
        metadata.target().starts_with("passid") && *metadata.level() <= level && metadata.name() != "request"
    });
    tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false).with_filter(ours)
}

fn provider(collector: &Url) -> Result<SdkTracerProvider, Failure> {
    let failed = |error: &dyn fmt::Display| Failure::Operator(format!("otlp_endpoint: {error}"));
    let sender = Sender { client: plain_client()?, runtime: Handle::current() };
    let endpoint = format!("{}/{TRACES}", collector.as_str().trim_end_matches('/'));
    let exporter =
        SpanExporter::builder().with_http().with_http_client(sender).with_protocol(Protocol::HttpJson).with_endpoint(endpoint).with_timeout(EXPORT_LIMIT);
    let exporter = exporter.build().map_err(|error| failed(&error))?;
    let resource = Resource::builder_empty()
        .with_attribute(opentelemetry::KeyValue::new("service.name", "passid"))
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Traces {
    /// Lets a request's trace go on where its `traceparent` header says it began (<https://www.w3.org/TR/trace-context/>).
    pub(crate) fn continue_in(&self, router: Router) -> Router {
        if self.0.is_none() {
            return router;
        }
        router.layer(from_fn(|request: Request, next: Next| {
            let context = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
            next.run(request).with_context(context)
        }))
    }

    /// Sends what is left.
    pub(crate) async fn end(self) {
        if let Some(provider) = self.0 {
            let ended = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH_LIMIT)).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::warn!("the collector did not take the last traces");
            }
        }
    }
}
