//! Errors as NextGenPSD2 1.3 shapes them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::sandbox::bank::problem::Problem;

/// A problem in the scheme's form: `tppMessages` with one message.
#[derive(Debug)]
pub(super) struct TppMessage(Problem);

impl From<Problem> for TppMessage {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for TppMessage {
    fn into_response(self) -> Response {
        match self.0 {
            Problem::Malformed(text, path) => message(StatusCode::BAD_REQUEST, "FORMAT_ERROR", text, Some(path)),
            Problem::RangeRefused(text, path) => message(StatusCode::BAD_REQUEST, "PERIOD_INVALID", text, Some(path)),
            Problem::Unauthorised => message(StatusCode::UNAUTHORIZED, "TOKEN_INVALID", "There is no such token", None),
            Problem::ConsentNotValid { expired: true } => message(StatusCode::UNAUTHORIZED, "CONSENT_EXPIRED", "The consent has ended", None),
            Problem::ConsentNotValid { expired: false } => message(StatusCode::UNAUTHORIZED, "CONSENT_INVALID", "The consent is not valid", None),
            Problem::Forbidden(text) => message(StatusCode::FORBIDDEN, "SERVICE_BLOCKED", text, None),
            Problem::NotFound(text) => message(StatusCode::NOT_FOUND, "RESOURCE_UNKNOWN", text, None),
            Problem::TooMany(seconds) => {
                let mut response = message(StatusCode::TOO_MANY_REQUESTS, "ACCESS_EXCEEDED", "The reads of the day are used up", None);
                if let Some(seconds) = seconds {
                    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
            Problem::Fault => message(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "The bank has a fault", None),
        }
    }
}

fn message(status: StatusCode, code: &'static str, text: &'static str, path: Option<&'static str>) -> Response {
    let mut message = json!({"category": "ERROR", "code": code, "text": text});
    if let Some(path) = path {
        message["path"] = json!(path);
    }
    (status, Json(json!({"tppMessages": [message]}))).into_response()
}
