//! The workspace's people: who they are, what they may do, who is invited. Everybody sees them; owners change them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use passid_api::ids::{InstitutionUserId, InvitationId};
use passid_api::institution::Role;
use passid_api::problem::{FieldError, ProblemCode};

use crate::http::ApiError;
use crate::http::idempotency::{Answer, once};
use crate::institution::team::{self, INVITATION_SECONDS, Invited, MAX_MEMBERS};
use crate::service::Service;
use crate::store::institutions::{self as table, InvitationRow, MemberRow};

use super::form::{Form, OwnerForm};
use super::page::{Frame, Page, PageError, done, show_as};
use super::pages::Pages;
use super::visit::Visit;

const DAY: i64 = 86_400;

pub(super) fn routes() -> Pages {
    Pages::new()
        .get("/dashboard/{environment}/team", list)
        .post("/dashboard/{environment}/team/invitations", invite)
        .post("/dashboard/{environment}/team/invitations/{id}/withdraw", withdraw)
        .post("/dashboard/{environment}/team/{user}/role", change_role)
        .post("/dashboard/{environment}/team/{user}/remove", remove)
}

#[derive(Template)]
#[template(path = "dashboard/team.html")]
struct TeamPage {
    frame: Frame,
    you: InstitutionUserId,
    members: Vec<MemberRow>,
    invitations: Vec<InvitationRow>,
    roles: &'static [Role],
    /// What was typed into the invitation, with what is wrong with it.
    typed: String,
    errors: Vec<FieldError>,
}

impl TeamPage {
    fn manages(&self) -> bool {
        self.frame.role.may_manage_team()
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn link_days(&self) -> i64 {
        INVITATION_SECONDS / DAY
    }
}

#[derive(Template)]
#[template(path = "dashboard/invited.html")]
struct InvitedPage {
    frame: Frame,
    invited: Invited,
    link: String,
}

async fn page(service: &Service, visit: &Visit, status: StatusCode, typed: &str, errors: Vec<FieldError>) -> Page {
    let institution = visit.institution.id;
    let mut reader = service.store.reader().await?;
    let members = table::list_members(&mut reader, institution, MAX_MEMBERS).await?;
    let invitations = table::list_invitations(&mut reader, institution, service.clock.now(), MAX_MEMBERS).await?;
    drop(reader);
    let (frame, you, typed) = (Frame::new(service, visit, "team"), visit.user.user, typed.to_owned());
    show_as(status, &TeamPage { frame, you, members, invitations, roles: Role::ALL, typed, errors })
}

async fn list(State(service): State<Service>, visit: Visit) -> Page {
    page(&service, &visit, StatusCode::OK, "", Vec::new()).await
}

/// The link is on the page that answers the form, and nowhere else.
async fn invite(State(service): State<Service>, OwnerForm(Form { visit, fields }): OwnerForm) -> Page {
    let (role, email) = (fields.parse("role", "a role")?, fields.text("email").to_owned());
    let (inside, institution, actor, typed) = (service.clone(), visit.institution.id, visit.user.user, email.clone());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &team::invite(connection, &inside, institution, actor, &email, role).await?) })
    })
    .await;
    let invited: Invited = match answer {
        Ok(answer) => answer.read()?,
        Err(ApiError(problem)) if !problem.errors.is_empty() => {
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            return page(&service, &visit, status, &typed, problem.errors).await;
        }
        Err(error) => return Err(error.into()),
    };
    let link = format!("{}/dashboard/join/{}", service.config.public_url.as_str().trim_end_matches('/'), invited.token);
    show_as(StatusCode::CREATED, &InvitedPage { frame: Frame::new(&service, &visit, "team"), invited, link })
}

async fn withdraw(State(service): State<Service>, Path((_, id)): Path<(String, String)>, OwnerForm(Form { visit, .. }): OwnerForm) -> Page {
    let id: InvitationId = id.parse().map_err(|_| PageError::not_found())?;
    let (institution, actor, now) = (visit.institution.id, visit.user.user, service.clock.now());
    service.store.write(move |connection| Box::pin(async move { team::withdraw(connection, institution, actor, id, now).await })).await?;
    Ok(done(&address(&visit), "withdrawn").into_response())
}

fn address(visit: &Visit) -> String {
    format!("/dashboard/{}/team", visit.environment)
}

async fn change_role(State(service): State<Service>, Path((_, user)): Path<(String, String)>, OwnerForm(Form { visit, fields }): OwnerForm) -> Page {
    let user: InstitutionUserId = user.parse().map_err(|_| PageError::not_found())?;
    let role: Role = fields.parse("role", "a role")?;
    let (institution, actor, now) = (visit.institution.id, visit.user.user, service.clock.now());
    service.store.write(move |connection| Box::pin(async move { team::change_role(connection, institution, actor, user, role, now).await })).await?;
    Ok(done(&address(&visit), "role").into_response())
}

async fn remove(State(service): State<Service>, Path((_, user)): Path<(String, String)>, OwnerForm(Form { visit, .. }): OwnerForm) -> Page {
    let user: InstitutionUserId = user.parse().map_err(|_| PageError::not_found())?;
    let (institution, actor, now) = (visit.institution.id, visit.user.user, service.clock.now());
    let removed = service.store.write(move |connection| Box::pin(async move { team::remove(connection, institution, actor, user, now).await })).await;
    match removed {
        Ok(()) => Ok(done(&address(&visit), "member_removed").into_response()),
        Err(ApiError(problem)) if problem.code == ProblemCode::NotFound => Err(PageError::not_found()),
        Err(error) => Err(error.into()),
    }
}
