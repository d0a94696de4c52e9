//! Errors as UK Open Banking shapes them, in the words of the version asked for.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::version::ApiVersion;

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
        let mut response = match self {
            Self::Malformed(..) | Self::NotFound(_) => StatusCode::BAD_REQUEST.into_response(),
            Self::Forbidden(_) => StatusCode::FORBIDDEN.into_response(),
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Self::Unauthorised => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response(),
            Self::TooMany(seconds) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response(),
        };
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a refusal its body, `OBErrorResponse1`, in the words of `version`; other answers stay as they are.
pub(super) fn in_words_of(version: ApiVersion, response: Response) -> Response {
    let Some(problem) = response.extensions().get::<Problem>().copied() else { return response };
    let Some((codes, message, path)) = problem.said() else { return response };
    let code = match version {
        ApiVersion::V3 => codes.0,
        ApiVersion::V4 => codes.1,
    };
    let mut error = json!({"ErrorCode": code, "Message": message});
    if let Some(path) = path {
        error["Path"] = json!(path);
    }
    let mut body = json!({"Errors": [error]});
    if version == ApiVersion::V3 {
        // 3.1 wants the whole answer named too; 4.0 has no place for that.
        body["Code"] = json!(response.status().as_str());
        body["Message"] = json!(message);
    }
    (response.status(), Json(body)).into_response()
}

/// What is said in a body: the error's code in 3.1 and in 4.0, the message, and the field at fault.
type Said = ((&'static str, &'static str), &'static str, Option<&'static str>);

impl Problem {
    /// The four characters of 4.0 are this bank's choice from the scheme's code set; the message says it in words. 401 and 429 have no body.
    const fn said(self) -> Option<Said> {
        Some(match self {
            Self::Malformed(message, path) => (("UK.OBIE.Field.Invalid", "U002"), message, Some(path)),
            Self::NotFound(message) => (("UK.OBIE.Resource.NotFound", "U011"), message, None),
            Self::Forbidden(message) => (("UK.OBIE.Resource.InvalidConsentStatus", "U027"), message, None),
            Self::Fault => (("UK.OBIE.UnexpectedError", "U000"), "The bank has a fault", None),
            Self::Unauthorised | Self::TooMany(_) => return None,
        })
    }
}
