//! A workspace's keys: listed, rotated with overlap, revoked.

use passid_api::api_key::{ApiKey, KeyKind};
use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId};
use passid_api::institution::{ApiKeyCreated, ApiKeyView, CreateKey, RotateKey};
use passid_api::problem::ProblemCode;

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::service::Service;
use crate::store::Connection;
use crate::store::institutions::{self as table, KeyOwner, KeyRow};

/// Seconds both keys work when the caller does not say: a day.
const DEFAULT_OVERLAP: u32 = 24 * 3_600;
/// The longest overlap: a week.
const MAX_OVERLAP: u32 = 7 * 24 * 3_600;
/// Keys of one kind and environment a workspace may have at once, those in their overlap not counted.
const MAX_CURRENT: i64 = 10;
/// Use is noted once in so many seconds, so that a busy key does not write on every request.
const NOTED_EVERY: i64 = 600;

pub(crate) fn view(row: KeyRow) -> ApiKeyView {
    ApiKeyView {
        id: row.id,
        environment: row.environment,
        kind: row.kind,
        last_four: row.last_four,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        ends_at: row.ends_at,
        revoked_at: row.revoked_at,
    }
}

async fn own(connection: &mut Connection, institution: InstitutionId, id: ApiKeyId) -> Result<KeyRow, ApiError> {
    table::find_key_by_id(connection, institution, id).await?.ok_or_else(ApiError::not_found)
}

/// Makes a further key.
pub(crate) async fn create(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    request: &CreateKey,
    actor: &str,
) -> Result<ApiKeyCreated, ApiError> {
    let CreateKey { environment, kind } = *request;
    if table::count_current_keys(connection, institution, environment, kind).await? >= MAX_CURRENT {
        return Err(ApiError::new(ProblemCode::Conflict, format!("A workspace has at most {MAX_CURRENT} keys of a kind; rotate or revoke one.")));
    }
    let created = insert(connection, service, institution, kind, environment).await?;
    audit::append(connection, institution, Action::KeyCreated, &created.key.id.to_string(), actor, service.clock.now()).await?;
    Ok(created)
}

async fn insert(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    kind: KeyKind,
    environment: Environment,
) -> Result<ApiKeyCreated, ApiError> {
    let (id, key) = service.with_random(|random| (ApiKeyId::generate(service.clock.as_ref(), random), ApiKey::generate(kind, environment, random)));
    table::insert_key(connection, id, institution, &key, service.clock.now()).await?;
    Ok(ApiKeyCreated { key: view(own(connection, institution, id).await?), value: key.expose().to_owned() })
}

/// Replaces a key by a new one of the same kind. The old one works until the overlap ends.
pub(crate) async fn rotate(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: ApiKeyId,
    request: &RotateKey,
    actor: &str,
) -> Result<ApiKeyCreated, ApiError> {
    let overlap = request.overlap_seconds.unwrap_or(DEFAULT_OVERLAP);
    if overlap > MAX_OVERLAP {
        return Err(ApiError::field("/overlap_seconds", "invalid", format!("Choose at most {MAX_OVERLAP} seconds, a week.")));
    }
    let (old, now) = (own(connection, institution, id).await?, service.clock.now());
    if !table::end_key(connection, institution, id, now.plus_seconds(overlap.into())).await? {
        return Err(ApiError::new(ProblemCode::Conflict, "The key was rotated or revoked before; rotate the one that replaced it."));
    }
    let created = insert(connection, service, institution, old.kind, old.environment).await?;
    audit::append(connection, institution, Action::KeyRotated, &format!("{id} by {}", created.key.id), actor, now).await?;
    Ok(created)
}

/// Revokes a key at once. Revoking it twice changes nothing.
pub(crate) async fn revoke(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    id: ApiKeyId,
    actor: &str,
) -> Result<ApiKeyView, ApiError> {
    own(connection, institution, id).await?;
    let now = service.clock.now();
    if table::revoke_key(connection, institution, id, now).await? {
        audit::append(connection, institution, Action::KeyRevoked, &id.to_string(), actor, now).await?;
    }
    own(connection, institution, id).await.map(view)
}

/// Notes that a key was used. The request does not depend on it.
pub async fn note_use(service: &Service, owner: &KeyOwner) {
    let now = service.clock.now();
    let noted_before = now.plus_seconds(-NOTED_EVERY);
    if owner.last_used_at.is_some_and(|noted| noted > noted_before) {
        return;
    }
    let key = owner.key;
    let noted = service.store.write(move |connection| Box::pin(async move { table::touch_key(connection, key, now, noted_before).await })).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "the use of a key was not noted");
    }
}
