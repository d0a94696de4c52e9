//! Registering, changing and removing endpoints.

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, WebhookEndpointId};
use passid_api::institution::{CreateWebhookEndpoint, UpdateWebhookEndpoint, WebhookEndpointCreated, WebhookEndpointView};
use passid_api::problem::ProblemCode;
use passid_api::webhook::{DisabledReason, EventKind};

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::service::Service;
use crate::store::Connection;
use crate::store::webhooks::{self as table, EndpointRow, SecretsRow};

use super::secrets;
use super::target::Target;

/// Endpoints a workspace may have in one environment.
const MAX_ENDPOINTS: i64 = 16;
/// Seconds both secrets sign when the caller does not say: a day.
const DEFAULT_OVERLAP: u32 = 24 * 3_600;
/// The longest overlap: a week.
const MAX_OVERLAP: u32 = 7 * 24 * 3_600;

/// What the owner sees of an endpoint.
pub(crate) fn view(row: EndpointRow) -> WebhookEndpointView {
    WebhookEndpointView {
        id: row.id,
        url: row.url,
        environment: row.environment,
        events: row.events,
        enabled: row.enabled,
        disabled_reason: row.disabled_reason,
        disabled_at: row.disabled_at,
        failing_since: row.failing_since,
        previous_secret_until: row.previous_secret_until,
        created_at: row.created_at,
    }
}

fn target(service: &Service, url: &str, environment: Environment) -> Result<String, ApiError> {
    let target = Target::parse(url, environment, service.config.allow_loopback_webhooks);
    target.map(|target| target.to_string()).map_err(|error| ApiError::field("/url", error.code(), error.to_string()))
}

/// The kinds asked for, each once; all when none were named.
fn wanted(events: Option<Vec<EventKind>>) -> Result<Vec<EventKind>, ApiError> {
    let Some(mut events) = events else { return Ok(EventKind::ALL.to_vec()) };
    events.sort_unstable();
    events.dedup();
    if events.is_empty() { Err(ApiError::field("/events", "empty", "Name at least one event, or leave events out for all of them.")) } else { Ok(events) }
}

/// The endpoint, if it is the workspace's.
pub(crate) async fn own(connection: &mut Connection, institution: InstitutionId, id: WebhookEndpointId) -> Result<EndpointRow, ApiError> {
    table::find_endpoint(connection, institution, id).await?.ok_or_else(ApiError::not_found)
}

/// An endpoint that is ready to be written.
pub(crate) struct NewEndpoint {
    row: EndpointRow,
    sealed_secret: Vec<u8>,
    secret: String,
}

/// Checks a registration and makes its secret.
pub(crate) fn prepare(service: &Service, institution: InstitutionId, request: CreateWebhookEndpoint) -> Result<NewEndpoint, ApiError> {
    let url = target(service, &request.url, request.environment)?;
    let events = wanted(request.events)?;
    let id = service.with_random(|random| WebhookEndpointId::generate(service.clock.as_ref(), random));
    let (secret, sealed_secret) = secrets::generate(service, id)?;
    let row = EndpointRow {
        id,
        institution,
        environment: request.environment,
        url,
        events,
        enabled: true,
        disabled_reason: None,
        disabled_at: None,
        failing_since: None,
        previous_secret_until: None,
        created_at: service.clock.now(),
    };
    Ok(NewEndpoint { row, sealed_secret, secret: secret.expose().to_string() })
}

/// Writes a registration; its secret is shown in the answer and never again.
pub(crate) async fn create(connection: &mut Connection, new: NewEndpoint, actor: &str) -> Result<WebhookEndpointCreated, ApiError> {
    let NewEndpoint { row, sealed_secret, secret } = new;
    if table::count_endpoints(connection, row.institution, row.environment).await? >= MAX_ENDPOINTS {
        return Err(ApiError::new(ProblemCode::Conflict, format!("A workspace has at most {MAX_ENDPOINTS} endpoints in one environment; remove one first.")));
    }
    table::insert_endpoint(connection, &row, sealed_secret).await?;
    audit::append(connection, row.institution, Action::WebhookCreated, &row.id.to_string(), actor, row.created_at).await?;
    Ok(WebhookEndpointCreated { endpoint: view(row), secret })
}

/// Changes an endpoint; what the request leaves out stays. Enabling it again forgives its past.
pub(crate) async fn update(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: WebhookEndpointId,
    request: UpdateWebhookEndpoint,
    actor: &str,
) -> Result<WebhookEndpointView, ApiError> {
    let (row, now) = (own(connection, institution, id).await?, service.clock.now());
    let url = request.url.map_or(Ok(row.url), |url| target(service, &url, row.environment))?;
    let events = request.events.map_or(Ok(row.events), |events| wanted(Some(events)))?;
    table::update_endpoint(connection, id, &url, &events).await?;
    match request.enabled {
        Some(true) => drop(table::enable_endpoint(connection, id).await?),
        Some(false) => {
            table::disable_endpoint(connection, id, DisabledReason::Owner, now).await?;
            table::cancel_pending(connection, id, now).await?;
        }
        None => {}
    }
    audit::append(connection, institution, Action::WebhookUpdated, &id.to_string(), actor, now).await?;
    own(connection, institution, id).await.map(view)
}

/// Removes an endpoint: its secrets are gone, its log stays with the workspace's records.
pub(crate) async fn remove(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: WebhookEndpointId,
    actor: &str,
) -> Result<(), ApiError> {
    let now = service.clock.now();
    if !table::remove_endpoint(connection, institution, id, now).await? {
        return Err(ApiError::not_found());
    }
    table::cancel_pending(connection, id, now).await?;
    audit::append(connection, institution, Action::WebhookRemoved, &id.to_string(), actor, now).await?;
    Ok(())
}

/// Gives an endpoint a new secret. Until the overlap ends the old one signs beside it, in the Standard Webhooks header;
/// `X-PASSID-Signature` holds one signature, by the new one. Rotating again ends the older overlap; an overlap of zero ends the old
/// secret at once.
pub(crate) async fn rotate_secret(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: WebhookEndpointId,
    overlap: Option<u32>,
    actor: &str,
) -> Result<WebhookEndpointCreated, ApiError> {
    let overlap = overlap.unwrap_or(DEFAULT_OVERLAP);
    if overlap > MAX_OVERLAP {
        return Err(ApiError::field("/overlap_seconds", "invalid", format!("Choose at most {MAX_OVERLAP} seconds, a week.")));
    }
    let now = service.clock.now();
    let present = table::secrets(connection, institution, id).await?.ok_or_else(ApiError::not_found)?;
    let (secret, sealed) = secrets::generate(service, id)?;
    let rotated = SecretsRow { current: sealed, previous: Some(present.current), previous_until: Some(now.plus_seconds(overlap.into())) };
    table::set_secrets(connection, id, rotated).await?;
    audit::append(connection, institution, Action::WebhookSecretRotated, &id.to_string(), actor, now).await?;
    Ok(WebhookEndpointCreated { endpoint: own(connection, institution, id).await.map(view)?, secret: secret.expose().to_string() })
}
