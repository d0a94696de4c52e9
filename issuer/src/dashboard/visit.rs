//! Who looks at a page, and in which environment.

use std::collections::HashMap;

use axum::RequestPartsExt;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use passid_api::environment::Environment;
use passid_api::institution::InstitutionView;

use crate::institution::browser::{self, SignedIn};
use crate::institution::sign_in::RefreshToken;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store;

use super::cookie::Cookie;
use super::page::PageError;

/// A signed-in user on a page of their workspace. Nothing of another workspace can be reached from it.
pub(super) struct Visit {
    pub(super) user: SignedIn,
    pub(super) institution: InstitutionView,
    pub(super) environment: Environment,
    /// What the page's forms have to carry.
    pub(super) form_token: String,
    /// What was done before, from the address.
    pub(super) done: Option<String>,
}

impl Visit {
    /// The user as the audit log names it.
    pub(super) fn actor(&self) -> String {
        self.user.user.to_string()
    }
}

/// The session's token, if the request carries one.
pub(super) fn session_token(service: &Service, headers: &HeaderMap) -> Option<RefreshToken> {
    Cookie::Session.read(headers, &service.config.public_url)?.parse().ok()
}

/// What forms must carry for the browser that holds this cookie.
pub(super) fn form_token(service: &Service, cookie: &str) -> String {
    hex::encode(service.sealer.digest(Purpose::FormToken, cookie.as_bytes()))
}

impl FromRequestParts<Service> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, PageError> {
        let token = session_token(service, &parts.headers).ok_or(PageError::SignIn)?;
        let user = browser::find(service, &token).await?.ok_or(PageError::SignIn)?;
        let Path(path) = parts.extract::<Path<HashMap<String, String>>>().await.map_err(|_| PageError::not_found())?;
        let environment = path.get("environment").and_then(|text| text.parse().ok()).ok_or_else(PageError::not_found)?;
        let institution = store::institutions::find(&mut service.store.reader().await?, user.institution).await?.ok_or(PageError::SignIn)?;
        let query = parts.extract::<Query<HashMap<String, String>>>().await.map(|Query(query)| query).unwrap_or_default();
        let form_token = form_token(service, &token.expose());
        Ok(Self { user, institution, environment, form_token, done: query.get("done").cloned() })
    }
}
