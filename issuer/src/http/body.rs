//! JSON bodies: read strictly, with a pointer to what is wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use passid_api::problem::{FieldError, Problem, ProblemCode};

use super::ApiError;

/// A parsed body, with the digest of its bytes for the idempotency key.
pub struct JsonBody<T> {
    /// The body.
    pub value: T,
    /// SHA-256 of the bytes as sent.
    pub digest: [u8; 32],
}

/// The body of a request that has nothing to say: left out, or `{}`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::new(ProblemCode::BodyTooLarge, "Send at most 64 KiB, completely."))?;
        // An empty body stands for an empty object, with or without a content type.
        let bytes = if bytes.is_empty() { Bytes::from_static(b"{}") } else { bytes };
        if !is_json && bytes.as_ref() != b"{}" {
            return Err(ApiError::new(ProblemCode::UnsupportedMediaType, "Send the body as application/json."));
        }
        // The parser would also read a list as a structure's fields in order, which nobody documents.
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(ApiError::field("", "invalid", "Send a JSON object."));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| malformed(&error))?;
        deserializer.end().map_err(|_| ApiError::new(ProblemCode::MalformedRequest, "There is text after the end of the JSON document."))?;
        Ok(Self { value, digest: Sha256::digest(&bytes).into() })
    }
}

fn malformed(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let mut pointer = String::new();
    for segment in error.path() {
        match segment {
            serde_path_to_error::Segment::Seq { index } => {
                pointer.push('/');
                pointer.push_str(&index.to_string());
            }
            serde_path_to_error::Segment::Map { key } => {
                pointer.push('/');
                // RFC 6901, section 3.
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {}
        }
    }
    let inner = error.inner();
    let code = if inner.is_syntax() || inner.is_eof() { "syntax" } else { "invalid" };
    let message = inner.to_string();
    let mut problem = Problem::new(ProblemCode::MalformedRequest, format!("The body is not of the documented form: {message}"));
    problem.errors.push(FieldError { pointer, code: code.to_owned(), message });
    problem.into()
}
