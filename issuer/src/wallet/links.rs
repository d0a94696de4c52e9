//! Linking a bank: begin, the holder's return from the bank, status, revocation.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use zeroize::Zeroizing;

use passid_api::ids::BankLinkId;
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;
use passid_api::wallet::{BankLink, BankLinkStatus, CreateBankLink, List, Reconfirmation};

use crate::bank::authorisation::{AuthorisationResponse, PendingAuthorisation};
use crate::bank::error::BankError;
use crate::bank::provider::{BankProvider, ReconfirmationRule};
use crate::credential::issue::{bank_problem, seal_tokens};
use crate::http::callers::WalletCaller;
use crate::http::idempotency::{Answer, IdempotencyKey, once, replay};
use crate::http::limits::ClientAddress;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::bank_links::StoredLink;
use crate::store::{self, StoreError};

use super::{examples, withdrawals};

/// Where banks send holders back to.
pub(super) const CALLBACK_PATH: &str = "/v1/bank/callback";
const HTML: &str = "text/html";
const PAGE: &str = "<!doctype html>…";
/// The longest name read, characters.
const MAX_NAME: usize = 140;

/// The bank of this name in the caller's environment.
fn bank(service: &Service, caller: WalletCaller, id: &str) -> Result<Arc<dyn BankProvider>, ApiError> {
    let found = service.banks.iter().find(|bank| bank.description().id == id && bank.description().environment == caller.environment);
    found.cloned().ok_or_else(|| ApiError::field("/provider", "unknown", "Choose a bank listed under /.well-known/passid-issuer for your environment."))
}

pub(super) fn create_operation() -> Operation {
    Operation::new(Chapter::Wallet, "create_bank_link", "Begin linking a bank")
        .by(Caller::Wallet)
        .idempotent()
        .takes::<CreateBankLink>(examples::create_link())
        .answers::<BankLink>(201, "Send the holder's browser to `authorization_url`.", examples::link())
        .fails([ProblemCode::BankUnavailable, ProblemCode::BankLinkNotReady])
}

pub(super) async fn create(
    State(service): State<Service>,
    caller: WalletCaller,
    ClientAddress(holder): ClientAddress,
    key: IdempotencyKey,
    body: JsonBody<CreateBankLink>,
) -> Result<Answer, ApiError> {
    let JsonBody { value: request, digest } = body;
    let principal = caller.user.to_string();
    if let Some(answer) = replay(&service, &principal, &key, digest).await? {
        return Ok(answer);
    }
    let name = request.declared_name.trim().to_owned();
    if !(2..=MAX_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ApiError::field("/declared_name", "invalid", format!("Send the holder's name, 2 to {MAX_NAME} characters.")));
    }
    // An erased account's token may still be good for some minutes; nothing personal may come back under it.
    store::users::find(&mut service.store.reader().await?, caller.user).await?.ok_or_else(ApiError::not_found)?;
    let bank = bank(&service, caller, &request.provider)?;
    let pending = bank.begin(&format!("{}{CALLBACK_PATH}", service.config.issuer()), holder).await.map_err(|error| bank_problem(&error))?;

    let id = service.with_random(|random| BankLinkId::generate(service.clock.as_ref(), random));
    let plain = Zeroizing::new(serde_json::to_vec(&pending)?);
    let (sealed_pending, sealed_name) = service.with_random(|random| {
        let pending = service.sealer.seal(Purpose::BankConnection, &id.to_string(), &plain, random)?;
        let name = service.sealer.seal(Purpose::DeclaredName, &id.to_string(), name.as_bytes(), random)?;
        Ok::<_, crate::sealing::SealError>((pending, name))
    })?;
    let link = StoredLink {
        id,
        user: caller.user,
        provider: request.provider,
        status: BankLinkStatus::AwaitingAuthorisation,
        sealed_pending: Some(sealed_pending),
        sealed_tokens: None,
        sealed_name,
        expires_at: pending.expires_at,
        confirmed_at: None,
    };
    let state_digest = service.sealer.digest(Purpose::OneTimeValue, pending.state.expose().as_bytes());
    let answer = Answer::new(StatusCode::CREATED, &view(&service, &link)?)?;
    let now = service.clock.now();
    once(&service, &principal, &key, digest, move |connection| {
        Box::pin(async move {
            store::bank_links::insert(connection, &link, state_digest, now).await?;
            Ok(answer)
        })
    })
    .await
}

pub(super) fn view(service: &Service, link: &StoredLink) -> Result<BankLink, ApiError> {
    let over = link.expires_at <= service.clock.now() && matches!(link.status, BankLinkStatus::AwaitingAuthorisation | BankLinkStatus::Authorised);
    let status = if over { BankLinkStatus::Expired } else { link.status };
    let authorization_url = match (&link.sealed_pending, status) {
        (Some(sealed), BankLinkStatus::AwaitingAuthorisation) => Some(open_pending(service, link, sealed)?.authorization_url.expose().to_owned()),
        _ => None,
    };
    let reconfirm_by = if status == BankLinkStatus::Authorised { reconfirm_by(service, link) } else { None };
    let reconfirmation = reconfirm_by.map(|(by, rule)| {
        let now = service.clock.now();
        if now >= by {
            Reconfirmation::Due
        } else if now >= by.plus_seconds(-i64::from(rule.warning_days) * 86_400) {
            Reconfirmation::DueSoon
        } else {
            Reconfirmation::NotDue
        }
    });
    let reconfirm_by = reconfirm_by.map(|(by, _)| by);
    Ok(BankLink { link_id: link.id, provider: link.provider.clone(), status, authorization_url, expires_at: link.expires_at, reconfirm_by, reconfirmation })
}

/// Until when the holder must say again that the bank may be read, where its scheme has such a rule.
pub fn reconfirm_by(service: &Service, link: &StoredLink) -> Option<(Timestamp, ReconfirmationRule)> {
    let rule = service.banks.iter().find(|bank| bank.description().id == link.provider)?.reconfirmation()?;
    Some((link.confirmed_at?.plus_seconds(i64::from(rule.every_days) * 86_400), rule))
}

pub(super) fn reconfirm_operation() -> Operation {
    Operation::new(Chapter::Wallet, "reconfirm_bank_link", "Say again that the bank may be read")
        .by(Caller::Wallet)
        .path::<BankLinkId>("id", "The bank connection.", examples::LINK)
        .answers::<BankLink>(200, "The connection.", examples::link())
        .fails([ProblemCode::NotFound, ProblemCode::BankLinkNotReady])
}

/// The holder says again that the bank may be read.
pub(super) async fn reconfirm(State(service): State<Service>, caller: WalletCaller, Path(id): Path<String>) -> Result<Json<BankLink>, ApiError> {
    let link = own(&service, caller, &id).await?;
    let (user, id, now) = (caller.user, link.id, service.clock.now());
    let confirmed =
        service.store.write::<_, StoreError, _>(move |connection| Box::pin(async move { store::bank_links::confirm(connection, user, id, now).await }));
    if !confirmed.await? {
        return Err(ApiError::new(ProblemCode::BankLinkNotReady, "Only a consent in force can be confirmed; link the bank again."));
    }
    Ok(Json(view(&service, &own(&service, caller, &id.to_string()).await?)?))
}

fn open_pending(service: &Service, link: &StoredLink, sealed: &[u8]) -> Result<PendingAuthorisation, ApiError> {
    Ok(serde_json::from_slice(&service.sealer.open(Purpose::BankConnection, &link.id.to_string(), sealed)?)?)
}

async fn own(service: &Service, caller: WalletCaller, id: &str) -> Result<StoredLink, ApiError> {
    let id: BankLinkId = id.parse().map_err(|_| ApiError::not_found())?;
    store::bank_links::find(&mut service.store.reader().await?, caller.user, id).await?.ok_or_else(ApiError::not_found)
}

pub(super) fn show_operation() -> Operation {
    Operation::new(Chapter::Wallet, "get_bank_link", "Where a bank connection stands")
        .by(Caller::Wallet)
        .path::<BankLinkId>("id", "The bank connection.", examples::LINK)
        .answers::<BankLink>(200, "The connection.", examples::link())
        .fails([ProblemCode::NotFound])
}

pub(super) async fn show(State(service): State<Service>, caller: WalletCaller, Path(id): Path<String>) -> Result<Json<BankLink>, ApiError> {
    Ok(Json(view(&service, &own(&service, caller, &id).await?)?))
}

pub(super) fn list_operation() -> Operation {
    Operation::new(Chapter::Wallet, "list_bank_links", "The holder's bank connections").by(Caller::Wallet).answers::<List<BankLink>>(
        200,
        "All of them.",
        serde_json::json!({ "data": [examples::link()] }),
    )
}

pub(super) async fn list(State(service): State<Service>, caller: WalletCaller) -> Result<Json<List<BankLink>>, ApiError> {
    let links = store::bank_links::list(&mut service.store.reader().await?, caller.user).await?;
    let data: Vec<BankLink> = links.iter().map(|link| view(&service, link)).collect::<Result<_, _>>()?;
    Ok(Json(List { data }))
}

pub(super) fn revoke_operation() -> Operation {
    Operation::new(Chapter::Wallet, "revoke_bank_link", "End a bank connection, here and at the bank")
        .by(Caller::Wallet)
        .path::<BankLinkId>("id", "The bank connection.", examples::LINK)
        .answers_nothing(204, "It is ended.")
        .fails([ProblemCode::NotFound, ProblemCode::BankUnavailable, ProblemCode::BankLinkNotReady])
}

/// Ends the link here first, so that nothing is read any more, and then at the bank; a bank that does not listen is told again later.
pub(super) async fn revoke(State(service): State<Service>, caller: WalletCaller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let link = own(&service, caller, &id).await?;
    let consent = match &link.sealed_tokens {
        Some(sealed) => {
            let plain = service.sealer.open(Purpose::BankConnection, &link.id.to_string(), sealed)?;
            Some(serde_json::from_slice::<crate::bank::authorisation::BankTokens>(&plain)?.consent_id.clone())
        }
        None => None,
    };
    match consent {
        Some(consent) => {
            withdrawals::withdraw(&service, link.id, &consent).await?;
            withdrawals::tell_banks(&service).await?;
        }
        None => end(&service, link.id, BankLinkStatus::Revoked).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn end(service: &Service, id: BankLinkId, status: BankLinkStatus) -> Result<(), ApiError> {
    let ended = service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::bank_links::end(connection, id, status).await }));
    Ok(ended.await?)
}

pub(super) fn callback_operation() -> Operation {
    Operation::new(Chapter::Wallet, "complete_bank_link", "Where the bank sends the holder's browser back")
        .query::<String>("state", "Finds the linking, and is spent by finding it.", "f0e4c2f76c58916e")
        .query::<String>("code", "The bank's authorisation code.", "SplxlOBeZQQYbYS6WxSbIA")
        .query::<String>("error", "Why the bank or the holder refused.", "access_denied")
        .answers_text(200, "A page for the holder: the bank is linked.", HTML, PAGE)
        .answers_text(400, "A page for the holder: the bank was not linked.", HTML, PAGE)
        .answers_text(404, "A page for the holder: no linking waits for this answer.", HTML, PAGE)
        .answers_text(409, "A page for the holder: the bank or the holder refused.", HTML, PAGE)
        .answers_text(502, "A page for the holder: the bank did not answer.", HTML, PAGE)
}

/// The holder's browser, back from the bank. The state finds the linking and is spent by finding it.
pub(super) async fn callback(
    State(service): State<Service>,
    query: Result<Query<AuthorisationResponse>, axum::extract::rejection::QueryRejection>,
) -> Response {
    match returned(&service, query.map(|Query(response)| response).ok()).await {
        Ok(()) => page(StatusCode::OK, "Your bank is linked", "You can close this page and go back to PASSID."),
        Err(error) => {
            let status = StatusCode::from_u16(error.0.status).unwrap_or(StatusCode::BAD_REQUEST);
            page(status, "Your bank was not linked", "Go back to PASSID and try again.")
        }
    }
}

async fn returned(service: &Service, response: Option<AuthorisationResponse>) -> Result<(), ApiError> {
    let lost = || ApiError::new(ProblemCode::NotFound, "No linking waits for this answer.");
    let response = response.ok_or_else(lost)?;
    let digest = service.sealer.digest(Purpose::OneTimeValue, response.state.expose().as_bytes());
    let taken = service.store.write::<_, StoreError, _>(move |connection| Box::pin(async move { store::bank_links::take_pending(connection, digest).await }));
    let link = taken.await?.ok_or_else(lost)?;
    let pending = open_pending(service, &link, link.sealed_pending.as_deref().ok_or_else(lost)?)?;
    let bank = service.banks.iter().find(|bank| bank.description().id == link.provider).ok_or_else(lost)?;
    match bank.complete(&pending, &response).await {
        Ok(tokens) => {
            let sealed = seal_tokens(service, link.id, &tokens)?;
            let (id, expires_at, now) = (link.id, tokens.consent_expires_at, service.clock.now());
            let stored = service.store.write::<(), StoreError, _>(move |connection| {
                Box::pin(async move { store::bank_links::authorise(connection, id, sealed, expires_at, now).await })
            });
            Ok(stored.await?)
        }
        Err(error) => {
            tracing::warn!(link = %link.id, code = error.code(), "a bank was not linked");
            let status = if error == BankError::LinkingExpired { BankLinkStatus::Expired } else { BankLinkStatus::Rejected };
            end(service, link.id, status).await?;
            Err(bank_problem(&error))
        }
    }
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><h1>{title}</h1><p>{text}</p></html>"
    );
    let policy = "default-src 'none'; frame-ancestors 'none'";
    (status, [(header::CONTENT_SECURITY_POLICY, policy), (header::REFERRER_POLICY, "no-referrer")], Html(html)).into_response()
}
