//! The style sheet and the scripts, under addresses that change with their content, so that browsers may keep them for good.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::service::Service;

/// A file that pages refer to.
struct Asset {
    name: &'static str,
    media: &'static str,
    contents: &'static str,
}

const STYLE: Asset = Asset { name: "dashboard.css", media: "text/css; charset=utf-8", contents: include_str!("../../assets/dashboard/dashboard.css") };
/// Swaps parts of pages; where it comes from stands beside it.
const HTMX: Asset = Asset { name: "htmx.min.js", media: SCRIPT_MEDIA, contents: include_str!("../../assets/dashboard/htmx/htmx.min.js") };
/// What htmx leaves to the page.
const SCRIPT: Asset = Asset { name: "dashboard.js", media: SCRIPT_MEDIA, contents: include_str!("../../assets/dashboard/dashboard.js") };
const SCRIPT_MEDIA: &str = "text/javascript; charset=utf-8";

impl Asset {
    const ALL: [Self; 3] = [STYLE, HTMX, SCRIPT];

    fn address(&self) -> String {
        format!("/dashboard/assets/{}/{}", hex::encode(&Sha256::digest(self.contents)[..8]), self.name)
    }
}

/// Where the style sheet is.
pub(super) static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| STYLE.address());
/// Where the scripts are, in the order in which pages name them.
pub(super) static SCRIPT_ADDRESSES: LazyLock<[String; 2]> = LazyLock::new(|| [HTMX.address(), SCRIPT.address()]);

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/dashboard/assets/{version}/{name}", get(file))
}

/// An address of another version answers the present file, but is not kept: it belongs to a page from before an update.
async fn file(Path((_, name)): Path<(String, String)>, uri: axum::http::Uri) -> Response {
    let Some(asset) = Asset::ALL.into_iter().find(|asset| asset.name == name) else {
        return ApiError::new(ProblemCode::NotFound, "There is no such file.").into_response();
    };
    let kept = if uri.path() == asset.address() { "public, max-age=31536000, immutable" } else { "no-store" };
    (StatusCode::OK, [(header::CONTENT_TYPE, asset.media), (header::CACHE_CONTROL, kept)], asset.contents).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn htmx_is_the_file_that_was_published() {
        // SHA-256 of dist/htmx.min.js of htmx.org 2.0.11.
        assert_eq!(hex::encode(Sha256::digest(HTMX.contents)), "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717");
        assert!(HTMX.contents.contains("version:\"2.0.11\""));
    }
}
