//! The operator's own caller: one token, given when the server starts.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::service::Service;

use super::ApiError;

/// SHA-256 of the operator's token.
#[derive(Clone)]
pub struct OperatorToken([u8; 32]);

impl std::fmt::Debug for OperatorToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("OperatorToken(redacted)")
    }
}

/// Shorter tokens are refused, characters.
const MIN_LENGTH: usize = 24;

impl OperatorToken {
    /// Reads a token; none when it is shorter than 24 characters.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() >= MIN_LENGTH).then(|| Self(Sha256::digest(text).into()))
    }

    fn fits(&self, text: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(text).into();
        self.0.ct_eq(&digest).into()
    }
}

/// Whoever operates the server, by `Authorization: Bearer` and its token. Where no token was given, or another comes, there is
/// nothing to see.
#[derive(Debug, Clone, Copy)]
pub struct OperatorCaller;

impl FromRequestParts<Service> for OperatorCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer "));
        match (&service.config.operator_token, sent) {
            (Some(token), Some(sent)) if token.fits(sent) => Ok(Self),
            _ => Err(ApiError::not_found()),
        }
    }
}
