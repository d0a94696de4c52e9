//! Errors as UK Open Banking shapes them, in the words of the version asked for.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::version::ApiVersion;
use crate::sandbox::bank::problem::Problem;

/// A problem in the scheme's form; [`in_words_of`] gives it its body.
#[derive(Debug, Clone, Copy)]
pub(super) struct ObieProblem(Problem);

impl From<Problem> for ObieProblem {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for ObieProblem {
    fn into_response(self) -> Response {
        let mut response = match self.0 {
            // OBIE asks for 400 where there is no such thing, so that nobody probes for identifiers.
            Problem::Malformed(..) | Problem::RangeRefused(..) | Problem::NotFound(_) => StatusCode::BAD_REQUEST.into_response(),
            Problem::Forbidden(_) | Problem::ConsentNotValid { .. } => StatusCode::FORBIDDEN.into_response(),
            Problem::Fault => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            Problem::Unauthorised => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response(),
            Problem::TooMany(Some(seconds)) => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, HeaderValue::from(seconds))]).into_response(),
            Problem::TooMany(None) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        };
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a refusal its body, `OBErrorResponse1`, in the words of `version`; other answers stay as they are.
pub(super) fn in_words_of(version: ApiVersion, response: Response) -> Response {
    let Some(problem) = response.extensions().get::<ObieProblem>().copied() else { return response };
    let Some((codes, message, path)) = said(problem.0) else { return response };
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

/// The four characters of 4.0 are this bank's choice from the scheme's code set; the message says it in words. 401 and 429 have no body.
const fn said(problem: Problem) -> Option<Said> {
    const NOT_CONSENTED: (&str, &str) = ("UK.OBIE.Resource.InvalidConsentStatus", "U027");
    Some(match problem {
        Problem::Malformed(message, path) | Problem::RangeRefused(message, path) => (("UK.OBIE.Field.Invalid", "U002"), message, Some(path)),
        Problem::NotFound(message) => (("UK.OBIE.Resource.NotFound", "U011"), message, None),
        Problem::Forbidden(message) => (NOT_CONSENTED, message, None),
        Problem::ConsentNotValid { .. } => (NOT_CONSENTED, "The consent is not in force", None),
        Problem::Fault => (("UK.OBIE.UnexpectedError", "U000"), "The bank has a fault", None),
        Problem::Unauthorised | Problem::TooMany(_) => return None,
    })
}
