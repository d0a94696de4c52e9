//! Retried requests: the answer is stored in the transaction of its effect and replayed byte for byte.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use passid_api::IDEMPOTENCY_KEY_HEADER;
use passid_api::ids::VerificationId;
use passid_api::problem::ProblemCode;

use crate::request_log::Made;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::idempotency::NewAnswer;
use crate::store::{self, Connection, StoreError, Work};

use super::ApiError;

/// On answers that repeat an earlier one.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Keys longer than this are refused.
const MAX_KEY_LENGTH: usize = 255;

/// The request's idempotency key, if it carries one, with the method and path it counts for.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    key: Option<String>,
    route: String,
}

impl FromRequestParts<Service> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Service) -> Result<Self, ApiError> {
        let key = match parts.headers.get(IDEMPOTENCY_KEY_HEADER) {
            None => None,
            Some(value) => match value.to_str() {
                Ok(text) if !text.is_empty() && text.len() <= MAX_KEY_LENGTH && !text.contains('\t') => Some(text.to_owned()),
                _ => return Err(ApiError::new(ProblemCode::MalformedRequest, "Idempotency-Key must be 1 to 255 visible characters.")),
            },
        };
        Ok(Self { key, route: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

impl IdempotencyKey {
    /// The key a form carries, so that a form sent twice has its effect once. Counts for the path it is sent to.
    pub fn of_form(key: Option<&str>, path: &str) -> Self {
        let key = key.filter(|text| !text.is_empty() && text.len() <= MAX_KEY_LENGTH);
        Self { key: key.map(str::to_owned), route: format!("POST {path}") }
    }
}

/// A successful answer: status and JSON body.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    body: Vec<u8>,
    replayed: bool,
    made: Option<Made>,
}

impl Answer {
    /// The answer's body, for a caller that shows it in another form.
    ///
    /// # Errors
    /// `internal` when the body is not of that type.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, ApiError> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// `value` with this status.
    ///
    /// # Errors
    /// [`ApiError`] when the value cannot be written as JSON.
    pub fn new<T: Serialize>(status: StatusCode, value: &T) -> Result<Self, ApiError> {
        Ok(Self { status, body: serde_json::to_vec(value)?, replayed: false, made: None })
    }

    /// Says which verification the request made, for the request log. An answer that is replayed made none.
    #[must_use]
    pub fn made(self, verification: VerificationId) -> Self {
        Self { made: Some(Made(verification)), ..self }
    }

    /// `value` with 200.
    ///
    /// # Errors
    /// As [`Answer::new`].
    pub fn ok<T: Serialize>(value: &T) -> Result<Self, ApiError> {
        Self::new(StatusCode::OK, value)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(made) = self.made {
            response.extensions_mut().insert(made);
        }
        if self.replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// Looks for the answer to an earlier request with this key, before any costly work is done for this one.
///
/// # Errors
/// `idempotency_key_reused` when the key was used with another body.
pub async fn replay(service: &Service, caller: &str, key: &IdempotencyKey, body_digest: [u8; 32]) -> Result<Option<Answer>, ApiError> {
    let Some(scope) = scope(caller, key) else { return Ok(None) };
    let mut reader = service.store.reader().await?;
    stored_answer(service, &mut reader, scope, body_digest).await
}

/// Runs `work` and stores its answer under the key in the same transaction; a repeated request gets the stored answer.
///
/// `caller` is whoever the key belongs to. Of two equal requests at once one does the work and both get its answer. Failures are
/// not stored: nothing happened, so trying again is safe.
///
/// # Errors
/// What `work` returns, or `idempotency_key_reused`.
pub async fn once<F>(service: &Service, caller: &str, key: &IdempotencyKey, body_digest: [u8; 32], work: F) -> Result<Answer, ApiError>
where
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, Answer, ApiError> + Send + 'static,
{
    let Some(scope) = scope(caller, key) else { return service.store.write(work).await };
    let inside = service.clone();
    let written = service
        .store
        .write(move |connection| {
            Box::pin(async move {
                if let Some(answer) = stored_answer(&inside, connection, scope, body_digest).await? {
                    return Ok(answer);
                }
                let answer = work(connection).await?;
                let stored = store::idempotency::insert_each(connection, &[&kept(&inside, scope, body_digest, &answer)?], inside.clock.now()).await?;
                if stored.is_empty() {
                    // An equal request on another server process committed first: undo ours, its answer is read below.
                    return Err(ApiError::new(ProblemCode::RequestInProgress, "The same request has just ended; its answer follows."));
                }
                Ok(answer)
            })
        })
        .await;
    match written {
        Err(error) if error.0.code == ProblemCode::RequestInProgress => {
            let mut reader = service.store.reader().await?;
            stored_answer(service, &mut reader, scope, body_digest).await?.ok_or(error)
        }
        written => written,
    }
}

/// An answer made before the transaction in which it is stored; none without a key.
///
/// # Errors
/// `internal` when it cannot be sealed.
pub fn keep(service: &Service, caller: &str, key: &IdempotencyKey, body_digest: [u8; 32], answer: &Answer) -> Result<Option<NewAnswer>, ApiError> {
    scope(caller, key).map(|scope| kept(service, scope, body_digest, answer)).transpose()
}

fn kept(service: &Service, scope: [u8; 32], body_digest: [u8; 32], answer: &Answer) -> Result<NewAnswer, ApiError> {
    let sealed_body = service.with_random(|random| service.sealer.seal(Purpose::StoredAnswer, &hex::encode(scope), &answer.body, random))?;
    Ok(NewAnswer { scope, body_digest, status: answer.status.as_u16(), sealed_body })
}

fn scope(caller: &str, key: &IdempotencyKey) -> Option<[u8; 32]> {
    let text = key.key.as_ref()?;
    let mut hash = Sha256::new();
    for part in [caller, key.route.as_str(), text.as_str()] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    Some(hash.finalize().into())
}

async fn stored_answer(service: &Service, connection: &mut Connection, scope: [u8; 32], body_digest: [u8; 32]) -> Result<Option<Answer>, ApiError> {
    let oldest = service.clock.now().plus_seconds(-store::idempotency::KEPT_SECONDS);
    let Some(stored) = store::idempotency::find(connection, scope, oldest).await? else { return Ok(None) };
    if stored.body_digest != body_digest {
        return Err(ApiError::new(ProblemCode::IdempotencyKeyReused, "This idempotency key belongs to a request with another body; use a new one."));
    }
    let body = service.sealer.open(Purpose::StoredAnswer, &hex::encode(scope), &stored.sealed_body)?;
    let status = StatusCode::from_u16(stored.status).map_err(|_| StoreError::Corrupt("answer status"))?;
    Ok(Some(Answer { status, body: body.to_vec(), replayed: true, made: None }))
}
