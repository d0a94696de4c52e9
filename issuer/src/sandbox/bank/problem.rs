//! Errors as UK Open Banking 4.0.0 shapes them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An answer that is not the data asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The request is malformed; what and where.
    Malformed(&'static str, &'static str),
    /// No valid access token: 401 has no body.
    Unauthorised,
    /// The token or the consent does not cover this.
    Forbidden(&'static str),
    /// No such thing for this caller: OBIE asks for 400, so that nobody probes for identifiers.
    NotFound(&'static str),
    /// Too many requests; seconds to wait. 429 has no body.
    TooMany(u32),
    /// The bank's own fault.
    Fault,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Malformed(message, path) => body(StatusCode::BAD_REQUEST, "U002", message, Some(path)),
            Self::NotFound(message) => body(StatusCode::BAD_REQUEST, "U011", message, None),
            Self::Forbidden(message) => body(StatusCode::FORBIDDEN, "U027", message, None),
            Self::Fault => body(StatusCode::INTERNAL_SERVER_ERROR, "U000", "The bank has a fault", None),
            Self::Unauthorised => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response(),
            Self::TooMany(seconds) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response(),
        }
    }
}

/// `OBErrorResponse1`. The four characters are this bank's choice from the scheme's code set; the message says it in words.
fn body(status: StatusCode, code: &'static str, message: &'static str, path: Option<&'static str>) -> Response {
    let mut error = json!({"ErrorCode": code, "Message": message});
    if let (Some(path), Some(fields)) = (path, error.as_object_mut()) {
        fields.insert("Path".to_owned(), json!(path));
    }
    (status, Json(json!({"Errors": [error]}))).into_response()
}
