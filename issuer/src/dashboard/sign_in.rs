//! Signing in, making a workspace, signing out.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use passid_api::institution::{EnvironmentKeys, Onboard};
use passid_api::problem::{FieldError, ProblemCode};

use crate::http::ApiError;
use crate::http::limits::ClientNetwork;
use crate::institution::browser;
use crate::service::Service;

use super::cookie::Cookie;
use super::form::{MemberForm, OpenForm};
use super::page::{self, Page, PageError, SIGN_IN, fresh, show_as};
use super::pages::Pages;
use super::visit;

pub(super) fn routes() -> Pages {
    Pages::new()
        .get("/dashboard", home)
        .get("/dashboard/sign-in", sign_in_page)
        .post("/dashboard/sign-in", sign_in)
        .get("/dashboard/onboard", onboard_page)
        .post("/dashboard/onboard", onboard)
        .post("/dashboard/{environment}/sign-out", sign_out)
}

#[derive(Template)]
#[template(path = "dashboard/sign_in.html")]
struct SignInPage<'a> {
    form_token: String,
    email: &'a str,
    failed: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "dashboard/onboard.html")]
struct OnboardPage<'a> {
    form_token: String,
    once: String,
    name: &'a str,
    email: &'a str,
    errors: &'a [FieldError],
}

impl OnboardPage<'_> {
    fn error(&self, pointer: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.pointer == pointer).map(|error| error.message.as_str())
    }
}

#[derive(Template)]
#[template(path = "dashboard/welcome.html")]
struct Welcome {
    name: String,
    keys: EnvironmentKeys,
}

/// Sets the cookie an open form is tied to, unless the browser has one.
pub(super) fn open_form(service: &Service, headers: &HeaderMap) -> (String, Option<HeaderValue>) {
    let url = &service.config.public_url;
    if let Some(cookie) = Cookie::Form.read(headers, url).filter(|cookie| cookie.len() == 32) {
        return (visit::form_token(service, &cookie), None);
    }
    let cookie = fresh(service);
    (visit::form_token(service, &cookie), Cookie::Form.set(&cookie, url))
}

pub(super) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn home(State(service): State<Service>, headers: HeaderMap) -> Result<Redirect, PageError> {
    let token = visit::session_token(&service, &headers).ok_or(PageError::SignIn)?;
    browser::find(&service, &token).await?.ok_or(PageError::SignIn)?;
    Ok(Redirect::to("/dashboard/sandbox"))
}

async fn sign_in_page(State(service): State<Service>, headers: HeaderMap) -> Page {
    let (form_token, cookie) = open_form(&service, &headers);
    Ok(with_cookie(page::show(&SignInPage { form_token, email: "", failed: None })?, cookie))
}

async fn sign_in(State(service): State<Service>, ClientNetwork(network): ClientNetwork, headers: HeaderMap, OpenForm(fields): OpenForm) -> Page {
    match browser::sign_in(&service, network, fields.text("email"), fields.raw("password").to_owned()).await {
        Ok(token) => Ok(with_cookie(Redirect::to("/dashboard/sandbox").into_response(), Cookie::Session.set(&token, &service.config.public_url))),
        Err(ApiError(problem)) if problem.code == ProblemCode::Unauthenticated => {
            let (form_token, cookie) = open_form(&service, &headers);
            let page = SignInPage { form_token, email: fields.text("email"), failed: Some(&problem.detail) };
            Ok(with_cookie(show_as(StatusCode::UNAUTHORIZED, &page)?, cookie))
        }
        Err(error) => Err(error.into()),
    }
}

async fn onboard_page(State(service): State<Service>, headers: HeaderMap) -> Page {
    let (form_token, cookie) = open_form(&service, &headers);
    Ok(with_cookie(page::show(&OnboardPage { form_token, once: fresh(&service), name: "", email: "", errors: &[] })?, cookie))
}

/// The keys are on the page that answers the form, and nowhere else.
async fn onboard(State(service): State<Service>, ClientNetwork(network): ClientNetwork, headers: HeaderMap, OpenForm(fields): OpenForm) -> Page {
    let request = Onboard { name: fields.text("name").to_owned(), email: fields.text("email").to_owned(), password: fields.raw("password").to_owned() };
    match browser::onboard(&service, network, request, &fields.once, fields.digest).await {
        Ok(onboarded) => {
            let cookie = Cookie::Session.set(&onboarded.refresh_token, &service.config.public_url);
            let page = Welcome { name: onboarded.institution.name, keys: onboarded.keys };
            Ok(with_cookie(show_as(StatusCode::CREATED, &page)?, cookie))
        }
        Err(ApiError(problem)) if !problem.errors.is_empty() => {
            let (form_token, cookie) = open_form(&service, &headers);
            let page = OnboardPage { form_token, once: fresh(&service), name: fields.text("name"), email: fields.text("email"), errors: &problem.errors };
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            Ok(with_cookie(show_as(status, &page)?, cookie))
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_out(State(service): State<Service>, headers: HeaderMap, _form: MemberForm) -> Page {
    if let Some(token) = visit::session_token(&service, &headers) {
        browser::sign_out(&service, token).await?;
    }
    Ok(with_cookie(Redirect::to(SIGN_IN).into_response(), Cookie::Session.clear(&service.config.public_url)))
}
