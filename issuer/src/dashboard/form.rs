//! Forms: read only when they come from one of our own pages in the same browser.
//!
//! Two checks, each enough by itself: the request's origin is ours (browsers write it, pages cannot), and the form carries the
//! token that was made for the cookie beside it. `SameSite` on the cookie is a third.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::http::idempotency::IdempotencyKey;
use crate::service::Service;

use super::cookie::Cookie;
use super::page::PageError;
use super::visit::{self, Visit};

/// The name of the field with the form's token.
const TOKEN_FIELD: &str = "form_token";
/// The name of the field with the value that counts once.
const ONCE_FIELD: &str = "once";

/// The fields of a form.
#[expect(clippy::struct_field_names, reason = "the fields themselves, among what is known of them")]
pub(super) struct Fields {
    fields: Vec<(String, String)>,
    /// SHA-256 of the body, for the idempotency key.
    pub(super) digest: [u8; 32],
    /// Lets the form have its effect once.
    pub(super) once: IdempotencyKey,
}

impl Fields {
    /// The field's value, blanks at its ends removed; empty when it is missing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The field's value as typed: blanks belong to passwords.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The values of all fields of this name: boxes that were ticked.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The field's value as a type that is written as text.
    ///
    /// # Errors
    /// `malformed_request` naming the field.
    pub(super) fn parse<T: std::str::FromStr>(&self, name: &str, what: &str) -> Result<T, ApiError> {
        self.text(name).parse().map_err(|_| ApiError::field(&format!("/{name}"), "invalid", format!("Choose {what}.")))
    }
}

fn refused(detail: &str) -> PageError {
    PageError::ForeignForm(detail.to_owned())
}

/// Whether the request comes from one of our pages, by what the browser says of it.
fn check_origin(service: &Service, headers: &HeaderMap) -> Result<(), PageError> {
    let ours = service.config.public_url.origin().ascii_serialization();
    let same_origin = match headers.get(header::ORIGIN) {
        Some(origin) => origin.as_bytes() == ours.as_bytes(),
        None => headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() == b"same-origin"),
    };
    if same_origin { Ok(()) } else { Err(refused(&format!("This form was not sent from the dashboard. Open it at {ours}/dashboard and send it from there."))) }
}

async fn read(service: &Service, request: Request, expected: &str) -> Result<Fields, PageError> {
    check_origin(service, request.headers())?;
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let urlencoded = media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    let boundary = multer::parse_boundary(&media).ok();
    if !urlencoded && boundary.is_none() {
        return Err(ApiError::new(ProblemCode::UnsupportedMediaType, "Send the form as a browser does.").into());
    }
    let path = request.uri().path().to_owned();
    let bytes = Bytes::from_request(request, service).await.map_err(|_| ApiError::new(ProblemCode::BodyTooLarge, "Send at most 64 KiB, completely."))?;
    let digest = Sha256::digest(&bytes).into();
    let fields = match boundary {
        None => url::form_urlencoded::parse(&bytes).into_owned().collect(),
        Some(boundary) => parts_of(bytes, boundary).await?,
    };
    let mut read = Fields { fields, digest, once: IdempotencyKey::of_form(None, &path) };
    if !bool::from(read.raw(TOKEN_FIELD).as_bytes().ct_eq(expected.as_bytes())) {
        return Err(refused("The form is out of date. Go back, reload the page, and send it again."));
    }
    read.once = IdempotencyKey::of_form(Some(read.raw(ONCE_FIELD)), &path);
    Ok(read)
}

/// The fields of a form with files (RFC 7578), all as text: a file is a field with its contents. Everything is in memory already,
/// within the limit for bodies.
async fn parts_of(bytes: Bytes, boundary: String) -> Result<Vec<(String, String)>, ApiError> {
    let unreadable = |_| ApiError::new(ProblemCode::MalformedRequest, "Send the form as a browser does; it does not decode.");
    let mut parts = multer::Multipart::new(futures_util::stream::iter([Ok::<_, Infallible>(bytes)]), boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        let contents = part.bytes().await.map_err(unreadable)?;
        let not_text = |_| ApiError::field(&format!("/{name}"), "invalid", "The file is no text in UTF-8. In a spreadsheet, save it as “CSV UTF-8”.");
        let text = String::from_utf8(contents.to_vec()).map_err(not_text)?;
        fields.push((name, text));
    }
    Ok(fields)
}

/// A form of a user who may change what is in the workspace.
pub(super) struct Form {
    pub(super) visit: Visit,
    pub(super) fields: Fields,
}

impl FromRequest<Service> for Form {
    type Rejection = PageError;

    async fn from_request(request: Request, service: &Service) -> Result<Self, PageError> {
        let MemberForm(form) = MemberForm::from_request(request, service).await?;
        if form.visit.user.role.may_change() {
            Ok(form)
        } else {
            Err(role_not_allowed("A viewer changes nothing; an owner of the workspace can change your role."))
        }
    }
}

/// A form of a user who may manage the workspace's people.
pub(super) struct OwnerForm(pub(super) Form);

impl FromRequest<Service> for OwnerForm {
    type Rejection = PageError;

    async fn from_request(request: Request, service: &Service) -> Result<Self, PageError> {
        let MemberForm(form) = MemberForm::from_request(request, service).await?;
        if form.visit.user.role.may_manage_team() { Ok(Self(form)) } else { Err(role_not_allowed("Only an owner of the workspace manages its people.")) }
    }
}

/// A form that anybody signed in may send: it concerns the sender alone.
pub(super) struct MemberForm(pub(super) Form);

impl FromRequest<Service> for MemberForm {
    type Rejection = PageError;

    async fn from_request(request: Request, service: &Service) -> Result<Self, PageError> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, service).await?;
        let fields = read(service, Request::from_parts(parts, body), &visit.form_token).await?;
        Ok(Self(Form { visit, fields }))
    }
}

fn role_not_allowed(detail: &str) -> PageError {
    ApiError::new(ProblemCode::RoleNotAllowed, detail).into()
}

/// A form sent before anyone signed in, tied to the browser by the form cookie.
pub(super) struct OpenForm(pub(super) Fields);

impl FromRequest<Service> for OpenForm {
    type Rejection = PageError;

    async fn from_request(request: Request, service: &Service) -> Result<Self, PageError> {
        let cookie = Cookie::Form.read(request.headers(), &service.config.public_url).filter(|cookie| !cookie.is_empty());
        // The origin first: another site's page learns nothing about the cookie.
        check_origin(service, request.headers())?;
        let cookie = cookie.ok_or_else(|| refused("The form is out of date, or the browser keeps no cookies. Reload the page and send it again."))?;
        read(service, request, &visit::form_token(service, &cookie)).await.map(Self)
    }
}
