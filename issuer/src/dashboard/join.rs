//! An invitation's link: what it is for, and the password that accepts it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};

use passid_api::problem::{FieldError, ProblemCode};

use crate::http::ApiError;
use crate::http::limits::ClientNetwork;
use crate::institution::team::{self, Invitation};
use crate::service::Service;

use super::cookie::Cookie;
use super::form::OpenForm;
use super::page::{Page, show_as};
use super::pages::Pages;
use super::sign_in::{open_form, with_cookie};

pub(super) fn routes() -> Pages {
    Pages::new().get("/dashboard/join/{token}", page).post("/dashboard/join/{token}", accept)
}

#[derive(Template)]
#[template(path = "dashboard/join.html")]
struct JoinPage {
    form_token: String,
    token: String,
    invitation: Invitation,
    errors: Vec<FieldError>,
}

fn shown(service: &Service, headers: &HeaderMap, token: String, invitation: Invitation, status: StatusCode, errors: Vec<FieldError>) -> Page {
    let (form_token, cookie) = open_form(service, headers);
    Ok(with_cookie(show_as(status, &JoinPage { form_token, token, invitation, errors })?, cookie))
}

/// Looking at the link does not use it up: mail filters and chat previews open links.
async fn page(State(service): State<Service>, Path(token): Path<String>, headers: HeaderMap) -> Page {
    let invitation = team::invitation(&service, &token).await?;
    shown(&service, &headers, token, invitation, StatusCode::OK, Vec::new())
}

async fn accept(
    State(service): State<Service>,
    Path(token): Path<String>,
    ClientNetwork(network): ClientNetwork,
    headers: HeaderMap,
    OpenForm(fields): OpenForm,
) -> Page {
    match team::accept(&service, network, &token, fields.raw("password").to_owned()).await {
        Ok(session) => {
            let response = Redirect::to("/dashboard/sandbox?done=joined").into_response();
            Ok(with_cookie(response, Cookie::Session.set(&session, &service.config.public_url)))
        }
        Err(ApiError(problem)) if problem.code == ProblemCode::MalformedRequest => {
            let invitation = team::invitation(&service, &token).await?;
            shown(&service, &headers, token, invitation, StatusCode::BAD_REQUEST, problem.errors)
        }
        Err(error) => Err(error.into()),
    }
}
