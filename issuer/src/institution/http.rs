//! `/api/institution/…` and the workspace's own pages under `/v1/institution`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use sha2::{Digest, Sha256};

use passid_api::ids::ApiKeyId;
use passid_api::institution::{ApiKeyView, CreateKey, InstitutionView, Login, Onboard, Origins, Page, RefreshRequest, RotateKey};
use passid_api::problem::ProblemCode;

use crate::http::callers::InstitutionCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once, replay};
use crate::http::{ApiError, Empty, JsonBody};
use crate::service::Service;
use crate::store::institutions as table;

use super::input::{EmailAddress, Password};
use super::onboard::Applicant;
use super::sign_in::RefreshToken;
use super::{keys, onboard, origins, password, sign_in};

/// Keys listed at most; older ones have long ended.
const MAX_LISTED: u32 = 100;

/// The room's routes.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/api/institution/onboard", post(onboard))
        .route("/api/institution/login", post(login))
        .route("/api/institution/token/refresh", post(refresh))
        .route("/api/institution/logout", post(logout))
        .route("/v1/institution", get(show))
        .route("/v1/institution/keys", get(list_keys).post(create_key))
        .route("/v1/institution/keys/{id}/rotate", post(rotate_key))
        .route("/v1/institution/keys/{id}/revoke", post(revoke_key))
        .route("/v1/institution/origins", get(show_origins).put(replace_origins))
}

/// For whom an answer is stored when the caller has no identity yet: whoever knows the same secret or address. Hashed, so that
/// neither is kept.
fn scope(of: &str) -> String {
    hex::encode(Sha256::digest(of))
}

async fn onboard(State(service): State<Service>, key: IdempotencyKey, JsonBody { value, digest }: JsonBody<Onboard>) -> Result<Answer, ApiError> {
    let applicant = Applicant::read(value)?;
    let scope = scope(applicant.email.expose());
    if let Some(answer) = replay(&service, &scope, &key, digest).await? {
        return Ok(answer);
    }
    let prepared = onboard::prepare(&service, applicant).await?;
    let inside = service.clone();
    once(&service, &scope, &key, digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &onboard::create(connection, &inside, prepared).await?) })
    })
    .await
}

/// Unknown addresses and wrong passwords answer alike and take as long.
async fn login(State(service): State<Service>, key: IdempotencyKey, JsonBody { value, digest }: JsonBody<Login>) -> Result<Answer, ApiError> {
    let wrong = || ApiError::new(ProblemCode::Unauthenticated, "The e-mail address or the password is wrong.");
    let email = EmailAddress::parse(&value.email).map_err(|_| wrong())?;
    let given = Password::given(value.password).map_err(|_| wrong())?;
    let scope = scope(email.expose());
    if let Some(answer) = replay(&service, &scope, &key, digest).await? {
        return Ok(answer);
    }
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

async fn refresh(State(service): State<Service>, key: IdempotencyKey, JsonBody { value, digest }: JsonBody<RefreshRequest>) -> Result<Answer, ApiError> {
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

async fn logout(State(service): State<Service>, JsonBody { value, .. }: JsonBody<RefreshRequest>) -> Result<StatusCode, ApiError> {
    let (token, inside) = (refresh_token(&value)?, service.clone());
    service.store.write(move |connection| Box::pin(async move { sign_in::sign_out(connection, &inside, &token).await })).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn show(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<InstitutionView>, ApiError> {
    let found = table::find(&mut service.store.reader().await?, caller.institution).await?;
    found.map(Json).ok_or_else(ApiError::not_found)
}

async fn list_keys(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<Page<ApiKeyView>>, ApiError> {
    let rows = table::list_keys(&mut service.store.reader().await?, caller.institution, MAX_LISTED).await?;
    Ok(Json(Page { data: rows.into_iter().map(keys::view).collect(), has_more: false, next_cursor: None }))
}

async fn create_key(
    State(service): State<Service>,
    caller: InstitutionCaller,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<CreateKey>,
) -> Result<Answer, ApiError> {
    let inside = service.clone();
    once(&service, &caller.institution.to_string(), &key, digest, move |connection| {
        Box::pin(async move {
            let created = keys::create(connection, &inside, caller.institution, &value, &caller.actor()).await?;
            Answer::new(StatusCode::CREATED, &created)
        })
    })
    .await
}

fn key_id(text: &str) -> Result<ApiKeyId, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

async fn rotate_key(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value, digest }: JsonBody<RotateKey>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (key_id(&id)?, service.clone());
    once(&service, &caller.institution.to_string(), &key, digest, move |connection| {
        Box::pin(async move {
            let rotated = keys::rotate(connection, &inside, caller.institution, id, &value, &caller.actor()).await?;
            Answer::new(StatusCode::CREATED, &rotated)
        })
    })
    .await
}

async fn revoke_key(
    State(service): State<Service>,
    caller: InstitutionCaller,
    Path(id): Path<String>,
    key: IdempotencyKey,
    JsonBody { value: Empty {}, digest }: JsonBody<Empty>,
) -> Result<Answer, ApiError> {
    let (id, inside) = (key_id(&id)?, service.clone());
    once(&service, &caller.institution.to_string(), &key, digest, move |connection| {
        Box::pin(async move { Answer::ok(&keys::revoke(connection, &inside, caller.institution, id, &caller.actor()).await?) })
    })
    .await
}

async fn show_origins(State(service): State<Service>, caller: InstitutionCaller) -> Result<Json<Origins>, ApiError> {
    Ok(Json(origins::show(&mut service.store.reader().await?, caller.institution).await?))
}

async fn replace_origins(
    State(service): State<Service>,
    caller: InstitutionCaller,
    JsonBody { value, .. }: JsonBody<Origins>,
) -> Result<Json<Origins>, ApiError> {
    let (rows, now) = (origins::read(&value)?, service.clock.now());
    let replaced = service
        .store
        .write(move |connection| Box::pin(async move { origins::replace(connection, caller.institution, rows, &caller.actor(), now).await }))
        .await?;
    Ok(Json(replaced))
}
