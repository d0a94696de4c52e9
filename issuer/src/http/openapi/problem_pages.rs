//! A page for every problem code, at the address the problem's `type` names; made from the enum that answers carry.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use passid_api::problem::ProblemCode;

use super::document::example_problem;

/// Nothing but the page's own style may load.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}\
    pre{background:#f3f5f7;padding:1rem;overflow:auto}code{font-family:ui-monospace,monospace}td,th{text-align:left;padding:.2rem 1rem .2rem 0}";

fn page(title: &str, content: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} · PASSID</title><style>{STYLE}</style><main>{content}</main></html>"
    );
    (StatusCode::OK, [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "public, max-age=3600")], Html(html)).into_response()
}

/// All codes, one a line.
pub(super) fn index() -> Response {
    let rows = ProblemCode::ALL
        .iter()
        .map(|code| format!("<tr><td>{}</td><td><a href=\"/problems/{code}\"><code>{code}</code></a></td><td>{}</td></tr>", code.status(), code.title()))
        .collect::<Vec<_>>()
        .concat();
    page("Problems", &format!("<h1>Problems</h1><table><tr><th>Status</th><th>Code</th><th>Meaning</th></tr>{rows}</table>"))
}

/// One code: what it means, what to do, how it looks.
pub(super) fn show(code: ProblemCode) -> Response {
    let example = serde_json::to_string_pretty(&example_problem(code)).unwrap_or_default();
    let content = format!(
        "<p><a href=\"/problems\">Problems</a></p><h1><code>{code}</code></h1><p>{}</p><h2>What to do</h2><p>{}</p>\
         <h2>How it looks</h2><p>HTTP status {}, <code>application/problem+json</code>:</p><pre><code>{}</code></pre>",
        code.title(),
        code.advice(),
        code.status(),
        escape(&example)
    );
    page(code.as_str(), &content)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
