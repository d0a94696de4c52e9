//! One request to the bank: time, size and status limits, and another attempt when the fault may pass.

use std::future::Future;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;
use zeroize::Zeroizing;

use super::Obie;
use crate::bank::error::BankError;

/// A bank that asks to wait without saying how long gets this.
const DEFAULT_WAIT_SECONDS: u32 = 5;
/// Nobody waits longer for an answer to a read; the caller schedules anew.
const LONGEST_WAIT_SECONDS: u32 = 86_400;
/// The first pause after a fault; it doubles with every attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Why a request for a resource did not give it, before anybody asks why.
pub(super) enum Refusal {
    /// 401: the access token is not good any more.
    Token,
    /// 403: token or consent do not cover it.
    Consent,
    /// Any other 4xx: this resource is not to be had like this.
    Request,
    /// The rest.
    Failed(BankError),
}

impl From<BankError> for Refusal {
    fn from(error: BankError) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for BankError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Token => Self::AuthorisationLost,
            Refusal::Consent => Self::NotPermitted,
            Refusal::Request => Self::MalformedAnswer("the request was refused"),
            Refusal::Failed(error) => error,
        }
    }
}

impl Obie {
    /// A resource as JSON.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url, access_token: &str) -> Result<T, Refusal> {
        // The page holds raw transactions: its bytes are wiped when it has been read.
        let body = Zeroizing::new(self.send(Method::GET, url, access_token, None).await?);
        serde_json::from_slice(&body).map_err(|_| Refusal::Failed(BankError::MalformedAnswer("not the resource's JSON")))
    }

    /// Any request; the body of a successful answer.
    pub(super) async fn send(&self, method: Method, url: Url, access_token: &str, body: Option<Vec<u8>>) -> Result<Vec<u8>, Refusal> {
        let interaction_id = version_four_uuid(self.random_bytes());
        let mut request = self.http.request(method, url).bearer_auth(access_token).header(ACCEPT, "application/json");
        request = request.header("x-fapi-interaction-id", interaction_id);
        if let Some(body) = body {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        }
        let (status, _, body) = self.attempt(request).await?;
        match status {
            status if status.is_success() => Ok(body),
            StatusCode::UNAUTHORIZED => Err(Refusal::Token),
            StatusCode::FORBIDDEN => Err(Refusal::Consent),
            status if status.is_client_error() => Err(Refusal::Request),
            _ => Err(Refusal::Failed(BankError::MalformedAnswer("an unexpected status"))),
        }
    }

    /// Sends a request within its limits; 429 and 5xx are errors already.
    pub(super) async fn attempt(&self, request: RequestBuilder) -> Result<(StatusCode, HeaderMap, Vec<u8>), BankError> {
        let response = request.timeout(self.config.limits.request_timeout).send().await.map_err(|_| BankError::Unreachable)?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(BankError::RateLimited { retry_after_seconds: retry_after(response.headers()) });
        }
        if status.is_server_error() {
            return Err(BankError::BankFault { status: status.as_u16() });
        }
        let headers = response.headers().clone();
        let body = capped_body(response, self.config.limits.response_bytes).await?;
        Ok((status, headers, body))
    }

    /// Repeats `operation` while its fault may pass, as often and as long as the limits allow.
    pub(super) async fn patiently<T, E, F>(&self, mut operation: impl FnMut() -> F) -> Result<T, E>
    where
        E: From<BankError> + TransientFault,
        F: Future<Output = Result<T, E>>,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..self.config.limits.attempts {
            let error = match operation().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let wait = match error.transient() {
                Some(BankError::RateLimited { retry_after_seconds }) => Duration::from_secs(u64::from(*retry_after_seconds)),
                Some(_) => pause,
                None => return Err(error),
            };
            if wait > self.config.limits.longest_pause {
                return Err(error);
            }
            self.pause.pause(wait).await;
            pause = pause.saturating_mul(2);
        }
        operation().await
    }
}

/// Tells which errors are worth another attempt.
pub(super) trait TransientFault {
    /// The transient error inside, if it is one.
    fn transient(&self) -> Option<&BankError>;
}

impl TransientFault for BankError {
    fn transient(&self) -> Option<&BankError> {
        // A bad page link is the next page's business, not this request's.
        matches!(self, Self::Unreachable | Self::BankFault { .. } | Self::RateLimited { .. }).then_some(self)
    }
}

impl TransientFault for Refusal {
    fn transient(&self) -> Option<&BankError> {
        match self {
            Self::Failed(error) => error.transient(),
            Self::Token | Self::Consent | Self::Request => None,
        }
    }
}

async fn capped_body(mut response: Response, limit: usize) -> Result<Vec<u8>, BankError> {
    const TOO_LARGE: BankError = BankError::TooLarge("bytes of one answer");
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(TOO_LARGE);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| BankError::Unreachable)? {
        if body.len() + chunk.len() > limit {
            return Err(TOO_LARGE);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Seconds of `Retry-After`; a date, which banks do not send, counts as unsaid.
fn retry_after(headers: &HeaderMap) -> u32 {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse::<u32>().ok());
    seconds.unwrap_or(DEFAULT_WAIT_SECONDS).min(LONGEST_WAIT_SECONDS)
}

/// RFC 9562 §5.4.
fn version_four_uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let digits = hex::encode(bytes);
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interaction_identifiers_are_version_four_uuids() {
        assert_eq!(version_four_uuid([0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(version_four_uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }

    #[test]
    fn waiting_is_bounded_whatever_the_bank_says() {
        let with = |text: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]));
        assert_eq!([with("30"), with("99999999"), with("-1"), with("soon")], [30, 86_400, 5, 5]);
    }
}
