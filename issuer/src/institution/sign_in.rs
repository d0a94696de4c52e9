//! Signing in, staying signed in, signing out.
//!
//! A refresh token is exchanged for its successor and counts once. One that comes back after its use may have been stolen, so the
//! whole family that followed from the sign-in is revoked; whoever is in the right signs in again.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use passid_api::ids::{InstitutionId, InstitutionUserId};
use passid_api::institution::SessionTokens;
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;

use crate::access::{self, ACCESS_TOKEN_SECONDS, Subject};
use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::sealing::{Purpose, Sealer};
use crate::service::Service;
use crate::store::Connection;
use crate::store::institutions::{self as table, NewFamily};

/// Seconds a sign-in lasts at most, however often its token is rotated: thirty days.
const FAMILY_SECONDS: i64 = 30 * 24 * 3_600;
/// What every refresh token begins with.
const PREFIX: &str = "rt_";

/// A refresh token: 32 random bytes. Stored as a keyed digest.
#[derive(Clone)]
pub struct RefreshToken(Zeroizing<[u8; 32]>);

/// A text that is not a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct InvalidRefreshToken;

impl RefreshToken {
    /// A fresh token.
    pub fn generate(random: &mut dyn rand::CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The token's text, to send once.
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0.as_slice()))
    }

    pub(super) fn digest(&self, sealer: &Sealer) -> [u8; 32] {
        sealer.digest(Purpose::OneTimeValue, self.0.as_slice())
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RefreshToken(redacted)")
    }
}

impl FromStr for RefreshToken {
    type Err = InvalidRefreshToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.strip_prefix(PREFIX).and_then(|body| URL_SAFE_NO_PAD.decode(body).ok()).map(Zeroizing::new).ok_or(InvalidRefreshToken)?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| InvalidRefreshToken)?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

fn refused() -> ApiError {
    ApiError::new(ProblemCode::Unauthenticated, "The refresh token was used, revoked, or has ended; sign in again.")
}

fn tokens(service: &Service, institution: InstitutionId, user: InstitutionUserId, refresh: &RefreshToken, now: Timestamp) -> Result<SessionTokens, ApiError> {
    let access_token = access::issue(&service.keys, service.config.issuer(), Subject::Institution { sub: institution, user }, now)?;
    Ok(SessionTokens { access_token, refresh_token: refresh.expose(), token_type: "Bearer".to_owned(), expires_in: ACCESS_TOKEN_SECONDS })
}

/// Begins a sign-in.
///
/// # Errors
/// `internal` when it cannot be written.
pub(super) async fn begin(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    user: InstitutionUserId,
) -> Result<SessionTokens, ApiError> {
    let now = service.clock.now();
    let (id, refresh) = service.with_random(|random| {
        let mut id = [0_u8; 16];
        random.fill_bytes(&mut id);
        (hex::encode(id), RefreshToken::generate(random))
    });
    let family = NewFamily { id: &id, institution, user, expires_at: now.plus_seconds(FAMILY_SECONDS) };
    table::begin_family(connection, &family, refresh.digest(&service.sealer), now).await?;
    tokens(service, institution, user, &refresh, now)
}

/// Begins a sign-in of a user whose password was checked, and says so in the audit log.
pub(super) async fn sign_in(
    connection: &mut Connection,
    service: &Service,
    institution: InstitutionId,
    user: InstitutionUserId,
) -> Result<SessionTokens, ApiError> {
    let tokens = begin(connection, service, institution, user).await?;
    let name = user.to_string();
    audit::append(connection, institution, Action::UserSignedIn, &name, &name, service.clock.now()).await?;
    Ok(tokens)
}

/// Exchanges a refresh token for its successor, once. When this refuses, the caller still has to [`revoke_reused`].
///
/// # Errors
/// `unauthenticated` when the token is unknown, used, revoked or ended.
pub(super) async fn rotate(connection: &mut Connection, service: &Service, token: &RefreshToken) -> Result<SessionTokens, ApiError> {
    let (now, digest) = (service.clock.now(), token.digest(&service.sealer));
    let family = table::use_family(connection, digest, now).await?.ok_or_else(refused)?;
    let successor = service.with_random(|random| RefreshToken::generate(random));
    if !table::consume_token(connection, &family, digest, successor.digest(&service.sealer), now).await? {
        return Err(refused());
    }
    tokens(service, family.institution, family.user, &successor, now)
}

/// Revokes the family of a token that was refused because it had been used. A transaction of its own: the refused exchange is
/// undone, this has to last.
pub(super) async fn revoke_reused(service: &Service, token: &RefreshToken) -> Result<(), ApiError> {
    let (now, digest) = (service.clock.now(), token.digest(&service.sealer));
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                if let Some(family) = table::revoke_family_of_consumed(connection, digest, now).await? {
                    let user = family.user.to_string();
                    audit::append(connection, family.institution, Action::RefreshTokenReused, &user, "refresh", now).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Ends a sign-in. A token that is unknown or already ended is no error: the wish is fulfilled.
pub(super) async fn sign_out(connection: &mut Connection, service: &Service, token: &RefreshToken) -> Result<(), ApiError> {
    let now = service.clock.now();
    if let Some(family) = table::revoke_family_of_token(connection, token.digest(&service.sealer), now).await? {
        let user = family.user.to_string();
        audit::append(connection, family.institution, Action::UserSignedOut, &user, &user, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_token_is_read_back_and_does_not_print() {
        let token = RefreshToken::generate(&mut rand::rngs::StdRng::seed_from_u64(1));
        let read: RefreshToken = token.expose().parse().unwrap();
        assert_eq!(*read.0, *token.0);
        assert!(!format!("{token:?}").contains(&token.expose()[3..12]));
        for text in ["", "rt_", "rt_AAAA", "AAAA", &token.expose()[3..], &format!("{}A", token.expose())] {
            assert!(text.parse::<RefreshToken>().is_err(), "{text}");
        }
    }
}
