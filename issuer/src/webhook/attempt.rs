//! One attempt: sign, send, read the answer, all within one limit of time and size.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue, InvalidHeaderValue};
use reqwest::{Response, StatusCode};
use tokio::time::Instant;

use passid_api::environment::Environment;
use passid_api::ids::EventId;
use passid_api::time::Timestamp;
use passid_api::webhook::{DeliveryFailure, ID_HEADER, SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER, TIMESTAMP_HEADER};

use super::client::AddressNotAllowed;
use super::secrets::SigningSecrets;
use super::target::Target;

/// One limit for connecting, the answer's headers and its body.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(10);
/// More of an answer's body is not read.
const READ_LIMIT: usize = 16 * 1_024;
/// More of it is not kept.
const KEPT_CHARACTERS: usize = 2_048;

/// What is sent where.
pub(super) struct Message<'a> {
    pub(super) event: EventId,
    pub(super) body: String,
    pub(super) url: &'a str,
    pub(super) environment: Environment,
    pub(super) secrets: &'a SigningSecrets,
}

/// What came of it.
pub(super) struct Outcome {
    pub(super) failure: Option<DeliveryFailure>,
    pub(super) response_status: Option<u16>,
    pub(super) response_body: Option<String>,
    /// Seconds the receiver asked to be left alone for.
    pub(super) retry_after: Option<u32>,
    pub(super) duration_ms: u32,
}

impl Outcome {
    /// An attempt that was not made.
    pub(super) const fn not_made(failure: DeliveryFailure) -> Self {
        Self { failure: Some(failure), response_status: None, response_body: None, retry_after: None, duration_ms: 0 }
    }

    /// Whether the receiver wants no more events, ever (Standard Webhooks 1.0).
    pub(super) fn is_gone(&self) -> bool {
        self.response_status == Some(StatusCode::GONE.as_u16())
    }
}

/// Makes one attempt, given up when `limit` completes: in service that is [`TIME_LIMIT`] later.
pub(super) async fn make(client: &reqwest::Client, message: Message<'_>, allow_loopback: bool, now: Timestamp, limit: impl Future<Output = ()>) -> Outcome {
    // Checked again: the operator's leave may have been withdrawn since it was registered, and literal addresses meet no resolver.
    let Ok(target) = Target::parse(message.url, message.environment, allow_loopback) else {
        return Outcome::not_made(DeliveryFailure::AddressNotAllowed);
    };
    let Ok(headers) = headers(&message, now) else {
        return Outcome::not_made(DeliveryFailure::ConnectionFailed);
    };
    let request = client.post(target.url()).headers(headers).body(message.body);
    let started = Instant::now();
    let exchange = async { read(request.send().await?, now).await };
    let answer = tokio::select! {
        answer = exchange => Some(answer),
        () = limit => None,
    };
    let mut outcome = match answer {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) if is_not_allowed(&error) => Outcome::not_made(DeliveryFailure::AddressNotAllowed),
        Some(Err(_)) => Outcome::not_made(DeliveryFailure::ConnectionFailed),
        None => Outcome::not_made(DeliveryFailure::TimedOut),
    };
    outcome.duration_ms = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
    outcome
}

fn headers(message: &Message<'_>, now: Timestamp) -> Result<HeaderMap, InvalidHeaderValue> {
    let (id, body) = (message.event.to_string(), message.body.as_bytes());
    let mut signatures = message.secrets.current.sign_standard(&id, now.seconds(), body);
    if let Some(previous) = &message.secrets.previous {
        signatures.push(' ');
        signatures.push_str(&previous.sign_standard(&id, now.seconds(), body));
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(SIGNATURE_HEADER, message.secrets.current.sign_body(body).try_into()?);
    headers.insert(ID_HEADER, id.try_into()?);
    headers.insert(TIMESTAMP_HEADER, now.seconds().into());
    headers.insert(STANDARD_SIGNATURE_HEADER, signatures.try_into()?);
    Ok(headers)
}

async fn read(mut response: Response, now: Timestamp) -> Result<Outcome, reqwest::Error> {
    let status = response.status();
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| seconds_to_wait(value.to_str().ok()?, now));
    let mut body = Vec::new();
    while body.len() < READ_LIMIT {
        let Some(chunk) = response.chunk().await? else { break };
        body.extend_from_slice(chunk.get(..chunk.len().min(READ_LIMIT - body.len())).unwrap_or_default());
    }
    Ok(Outcome {
        failure: (!status.is_success()).then_some(DeliveryFailure::Refused),
        response_status: Some(status.as_u16()),
        response_body: (!body.is_empty()).then(|| readable(&body)),
        retry_after,
        duration_ms: 0,
    })
}

/// The beginning of a body as text; PostgreSQL keeps no NUL in text.
fn readable(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(KEPT_CHARACTERS).map(|character| if character == '\0' { '\u{fffd}' } else { character }).collect()
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
fn seconds_to_wait(text: &str, now: Timestamp) -> Option<u32> {
    if let Ok(seconds) = text.trim().parse::<u32>() {
        return Some(seconds);
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?;
    u32::try_from(date.timestamp().as_second().checked_sub(now.seconds())?).ok()
}

/// Whether a request failed because its name leads where webhooks must not go.
pub(super) fn is_not_allowed(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let refused = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if refused.is_some_and(<dyn Error + Send + Sync>::is::<AddressNotAllowed>) {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-03-17T14:00:00Z".parse().unwrap();
        assert_eq!(seconds_to_wait("120", now), Some(120));
        assert_eq!(seconds_to_wait("Tue, 17 Mar 2026 14:10:00 GMT", now), Some(600));
        for useless in ["", "-5", "soon", "Tue, 17 Mar 2026 13:00:00 GMT", "99999999999999999999"] {
            assert_eq!(seconds_to_wait(useless, now), None, "{useless}");
        }
    }

    #[test]
    fn a_kept_body_fits_both_engines() {
        assert_eq!(readable(b"a\0b\xff"), "a\u{fffd}b\u{fffd}");
        assert_eq!(readable("é".repeat(5_000).as_bytes()).chars().count(), KEPT_CHARACTERS);
    }
}
