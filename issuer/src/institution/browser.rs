//! Sign-ins in a browser: the session cookie holds the first token of an ordinary sign-in.
//!
//! The token is not exchanged on use: no script can read the cookie, and two tabs that load at once would present the same token
//! twice, which looks like a theft. In exchange the sign-in is looked up on every request, so that it ends the moment it is
//! revoked, and it ends when nobody used it for twelve hours.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use passid_api::ids::{InstitutionId, InstitutionUserId};
use passid_api::institution::{Onboard, Onboarded, Role};
use passid_api::problem::ProblemCode;

use crate::http::ApiError;
use crate::http::idempotency::{Answer, IdempotencyKey, once, replay};
use crate::http::limits;
use crate::limit::{LimitName, Subject};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::institutions::{self as table, FamilyInUse};

use super::input::{EmailAddress, Password};
use super::onboard::{self, Applicant};
use super::password;
use super::sign_in::{self, RefreshToken};

/// Seconds after which an unused sign-in ends: twelve hours, so that a forgotten browser is not signed in the next morning.
pub const IDLE_SECONDS: i64 = 12 * 3_600;
/// Use is noted once in so many seconds.
const NOTED_EVERY: i64 = 600;

/// Who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    /// The workspace.
    pub institution: InstitutionId,
    /// Who of it.
    pub user: InstitutionUserId,
    /// What it may do there now.
    pub role: Role,
}

/// Signs a user in and returns the cookie's token. Unknown addresses and wrong passwords answer alike and take as long.
///
/// # Errors
/// `unauthenticated` when they do not fit.
/// `rate_limited` when too many were tried from this network or for this address.
pub async fn sign_in(service: &Service, network: IpAddr, email: &str, password: String) -> Result<String, ApiError> {
    let wrong = || ApiError::new(ProblemCode::Unauthenticated, "The e-mail address or the password is wrong.");
    let email = EmailAddress::parse(email).map_err(|_| wrong())?;
    let given = Password::given(password).map_err(|_| wrong())?;
    limits::count(service, LimitName::Password, Subject::Address(network)).await?;
    limits::count(service, LimitName::SignIn, Subject::Digest(Sha256::digest(email.expose()).into())).await?;
    let mut user = table::find_user(&mut service.store.reader().await?, email.expose()).await?;
    let hash = user.as_mut().map(|user| std::mem::take(&mut user.password_hash));
    let fits = password::verify(given, hash).await.map_err(|error| ApiError::internal(&error))?;
    let user = user.filter(|_| fits).ok_or_else(wrong)?;
    let inside = service.clone();
    let tokens = service.store.write(move |connection| Box::pin(async move { sign_in::sign_in(connection, &inside, user.institution, user.id).await })).await?;
    Ok(tokens.refresh_token)
}

/// Makes a workspace and signs its first user in; sent twice with one key, it answers the same.
///
/// # Errors
/// `malformed_request` naming every wrong field, `conflict` when the address has a user.
pub async fn onboard(service: &Service, network: IpAddr, request: Onboard, key: &IdempotencyKey, digest: [u8; 32]) -> Result<Onboarded, ApiError> {
    let applicant = Applicant::read(request)?;
    let scope = hex::encode(service.sealer.digest(Purpose::OneTimeValue, applicant.email.expose().as_bytes()));
    if let Some(answer) = replay(service, &scope, key, digest).await? {
        return answer.read();
    }
    limits::count(service, LimitName::Password, Subject::Address(network)).await?;
    let prepared = onboard::prepare(service, applicant).await?;
    let inside = service.clone();
    once(service, &scope, key, digest, move |connection| Box::pin(async move { Answer::ok(&onboard::create(connection, &inside, prepared).await?) }))
        .await?
        .read()
}

/// Who presents the token, if the sign-in is neither ended, revoked nor left alone for too long.
///
/// # Errors
/// `internal` when the database fails.
pub async fn find(service: &Service, token: &RefreshToken) -> Result<Option<SignedIn>, ApiError> {
    let (now, digest) = (service.clock.now(), token.digest(&service.sealer));
    let found = table::find_family(&mut service.store.reader().await?, digest, now, now.plus_seconds(-IDLE_SECONDS)).await?;
    let Some(FamilyInUse { family, role, last_used_at }) = found else { return Ok(None) };
    let signed_in = SignedIn { institution: family.institution, user: family.user, role };
    if now.seconds_since(last_used_at) >= NOTED_EVERY {
        service.store.write(move |connection| Box::pin(async move { table::touch_family(connection, &family.id, now).await.map_err(ApiError::from) })).await?;
    }
    Ok(Some(signed_in))
}

/// Ends the sign-in. One that had ended is no error.
///
/// # Errors
/// `internal` when the database fails.
pub async fn sign_out(service: &Service, token: RefreshToken) -> Result<(), ApiError> {
    let inside = service.clone();
    service.store.write(move |connection| Box::pin(async move { sign_in::sign_out(connection, &inside, &token).await })).await
}
