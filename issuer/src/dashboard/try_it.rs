//! The documented sandbox tokens with what they do, and a form that verifies one.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};

use passid_api::environment::Environment;
use passid_api::verify::{VerifyRequest, VerifyResponse};

use crate::http::ApiError;
use crate::http::idempotency::{Answer, once};
use crate::sandbox::fixtures::{self, FIXTURES, Fixture};
use crate::service::Service;
use crate::verify::redeem::{self, Redeemer};

use super::form::Form;
use super::page::{Frame, Page, PageError, show};
use super::pages::Pages;
use super::visit::Visit;

/// The longest reference read, characters.
const MAX_REFERENCE: usize = 200;

pub(super) fn routes() -> Pages {
    Pages::new().get("/dashboard/{environment}/try", tokens).post("/dashboard/{environment}/try", verify)
}

#[derive(Template)]
#[template(path = "dashboard/try.html")]
struct TryPage {
    frame: Frame,
    fixtures: &'static [Fixture],
    base_url: String,
}

/// These tokens mean nothing in the live world.
fn sandbox_only(visit: &Visit) -> Result<(), PageError> {
    if visit.environment == Environment::Sandbox { Ok(()) } else { Err(PageError::not_found()) }
}

async fn tokens(State(service): State<Service>, visit: Visit) -> Page {
    sandbox_only(&visit)?;
    let base_url = service.config.public_url.as_str().trim_end_matches('/').to_owned();
    show(&TryPage { frame: Frame::new(&service, &visit, "try"), fixtures: &FIXTURES, base_url })
}

/// Verifies a documented token as the workspace's key would. Others are for keys, where guesses are counted.
async fn verify(State(service): State<Service>, Form { visit, fields }: Form) -> Page {
    sandbox_only(&visit)?;
    let fixture = Fixture::named(fields.text("token")).ok_or_else(|| ApiError::field("/token", "invalid", "Choose one of the documented tokens."))?;
    let reference = fields.text("institution_reference");
    if reference.chars().count() > MAX_REFERENCE || reference.contains('\0') {
        return Err(ApiError::field("/institution_reference", "invalid", "Give at most 200 characters.").into());
    }
    let request = VerifyRequest { token: fixture.token(), institution_reference: Some(reference.to_owned()).filter(|text| !text.is_empty()) };
    let ready = fixtures::prepare(&service, visit.environment, &request.token).await?;
    let redeemer = Redeemer { institution: visit.institution.id, environment: visit.environment, actor: visit.actor() };
    let (inside, caller) = (service.clone(), visit.institution.id.to_string());
    let answer = once(&service, &caller, &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::ok(&redeem::redeem(&inside, connection, &redeemer, &request, ready).await?) })
    })
    .await?;
    service.deliveries_due.notify_one();
    let response: VerifyResponse = answer.read()?;
    Ok(Redirect::to(&format!("/dashboard/{}/verifications/{}", visit.environment, response.verification_id)).into_response())
}
