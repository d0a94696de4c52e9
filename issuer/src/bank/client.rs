//! One request to a bank, of whatever scheme: time, size and status limits, and another attempt when the fault may pass.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use passid_api::time::{Clock, Timestamp};
use rand::Rng;
use rand::rngs::StdRng;
use reqwest::header::{ACCEPT, HeaderMap, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;
use zeroize::Zeroizing;

use super::authorisation::BankTokens;
use super::error::BankError;
use super::pause::Pause;
use super::provider::ReadObserver;

/// A bank that asks to wait without saying how long gets this.
const DEFAULT_WAIT_SECONDS: u32 = 5;
/// Nobody waits longer for an answer to a read; the caller schedules anew.
const LONGEST_WAIT_SECONDS: u32 = 86_400;
/// The first pause after a fault; it doubles with every attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// An access token this close to its end is renewed first.
const RENEWAL_MARGIN_SECONDS: i64 = 30;

/// What a read may cost before it is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// For one request, from connecting to the last byte.
    pub request_timeout: Duration,
    /// Bytes of one answer.
    pub response_bytes: usize,
    /// Pages of one resource.
    pub pages: usize,
    /// Transactions over all accounts.
    pub transactions: usize,
    /// Accounts of one consent.
    pub accounts: usize,
    /// Attempts of one request when the bank has a fault or asks to wait.
    pub attempts: u32,
    /// The longest wait between attempts; a bank that asks for more ends the read with [`BankError::RateLimited`].
    pub longest_pause: Duration,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(20),
            response_bytes: 8 << 20,
            pages: 2_000,
            transactions: 1_000_000,
            accounts: 50,
            attempts: 4,
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// The right to read while it is used: renewed tokens replace the old ones, and whoever began the read hears of them.
pub struct Access<'a> {
    /// The tokens.
    pub tokens: &'a mut BankTokens,
    /// Who began the read.
    pub observer: &'a dyn ReadObserver,
}

/// What every provider talks to its bank through.
pub struct BankClient {
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    pause: Arc<dyn Pause>,
    random: Mutex<StdRng>,
    limits: ReadLimits,
    refusals: Refusals,
}

/// How a scheme says no.
#[derive(Clone, Copy)]
pub struct Refusals {
    /// What a status below 500, with the body that came with it, means.
    pub read: fn(StatusCode, &[u8]) -> Refusal,
    /// Seconds to wait after a 429 without `Retry-After`.
    pub unsaid_wait_seconds: u32,
}

impl Refusals {
    /// By the HTTP status alone.
    pub const BY_STATUS: Self = Self { read: |status, _| Refusal::by_status(status), unsaid_wait_seconds: DEFAULT_WAIT_SECONDS };
}

/// Why a request for a resource did not give it, before anybody asks why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// 401: the access token is not good any more.
    Token,
    /// 403: token or consent do not cover it.
    Consent,
    /// Any other 4xx: this resource is not to be had like this.
    Request,
    /// The rest.
    Failed(BankError),
}

impl Refusal {
    /// What an HTTP status means where nothing else is said.
    pub fn by_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Token,
            StatusCode::FORBIDDEN => Self::Consent,
            status if status.is_client_error() => Self::Request,
            _ => Self::Failed(BankError::MalformedAnswer("an unexpected status")),
        }
    }
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

impl BankClient {
    /// A client with these limits. `http` must follow no redirects and use no proxy from the environment; `random` makes states,
    /// verifiers and interaction identifiers and must be seeded by the system outside of tests.
    pub const fn new(http: reqwest::Client, clock: Arc<dyn Clock>, pause: Arc<dyn Pause>, random: StdRng, limits: ReadLimits) -> Self {
        Self { http, clock, pause, random: Mutex::new(random), limits, refusals: Refusals::BY_STATUS }
    }

    /// The same, for a scheme that says no in its own words.
    #[must_use]
    pub const fn saying_no_by(mut self, refusals: Refusals) -> Self {
        self.refusals = refusals;
        self
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What a read may cost.
    pub const fn limits(&self) -> ReadLimits {
        self.limits
    }

    /// Random bytes.
    pub fn random_bytes<const COUNT: usize>(&self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        // A generator survives a panic elsewhere: its state is replaced in one piece.
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A request to the bank, without anything said yet.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// A version 4 UUID (RFC 9562 §5.4), as schemes want to correlate requests by.
    pub fn interaction_id(&self) -> String {
        version_four_uuid(self.random_bytes())
    }

    /// Sends what `build` makes, patiently; the body of a successful answer.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn send(&self, build: impl Fn() -> RequestBuilder + Send + Sync) -> Result<Vec<u8>, Refusal> {
        self.patiently(|| async {
            let (status, _, body) = self.attempt(build().header(ACCEPT, "application/json")).await?;
            if status.is_success() { Ok(body) } else { Err((self.refusals.read)(status, &body)) }
        })
        .await
    }

    /// A resource as JSON.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn get<T: DeserializeOwned>(&self, build: impl Fn() -> RequestBuilder + Send + Sync) -> Result<T, Refusal> {
        // The page holds raw transactions: its bytes are wiped when it has been read.
        let body = Zeroizing::new(self.send(build).await?);
        serde_json::from_slice(&body).map_err(|_| Refusal::Failed(BankError::MalformedAnswer("not the resource's JSON")))
    }

    /// A resource under the holder's consent: renews the access token before its end, and when the bank drops it early.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn read<T, R>(
        &self,
        access: &mut Access<'_>,
        renew: impl Fn(BankTokens) -> R + Send + Sync,
        build: impl Fn(&str) -> RequestBuilder + Send + Sync,
    ) -> Result<T, Refusal>
    where
        T: DeserializeOwned + Send,
        R: Future<Output = Result<BankTokens, BankError>> + Send,
    {
        let renewal_due = access.tokens.access_expires_at.plus_seconds(-RENEWAL_MARGIN_SECONDS) <= self.now();
        if renewal_due && access.tokens.refresh_token.is_some() {
            exchange(access, &renew).await?;
        }
        // A bank may drop a fresh token too; what it refuses again and again is refused.
        for _ in 1..self.limits.attempts {
            let token = access.tokens.access_token.clone();
            match self.get(|| build(token.expose())).await {
                Err(Refusal::Token) if access.tokens.refresh_token.is_some() => exchange(access, &renew).await?,
                outcome => return outcome,
            }
        }
        let token = access.tokens.access_token.clone();
        self.get(|| build(token.expose())).await
    }

    /// Sends a request within its limits; 429 and 5xx are errors already.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn attempt(&self, request: RequestBuilder) -> Result<(StatusCode, HeaderMap, Vec<u8>), BankError> {
        let response = request.timeout(self.limits.request_timeout).send().await.map_err(|error| no_answer(&error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(BankError::RateLimited { retry_after_seconds: retry_after(response.headers(), self.refusals.unsaid_wait_seconds) });
        }
        if status.is_server_error() {
            return Err(BankError::BankFault { status: status.as_u16() });
        }
        let headers = response.headers().clone();
        let body = capped_body(response, self.limits.response_bytes).await?;
        Ok((status, headers, body))
    }

    /// Repeats `operation` while its fault may pass, as often and as long as the limits allow.
    ///
    /// # Errors
    /// The last attempt's.
    pub async fn patiently<T, E, F>(&self, mut operation: impl FnMut() -> F) -> Result<T, E>
    where
        E: From<BankError> + TransientFault,
        F: Future<Output = Result<T, E>>,
    {
        let mut pause = FIRST_PAUSE;
        for _ in 1..self.limits.attempts {
            let error = match operation().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let wait = match error.transient() {
                Some(BankError::RateLimited { retry_after_seconds }) => Duration::from_secs(u64::from(*retry_after_seconds)),
                Some(_) => pause,
                None => return Err(error),
            };
            if wait > self.limits.longest_pause {
                return Err(error);
            }
            self.pause.pause(wait).await;
            pause = pause.saturating_mul(2);
        }
        operation().await
    }
}

/// Why there was no answer: a certificate that was refused is refused again, everything else may pass.
fn no_answer(error: &reqwest::Error) -> BankError {
    match tls_error(error) {
        Some(rustls::Error::AlertReceived(alert)) if is_about_certificate(*alert) => BankError::CertificateRefused,
        Some(rustls::Error::InvalidCertificate(_)) => BankError::Configuration("the bank's own certificate is not trusted; see bank_roots_file"),
        _ => BankError::Unreachable,
    }
}

/// The TLS library's error somewhere inside. An error of input and output hides what it holds from `source`.
fn tls_error<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    loop {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        error = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inside) => inside,
            None => error.source()?,
        };
    }
}

/// The alerts with which a server turns a client's certificate down (RFC 8446 §6.2).
const fn is_about_certificate(alert: rustls::AlertDescription) -> bool {
    use rustls::AlertDescription as Alert;
    matches!(
        alert,
        Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::CertificateRequired
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

/// Exchanges the tokens and has them stored before they are used: the old refresh token is dead.
async fn exchange<R>(access: &mut Access<'_>, renew: &(impl Fn(BankTokens) -> R + Send + Sync)) -> Result<(), Refusal>
where
    R: Future<Output = Result<BankTokens, BankError>> + Send,
{
    let renewed = match renew(access.tokens.clone()).await {
        Ok(renewed) => renewed,
        Err(BankError::AuthorisationLost) => return Err(Refusal::Token),
        Err(error) => return Err(error.into()),
    };
    *access.tokens = renewed;
    Ok(access.observer.tokens_rotated(access.tokens).await?)
}

/// Tells which errors are worth another attempt.
pub trait TransientFault {
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
fn retry_after(headers: &HeaderMap, unsaid: u32) -> u32 {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse::<u32>().ok());
    seconds.unwrap_or(unsaid).min(LONGEST_WAIT_SECONDS)
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
        let with = |text: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]), 5);
        assert_eq!([with("30"), with("99999999"), with("-1"), with("soon")], [30, 86_400, 5, 5]);
    }
}
