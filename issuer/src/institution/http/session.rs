//! Onboarding, signing in, staying signed in, signing out.

use std::net::IpAddr;

use axum::extract::State;
use axum::http::StatusCode;
use sha2::{Digest, Sha256};

use passid_api::institution::{Login, Onboard, Onboarded, RefreshRequest, SessionTokens};
use passid_api::problem::ProblemCode;

use crate::http::idempotency::{Answer, IdempotencyKey, once, replay};
use crate::http::limits::{self, ClientNetwork};
use crate::http::openapi::{Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::institution::input::{EmailAddress, Password};
use crate::institution::onboard::{self, Applicant};
use crate::institution::password;
use crate::institution::sign_in::{self, RefreshToken};
use crate::limit::{LimitName, Subject};
use crate::service::Service;
use crate::store::institutions as table;

use super::examples;

/// For whom an answer is stored when the caller has no identity yet: whoever knows the same secret or address. Hashed, so that
/// neither is kept.
fn scope(of: &str) -> String {
    hex::encode(Sha256::digest(of))
}

pub(super) fn onboard_operation() -> Operation {
    Operation::new(Chapter::Workspace, "onboard_institution", "Make a workspace")
        .about("Keys are shown here and never again. Live keys work once the operator has approved the workspace.")
        .idempotent()
        .takes::<Onboard>(examples::onboard())
        .answers::<Onboarded>(201, "The workspace, its keys, and its first user signed in.", examples::onboarded())
        .fails([ProblemCode::Conflict])
}

/// Hashing a password is made to be slow: whoever sends many pays for it.
async fn count_password(service: &Service, network: IpAddr) -> Result<(), ApiError> {
    limits::count(service, LimitName::Password, Subject::Address(network)).await
}

pub(super) async fn onboard(
    State(service): State<Service>,
    ClientNetwork(network): ClientNetwork,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<Onboard>,
) -> Result<Answer, ApiError> {
    let applicant = Applicant::read(value)?;
    let scope = scope(applicant.email.expose());
    if let Some(answer) = replay(&service, &scope, &key, digest).await? {
        return Ok(answer);
    }
    count_password(&service, network).await?;
    let prepared = onboard::prepare(&service, applicant).await?;
    let inside = service.clone();
    once(&service, &scope, &key, digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &onboard::create(connection, &inside, prepared).await?) })
    })
    .await
}

pub(super) fn login_operation() -> Operation {
    Operation::new(Chapter::Workspace, "login_institution", "Sign in")
        .idempotent()
        .takes::<Login>(examples::login())
        .answers::<SessionTokens>(200, "An access token for ten minutes, a refresh token for thirty days.", examples::tokens())
        .fails([ProblemCode::Unauthenticated])
}

/// Unknown addresses and wrong passwords answer alike and take as long.
pub(super) async fn login(
    State(service): State<Service>,
    ClientNetwork(network): ClientNetwork,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<Login>,
) -> Result<Answer, ApiError> {
    let wrong = || ApiError::new(ProblemCode::Unauthenticated, "The e-mail address or the password is wrong.");
    let email = EmailAddress::parse(&value.email).map_err(|_| wrong())?;
    let given = Password::given(value.password).map_err(|_| wrong())?;
    let scope = scope(email.expose());
    if let Some(answer) = replay(&service, &scope, &key, digest).await? {
        return Ok(answer);
    }
    count_password(&service, network).await?;
    limits::count(&service, LimitName::SignIn, Subject::Digest(Sha256::digest(email.expose()).into())).await?;
    let mut user = table::find_user(&mut service.store.reader().await?, email.expose()).await?;
    let hash = user.as_mut().map(|user| std::mem::take(&mut user.password_hash));
    let fits = password::verify(given, hash).await.map_err(|error| ApiError::internal(&error))?;
    let user = user.filter(|_| fits).ok_or_else(wrong)?;
    let inside = service.clone();
    once(&service, &scope, &key, digest, move |connection| {
        Box::pin(async move { Answer::ok(&sign_in::sign_in(connection, &inside, user.institution, user.id).await?) })
    })
    .await
}

fn refresh_token(request: &RefreshRequest) -> Result<RefreshToken, ApiError> {
    let wrong = |_| ApiError::new(ProblemCode::Unauthenticated, "This is not a refresh token; sign in again.");
    request.refresh_token.parse().map_err(wrong)
}

pub(super) fn refresh_operation() -> Operation {
    Operation::new(Chapter::Workspace, "refresh_institution_token", "Stay signed in")
        .about("A refresh token is exchanged for its successor, once. One presented again revokes all that followed from its sign-in.")
        .idempotent()
        .takes::<RefreshRequest>(examples::refresh())
        .answers::<SessionTokens>(200, "Fresh tokens.", examples::tokens())
        .fails([ProblemCode::Unauthenticated])
}

pub(super) async fn refresh(
    State(service): State<Service>,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<RefreshRequest>,
) -> Result<Answer, ApiError> {
    let token = refresh_token(&value)?;
    let (scope, inside) = (scope(&value.refresh_token), service.clone());
    let exchanged = once(&service, &scope, &key, digest, {
        let token = token.clone();
        move |connection| Box::pin(async move { Answer::ok(&sign_in::rotate(connection, &inside, &token).await?) })
    })
    .await;
    if exchanged.as_ref().is_err_and(|error| error.0.code == ProblemCode::Unauthenticated) {
        sign_in::revoke_reused(&service, &token).await?;
    }
    exchanged
}

pub(super) fn logout_operation() -> Operation {
    Operation::new(Chapter::Workspace, "logout_institution", "Sign out")
        .takes::<RefreshRequest>(examples::refresh())
        .answers_nothing(204, "The sign-in has ended, now or earlier.")
        .fails([ProblemCode::Unauthenticated])
}

pub(super) async fn logout(State(service): State<Service>, JsonBody { value, .. }: JsonBody<RefreshRequest>) -> Result<StatusCode, ApiError> {
    let (token, inside) = (refresh_token(&value)?, service.clone());
    service.store.write(move |connection| Box::pin(async move { sign_in::sign_out(connection, &inside, &token).await })).await?;
    Ok(StatusCode::NO_CONTENT)
}
