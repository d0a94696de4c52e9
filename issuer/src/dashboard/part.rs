//! Answers to htmx, which asks for a page like any link or form and swaps one part of it. Pages are the same for it; only an answer that
//! is another page than the one around the part has to say so.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::page::SIGN_IN;

/// On every request of htmx.
const REQUEST: HeaderName = HeaderName::from_static("hx-request");
/// Where the browser goes, as if it had followed a link.
const REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
/// What is swapped instead of what was asked for: the page below its navigation, seen from its beginning.
const WHOLE: [(HeaderName, HeaderValue); 3] = [
    (HeaderName::from_static("hx-retarget"), HeaderValue::from_static("#main")),
    (HeaderName::from_static("hx-reselect"), HeaderValue::from_static("#main")),
    (HeaderName::from_static("hx-reswap"), HeaderValue::from_static("outerHTML show:window:top")),
];

/// A session that ended leads to the page to sign in, instead of that page appearing inside another; a failure shows as the whole page.
pub(super) async fn explain(request: Request, next: Next) -> Response {
    let swaps = request.headers().contains_key(REQUEST);
    let mut response = next.run(request).await;
    if !swaps {
        return response;
    }
    if response.headers().get(header::LOCATION).is_some_and(|location| location.as_bytes() == SIGN_IN.as_bytes()) {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().remove(header::LOCATION);
        response.headers_mut().insert(REDIRECT, HeaderValue::from_static(SIGN_IN));
    } else if response.status().is_client_error() || response.status().is_server_error() {
        response.headers_mut().extend(WHOLE);
    }
    response
}
