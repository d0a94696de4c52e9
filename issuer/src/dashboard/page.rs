//! What every page shares: the frame around it, how it is answered, and how a failure looks.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use passid_api::environment::Environment;
use passid_api::institution::Role;
use passid_api::problem::{FieldError, ProblemCode};
use passid_api::time::Timestamp;

use crate::http::ApiError;
use crate::service::Service;

use super::assets::{SCRIPT_ADDRESSES, STYLE_ADDRESS};
use super::visit::Visit;

/// Everything comes from this server; nothing inline, nothing made from text (`eval`), no frame around the page.
const CONTENT_POLICY: &str =
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where people sign in.
pub(super) const SIGN_IN: &str = "/dashboard/sign-in";

/// The parts of the navigation: name in addresses, name on the page.
const SECTIONS: [(&str, &str); 10] = [
    ("", "Overview"),
    ("verifications", "Verifications"),
    ("outcomes", "Outcomes"),
    ("performance", "Performance"),
    ("webhooks", "Webhooks"),
    ("keys", "Keys"),
    ("requests", "Requests"),
    ("team", "Team"),
    ("audit", "Audit log"),
    (SANDBOX_SECTION, "Try it"),
];
/// The part that the live environment does not have.
const SANDBOX_SECTION: &str = "try";

/// What the layout needs to draw itself around a page of a workspace.
pub(super) struct Frame {
    pub(super) workspace: String,
    pub(super) environment: Environment,
    pub(super) live_enabled: bool,
    pub(super) form_token: String,
    pub(super) once: String,
    pub(super) notice: Option<&'static str>,
    pub(super) role: Role,
    section: &'static str,
}

impl Frame {
    pub(super) fn new(service: &Service, visit: &Visit, section: &'static str) -> Self {
        Self {
            workspace: visit.institution.name.clone(),
            environment: visit.environment,
            live_enabled: visit.institution.live_enabled,
            form_token: visit.form_token.clone(),
            once: fresh(service),
            notice: visit.done.as_deref().and_then(notice),
            role: visit.user.role,
            section,
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.environment == Environment::Live
    }

    /// Whether the user may send the page's forms.
    pub(super) fn may_change(&self) -> bool {
        self.role.may_change()
    }

    pub(super) fn base(&self) -> String {
        format!("/dashboard/{}", self.environment)
    }

    fn address(environment: Environment, section: &str) -> String {
        let slash = if section.is_empty() { "" } else { "/" };
        format!("/dashboard/{environment}{slash}{section}")
    }

    /// The same section in the other environment.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(super) fn elsewhere(&self, environment: &Environment) -> String {
        let section = if *environment == Environment::Live && self.section == SANDBOX_SECTION { "" } else { self.section };
        Self::address(*environment, section)
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = (String, &'static str, bool)> {
        SECTIONS
            .iter()
            .filter(|(name, _)| !self.is_live() || *name != SANDBOX_SECTION)
            .map(|(name, title)| (Self::address(self.environment, name), *title, *name == self.section))
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    pub(super) fn environments(&self) -> &'static [Environment] {
        Environment::ALL
    }
}

/// A value no form has carried before: a form sent twice with it has its effect once.
pub(super) fn fresh(service: &Service) -> String {
    let mut bytes = [0_u8; 16];
    service.with_random(|random| random.fill_bytes(&mut bytes));
    hex::encode(bytes)
}

/// Sentences a page may begin with after a form was sent; the address carries only their name.
fn notice(name: &str) -> Option<&'static str> {
    Some(match name {
        "revoked" => "The key was revoked. Requests with it are refused from now on.",
        "origins" => "The origins were saved.",
        "enabled" => "The endpoint gets events again.",
        "disabled" => "The endpoint gets no more events; what was pending was given up.",
        "removed" => "The endpoint was removed.",
        "changed" => "The endpoint was changed.",
        "queued" => "Queued. It is sent at once and tried one time. Reload this page if it does not show what came of it.",
        "replayed" => "The events were queued; each is tried one time. Reload this page to see what came of them.",
        "recorded" => "The outcome was recorded.",
        "joined" => "Welcome. You are signed in.",
        "role" => "The role was changed; it holds from the next request on.",
        "member_removed" => "The user was removed and is signed out everywhere.",
        "withdrawn" => "The invitation was withdrawn; its link works no more.",
        "nothing" => "Nothing happened since then that this endpoint wants.",
        _ => return None,
    })
}

pub(super) fn style_address() -> &'static str {
    STYLE_ADDRESS.as_str()
}

pub(super) fn script_addresses() -> &'static [String] {
    SCRIPT_ADDRESSES.as_slice()
}

/// Where to go after a form was sent, with a sentence to show there.
pub(super) fn done(address: &str, notice: &str) -> Redirect {
    Redirect::to(&format!("{address}?done={notice}"))
}

/// Why there is no page.
#[derive(Debug)]
pub(super) enum PageError {
    /// Nobody is signed in.
    SignIn,
    /// The form does not come from one of our pages; says what to do.
    ForeignForm(String),
    /// Anything the domain refuses.
    Refused(ApiError),
}

impl PageError {
    pub(super) fn not_found() -> Self {
        Self::Refused(ApiError::not_found())
    }
}

impl<E: Into<ApiError>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// A handler's answer.
pub(super) type Page = Result<Response, PageError>;

/// Writes a page.
pub(super) fn show(template: &impl Template) -> Page {
    show_as(StatusCode::OK, template)
}

pub(super) fn show_as(status: StatusCode, template: &impl Template) -> Page {
    let html = template.render().map_err(|error| ApiError::internal(&error))?;
    Ok((status, Html(html)).into_response())
}

/// Headers of every answer here, pages, redirects and failures alike.
pub(super) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    // Not no-referrer: browsers would send `Origin: null` with our own forms then.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[derive(Template)]
#[template(path = "dashboard/failure.html")]
struct Failure<'a> {
    title: &'a str,
    detail: &'a str,
    errors: &'a [FieldError],
}

fn failure(status: u16, title: &str, detail: &str, errors: &[FieldError]) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (Failure { title, detail, errors }).render().map_or_else(|_| status.into_response(), |html| (status, Html(html)).into_response())
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::SignIn => return Redirect::to(SIGN_IN).into_response(),
            Self::ForeignForm(detail) => return failure(403, "This form was refused", &detail, &[]),
            Self::Refused(ApiError(problem)) => problem,
        };
        let title = match problem.code {
            ProblemCode::NotFound => "There is nothing here",
            ProblemCode::Conflict => "This cannot be done now",
            ProblemCode::MalformedRequest => "Something needs correcting",
            ProblemCode::RoleNotAllowed => "Your role does not allow this",
            ProblemCode::Gone => "This link works no more",
            ProblemCode::BodyTooLarge => "This is too large",
            ProblemCode::Internal => "Something went wrong on our side",
            _ => "This was refused",
        };
        failure(problem.status, title, &problem.detail, &problem.errors)
    }
}

/// A time as people read it; the machine-readable form goes beside it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(super) fn readable(time: &Timestamp) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}
