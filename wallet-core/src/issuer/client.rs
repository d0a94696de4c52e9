//! Requests to the issuer: bounded in time and size, problems as types.

use std::sync::Arc;
use std::time::Duration;

use passid_api::IDEMPOTENCY_KEY_HEADER;
use passid_api::problem::Problem;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{IssuerAddress, IssuerError};
use crate::crash;
use crate::random::Random;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for a credential: the issuer reads half a year of transactions from the bank meanwhile.
const LONG_TIMEOUT: Duration = Duration::from_mins(3);
/// How often a failed read is asked for again.
const READ_RETRIES: u32 = 2;
/// The first pause before that; it doubles.
const RETRY_STEP: Duration = if cfg!(test) { Duration::ZERO } else { Duration::from_millis(250) };
/// Largest answer read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Makes one state-changing request safe to repeat: 128 random bits as 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    pub(crate) fn generate(random: &Random) -> Self {
        Self(hex::encode(random.bytes::<16>()))
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Talks to one issuer.
#[derive(Clone)]
pub(crate) struct IssuerClient {
    address: IssuerAddress,
    http: reqwest::Client,
    /// The first pause before a read is asked for again.
    retry_step: Duration,
    random: Arc<Random>,
}

/// A request about to be sent.
pub(crate) struct Call<'a> {
    method: Method,
    path: &'a str,
    token: Option<&'a str>,
    key: Option<&'a IdempotencyKey>,
    body: Option<Vec<u8>>,
    timeout: Duration,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, token: None, key: None, body: None, timeout: TIMEOUT }
    }

    /// A state-changing request; `body` as it was stored or is to be stored.
    pub(crate) fn post(path: &'a str, key: &'a IdempotencyKey, body: Vec<u8>) -> Self {
        Self { method: Method::POST, path, token: None, key: Some(key), body: Some(body), timeout: TIMEOUT }
    }

    /// As [`Call::post`], with a value to be written as JSON.
    pub(crate) fn post_json<B: Serialize>(path: &'a str, key: &'a IdempotencyKey, body: &B) -> Result<Self, IssuerError> {
        Ok(Self::post(path, key, serde_json::to_vec(body).map_err(|_| IssuerError::Malformed)?))
    }

    /// Sets something to a value; the same again changes nothing, so it needs no key.
    pub(crate) fn put_json<B: Serialize>(path: &'a str, body: &B) -> Result<Self, IssuerError> {
        let body = serde_json::to_vec(body).map_err(|_| IssuerError::Malformed)?;
        Ok(Self { method: Method::PUT, path, token: None, key: None, body: Some(body), timeout: TIMEOUT })
    }

    /// Takes something away; twice is no error.
    pub(crate) fn delete(path: &'a str) -> Self {
        Self { method: Method::DELETE, path, token: None, key: None, body: None, timeout: TIMEOUT }
    }

    pub(crate) fn slow(mut self) -> Self {
        self.timeout = LONG_TIMEOUT;
        self
    }

    pub(crate) fn with_token(&self, token: &'a str) -> Self {
        Self { method: self.method.clone(), path: self.path, token: Some(token), key: self.key, body: self.body.clone(), timeout: self.timeout }
    }
}

impl IssuerClient {
    pub(crate) fn new(address: IssuerAddress, http: reqwest::Client, random: Arc<Random>) -> Self {
        Self { address, http, retry_step: RETRY_STEP, random }
    }

    pub(crate) const fn address(&self) -> &IssuerAddress {
        &self.address
    }

    /// Sends and reads the answer. What only reads is asked again after a pause when the way there failed; what changes something is not,
    /// for its own room knows what the attempt may already have done.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub(crate) async fn send<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, IssuerError> {
        let retries = if call.method == Method::GET { READ_RETRIES } else { 0 };
        for retry in 0..retries {
            match self.send_once(&call).await {
                Err(IssuerError::Unreachable | IssuerError::Status(502..=504)) => tokio::time::sleep(self.pause(retry)).await,
                answer => return answer,
            }
        }
        self.send_once(&call).await
    }

    /// Half of the step for certain and the other half by chance, so that many phones do not come back at the same moment.
    fn pause(&self, retry: u32) -> Duration {
        let step = self.retry_step * 2_u32.saturating_pow(retry);
        let chance = self.random.with(|generator| generator.next_u32()) % 1_024;
        step / 2 + step / 2 * chance / 1_024
    }

    async fn send_once<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, IssuerError> {
        let mut request = self.http.request(call.method.clone(), self.address.resource(call.path)).timeout(call.timeout);
        if let Some(token) = call.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = call.key {
            request = request.header(IDEMPOTENCY_KEY_HEADER, key.as_str());
        }
        if let Some(body) = call.body.clone() {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        }
        // What the client says about a failure may quote the address: nothing of it is kept.
        crash::point();
        let response = request.send().await.map_err(|_| IssuerError::Unreachable)?;
        crash::point();
        let status = response.status();
        let body = read_capped(response).await?;
        if !status.is_success() {
            return Err(refusal(status, &body));
        }
        let body = if status == StatusCode::NO_CONTENT { b"null" } else { body.as_slice() };
        serde_json::from_slice(body).map_err(|_| IssuerError::Malformed)
    }
}

async fn read_capped(mut response: reqwest::Response) -> Result<Zeroizing<Vec<u8>>, IssuerError> {
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(|_| IssuerError::Unreachable)? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(IssuerError::Malformed);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn refusal(status: StatusCode, body: &[u8]) -> IssuerError {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) if problem.status == status.as_u16() && problem.code.status() == problem.status => IssuerError::Problem(Box::new(problem)),
        _ => IssuerError::Status(status.as_u16()),
    }
}
