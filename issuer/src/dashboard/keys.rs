//! Keys and origins: made, rotated, revoked; shown once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

use passid_api::api_key::KeyKind;
use passid_api::environment::Environment;
use passid_api::ids::ApiKeyId;
use passid_api::institution::{ApiKeyCreated, ApiKeyView, CreateKey, Origins, RotateKey};
use passid_api::time::Timestamp;

use crate::http::ApiError;
use crate::http::idempotency::{Answer, once};
use crate::institution::{keys, origins};
use crate::service::Service;
use crate::store::institutions as table;

use super::form::Form;
use super::page::{Frame, Page, PageError, done, readable, show, show_as};
use super::pages::Pages;
use super::visit::Visit;

/// Keys listed at most; older ones have long ended.
const MAX_LISTED: u32 = 100;
const HOUR: u32 = 3_600;

pub(super) fn routes() -> Pages {
    Pages::new()
        .get("/dashboard/{environment}/keys", list)
        .post("/dashboard/{environment}/keys", create)
        .post("/dashboard/{environment}/keys/{id}/rotate", rotate)
        .post("/dashboard/{environment}/keys/{id}/revoke", revoke)
        .post("/dashboard/{environment}/origins", save_origins)
}

/// A key as a row of the table.
struct KeyLine {
    key: ApiKeyView,
    masked: String,
    what: &'static str,
    state: String,
    current: bool,
    working: bool,
}

impl KeyLine {
    fn new(key: ApiKeyView, now: Timestamp) -> Self {
        let ended = key.ends_at.is_some_and(|end| end <= now);
        let state = match (key.revoked_at, key.ends_at) {
            (Some(at), _) => format!("Revoked {}", readable(&at)),
            (None, Some(at)) if ended => format!("Ended {}", readable(&at)),
            (None, Some(at)) => format!("Replaced; works until {}", readable(&at)),
            (None, None) => "In use".to_owned(),
        };
        let what = match key.kind {
            KeyKind::Publishable => "Publishable",
            KeyKind::Secret => "Secret",
        };
        let masked = format!("{}_{}_…{}", key.kind, key.environment, key.last_four);
        let working = key.revoked_at.is_none() && !ended;
        Self { masked, what, state, current: working && key.ends_at.is_none(), working, key }
    }
}

#[derive(Template)]
#[template(path = "dashboard/keys.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<KeyLine>,
    origins: String,
}

#[derive(Template)]
#[template(path = "dashboard/key_shown.html")]
struct KeyShown {
    frame: Frame,
    created: ApiKeyCreated,
    what: &'static str,
}

async fn list(State(service): State<Service>, visit: Visit) -> Page {
    let (institution, now) = (visit.institution.id, service.clock.now());
    let mut reader = service.store.reader().await?;
    let rows = table::list_keys(&mut reader, institution, MAX_LISTED).await?;
    let origins = origins::show(&mut reader, institution).await?;
    drop(reader);
    let own = rows.into_iter().map(keys::view).filter(|key| key.environment == visit.environment);
    let keys = own.map(|key| KeyLine::new(key, now)).collect();
    let origins = of(&origins, visit.environment).join("\n");
    show(&KeysPage { frame: Frame::new(&service, &visit, "keys"), keys, origins })
}

fn of(origins: &Origins, environment: Environment) -> &Vec<String> {
    match environment {
        Environment::Sandbox => &origins.sandbox,
        Environment::Live => &origins.live,
    }
}

fn shown(service: &Service, visit: &Visit, answer: &Answer) -> Page {
    let created: ApiKeyCreated = answer.read()?;
    let what = KeyLine::new(created.key.clone(), service.clock.now()).what;
    show_as(StatusCode::CREATED, &KeyShown { frame: Frame::new(service, visit, "keys"), created, what })
}

async fn create(State(service): State<Service>, Form { visit, fields }: Form) -> Page {
    let request = CreateKey { environment: visit.environment, kind: fields.parse("kind", "publishable or secret")? };
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &keys::create(connection, &inside, institution, &request, &actor).await?) })
    })
    .await?;
    shown(&service, &visit, &answer)
}

/// The key of the address, if it is the workspace's and of the page's environment.
async fn own(service: &Service, visit: &Visit, id: &str) -> Result<ApiKeyId, PageError> {
    let id = id.parse().map_err(|_| PageError::not_found())?;
    let found = table::find_key_by_id(&mut service.store.reader().await?, visit.institution.id, id).await?;
    found.filter(|key| key.environment == visit.environment).map(|key| key.id).ok_or_else(PageError::not_found)
}

async fn rotate(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, fields }: Form) -> Page {
    let id = own(&service, &visit, &id).await?;
    let hours: u32 = fields.parse("overlap_hours", "how long both keys work")?;
    let request = RotateKey { overlap_seconds: Some(hours.saturating_mul(HOUR)) };
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    let answer = once(&service, &institution.to_string(), &fields.once, fields.digest, move |connection| {
        Box::pin(async move { Answer::new(StatusCode::CREATED, &keys::rotate(connection, &inside, institution, id, &request, &actor).await?) })
    })
    .await?;
    shown(&service, &visit, &answer)
}

async fn revoke(State(service): State<Service>, Path((_, id)): Path<(String, String)>, Form { visit, .. }: Form) -> Page {
    let id = own(&service, &visit, &id).await?;
    let (inside, institution, actor) = (service.clone(), visit.institution.id, visit.actor());
    service.store.write(move |connection| Box::pin(async move { keys::revoke(connection, &inside, institution, id, &actor).await })).await?;
    Ok(done(&format!("/dashboard/{}/keys", visit.environment), "revoked").into_response())
}

/// Saves the origins of the page's environment; the other's stay.
async fn save_origins(State(service): State<Service>, Form { visit, fields }: Form) -> Page {
    let typed: Vec<String> = fields.text("origins").split_whitespace().map(str::to_owned).collect();
    let (institution, actor, environment, now) = (visit.institution.id, visit.actor(), visit.environment, service.clock.now());
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                let mut all = origins::show(connection, institution).await?;
                match environment {
                    Environment::Sandbox => all.sandbox = typed,
                    Environment::Live => all.live = typed,
                }
                let rows = origins::read(&all)?;
                origins::replace(connection, institution, rows, &actor, now).await.map(drop)
            })
        })
        .await
        .map_err(|error: ApiError| error)?;
    Ok(done(&format!("/dashboard/{environment}/keys"), "origins").into_response())
}
