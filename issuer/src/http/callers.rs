//! Who asks. Each extractor loads only what the caller owns; a handler cannot reach it otherwise.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use passid_api::INSTITUTION_KEY_HEADER;
use passid_api::api_key::{ApiKey, KeyKind};
use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId, InstitutionUserId, UserId};
use passid_api::problem::ProblemCode;

use crate::access::{self, Subject};
use crate::institution;
use crate::request_log::RequestOwner;
use crate::service::Service;
use crate::store;
use crate::store::institutions::KeyOwner;
use crate::store::users::Standing;

use super::ApiError;

/// The ceremony's label while its keys were made by one party.
const DEVELOPMENT_CEREMONY: &str = "development";

/// An institution's key, publishable or secret.
#[derive(Debug, Clone)]
pub struct KeyCaller {
    /// The workspace the key belongs to.
    pub institution: InstitutionId,
    /// The world the key works in.
    pub environment: Environment,
    /// What the key may do.
    pub kind: KeyKind,
    /// Which key.
    pub key: ApiKeyId,
}

/// An institution's secret key.
#[derive(Debug, Clone)]
pub struct SecretKeyCaller(pub KeyCaller);

/// An institution's key that works, with its owner; found once, where requests are counted.
#[derive(Debug, Clone)]
pub(super) struct Identified {
    key: ApiKey,
    pub(super) owner: KeyOwner,
}

impl Identified {
    /// In whose request log the request belongs.
    pub(super) fn request_owner(&self) -> RequestOwner {
        RequestOwner { institution: self.owner.institution, environment: Some(self.key.environment()), key: Some(self.owner.key), user: None }
    }

    /// The key the headers carry.
    pub(super) async fn by_key(headers: &HeaderMap, service: &Service) -> Result<Self, ApiError> {
        let text = headers.get(INSTITUTION_KEY_HEADER).and_then(|value| value.to_str().ok());
        let text = text.ok_or_else(|| unauthenticated("Send your institution key in the X-Institution-Key header."))?;
        // A mistyped key fails its checksum and costs no look-up.
        let key: ApiKey = text.trim().parse().map_err(|_| unauthenticated("This is not an institution key; copy it again."))?;
        let found = service.store.find_key(key.digest()).await?;
        let owner = found.filter(|owner| owner.works_at(service.clock.now()));
        let owner = owner.ok_or_else(|| unauthenticated("This key is unknown, was revoked, or was rotated and its overlap has ended."))?;
        Ok(Self { key, owner })
    }
}

/// A holder's wallet, by its access token.
#[derive(Debug, Clone, Copy)]
pub struct WalletCaller {
    /// The account.
    pub user: UserId,
    /// The account's world.
    pub environment: Environment,
    /// How it stood when the request came.
    pub standing: Standing,
}

/// A user of an institution's workspace, by its access token. It is still of the workspace, and its role may do what the request's
/// method does: whoever only looks cannot send what changes something.
#[derive(Debug, Clone, Copy)]
pub struct InstitutionCaller {
    /// The workspace.
    pub institution: InstitutionId,
    /// Who of it.
    pub user: InstitutionUserId,
}

impl InstitutionCaller {
    /// The user as the audit log names it.
    pub fn actor(&self) -> String {
        self.user.to_string()
    }
}

/// Refuses live requests as long as one party alone made the circuit's keys, unless the operator said that this is fine.
///
/// # Errors
/// `live_mode_not_enabled`.
pub fn check_live(service: &Service) -> Result<(), ApiError> {
    if service.config.allow_development_circuit || passid_circuits::circuit_manifest().ceremony != DEVELOPMENT_CEREMONY {
        return Ok(());
    }
    Err(ApiError::new(ProblemCode::LiveModeNotEnabled, "The circuit's keys are for development; this issuer serves the sandbox only."))
}

fn unauthenticated(detail: &str) -> ApiError {
    ApiError::new(ProblemCode::Unauthenticated, detail)
}

impl FromRequestParts<Service> for KeyCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        let identified = parts.extensions.get::<Identified>().cloned();
        let Identified { key, owner } = match identified {
            Some(identified) => identified,
            None => Identified::by_key(&parts.headers, service).await?,
        };
        institution::keys::note_use(service, &owner).await;
        if key.environment() == Environment::Live {
            check_live(service)?;
            if !owner.live_enabled {
                return Err(ApiError::new(
                    ProblemCode::LiveModeNotEnabled,
                    "Live keys work once the operator has approved the workspace; use the sandbox key until then.",
                ));
            }
        }
        Ok(Self { institution: owner.institution, environment: key.environment(), kind: key.kind(), key: owner.key })
    }
}

impl FromRequestParts<Service> for SecretKeyCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        let caller = KeyCaller::from_request_parts(parts, service).await?;
        match caller.kind {
            KeyKind::Secret => Ok(Self(caller)),
            KeyKind::Publishable => Err(ApiError::new(ProblemCode::WrongKeyKind, "Use the secret key, from your server.")),
        }
    }
}

/// Who showed a token that verified; found once, where requests are counted.
#[derive(Debug, Clone, Copy)]
struct Verified(Subject);

/// The subject of the request's access token, which is verified once and then left in the request.
pub(super) fn subject(parts: &mut Parts, service: &Service) -> Result<Subject, ApiError> {
    if let Some(Verified(subject)) = parts.extensions.get() {
        return Ok(*subject);
    }
    let subject = verified_subject(&parts.headers, service)?;
    parts.extensions.insert(Verified(subject));
    Ok(subject)
}

fn verified_subject(headers: &HeaderMap, service: &Service) -> Result<Subject, ApiError> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let token = token.ok_or_else(|| unauthenticated("Send an access token as Authorization: Bearer."))?;
    access::verify(&service.keys, service.config.issuer(), token, service.clock.now())
        .map_err(|_| unauthenticated("The access token has ended or is not ours; get a fresh one."))
}

impl FromRequestParts<Service> for WalletCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        match subject(parts, service)? {
            Subject::Wallet { sub, environment, device } => {
                // A token of a device that the account has left ends with the move, not ten minutes later.
                let standing = service.store.standing(sub).await?.filter(|standing| standing.device_generation == device);
                let standing = standing.ok_or_else(|| unauthenticated("This account has moved to another device."))?;
                Ok(Self { user: sub, environment, standing })
            }
            Subject::Institution { .. } => Err(unauthenticated("This needs a wallet's access token.")),
        }
    }
}

impl FromRequestParts<Service> for InstitutionCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, ApiError> {
        match subject(parts, service)? {
            Subject::Institution { sub, user } => {
                // Read each time: a removed user's token is worth nothing from the next request on, not ten minutes later.
                let role = store::institutions::role_of(&mut service.store.reader().await?, sub, user).await?;
                let role = role.ok_or_else(|| unauthenticated("This user is no longer of the workspace."))?;
                if !parts.method.is_safe() && !role.may_change() {
                    return Err(ApiError::new(ProblemCode::RoleNotAllowed, format!("A {role} changes nothing; ask an owner of the workspace.")));
                }
                Ok(Self { institution: sub, user })
            }
            Subject::Wallet { .. } => Err(unauthenticated("This needs an institution user's access token.")),
        }
    }
}
