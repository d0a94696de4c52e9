//! How a failure becomes a problem document. What callers may not know is logged once, here.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use passid_api::jws::JwsError;
use passid_api::problem::{Problem, ProblemCode};

use crate::limit::{Charge, LimitName, Refused};
use crate::sealing::SealError;
use crate::store::StoreError;

/// A failed request.
#[derive(Debug)]
pub struct ApiError(pub Box<Problem>);

impl ApiError {
    /// A failure the caller can do something about.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(code, detail)))
    }

    /// One field of the body is wrong.
    pub fn field(pointer: &str, code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Problem::field(pointer, code, message)))
    }

    /// What the caller named is not there, or not theirs.
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "There is nothing here that you may see; check the identifier.")
    }

    /// One request too many.
    pub fn rate_limited(refused: Refused) -> Self {
        let Charge { name, reset, .. } = refused.charge;
        let detail = match name {
            LimitName::CodeMisses | LimitName::CodeMissesOfAll => "Too many codes that lead nowhere were tried; wait, or use the link instead of the code.",
            LimitName::Password | LimitName::SignIn => "Too many attempts to sign in; wait before the next.",
            _ => "The request limit is reached; spread your requests.",
        };
        let mut error = Self::new(ProblemCode::RateLimited, detail);
        error.0.retry_after = Some(reset);
        error
    }

    /// Logs what happened and tells the caller nothing of it.
    pub fn internal(what: &(dyn std::fmt::Display + Sync)) -> Self {
        tracing::error!(error = %what, "a request failed inside");
        Self::new(ProblemCode::Internal, "Something went wrong on our side; try again, and quote the request id if it persists.")
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        Self::rate_limited(refused)
    }
}

impl From<SealError> for ApiError {
    fn from(error: SealError) -> Self {
        Self::internal(&error)
    }
}

impl From<JwsError> for ApiError {
    fn from(error: JwsError) -> Self {
        Self::internal(&error)
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}

/// The problem travels as an extension; [`super::finish`] writes the body once it knows the request's identifier.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = axum::http::StatusCode::from_u16(self.0.status).unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(*self.0);
        response
    }
}

pub(super) async fn method_not_allowed() -> ApiError {
    ApiError::new(ProblemCode::MethodNotAllowed, "Use a method listed in the Allow header.")
}

/// The panic's text may hold anything, so only the fact is logged; the panic hook has written the place.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::internal(&"a handler panicked").into_response()
}
