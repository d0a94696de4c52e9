//! Access tokens: ten-minute JWTs for wallets and institution users.

use serde::{Deserialize, Serialize};

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, InstitutionUserId, UserId};
use passid_api::jws::{DocumentType, JwsError, KeyPurpose};
use passid_api::time::Timestamp;

use crate::credential::keys::KeyRing;

/// Seconds an access token lasts.
pub const ACCESS_TOKEN_SECONDS: u32 = 600;

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "aud", rename_all = "snake_case")]
pub enum Subject {
    /// A holder's wallet.
    Wallet {
        /// The account.
        sub: UserId,
        /// The account's environment.
        environment: Environment,
        /// How often the account had moved to another device when this token was made.
        #[serde(default)]
        device: i64,
    },
    /// A user of an institution's workspace.
    Institution {
        /// The workspace.
        sub: InstitutionId,
        /// Who of it.
        user: InstitutionUserId,
    },
}

#[derive(Serialize, Deserialize)]
struct TokenPayload {
    iss: String,
    iat: i64,
    exp: i64,
    #[serde(flatten)]
    subject: Subject,
}

/// A token for `subject`, good for ten minutes from `now`.
///
/// # Errors
/// [`JwsError`] when it cannot be written.
pub fn issue(keys: &KeyRing, issuer: &str, subject: Subject, now: Timestamp) -> Result<String, JwsError> {
    let payload = TokenPayload { iss: issuer.to_owned(), iat: now.seconds(), exp: now.plus_seconds(i64::from(ACCESS_TOKEN_SECONDS)).seconds(), subject };
    keys.access_tokens().sign(DocumentType::AccessToken, &payload)
}

/// The subject of a token that this issuer signed and that has not ended.
///
/// # Errors
/// [`JwsError`]; an ended or foreign token is [`JwsError::BadSignature`].
pub fn verify(keys: &KeyRing, issuer: &str, token: &str, now: Timestamp) -> Result<Subject, JwsError> {
    let (payload, _) = keys.public_keys().verify::<TokenPayload>(DocumentType::AccessToken, KeyPurpose::Access, token)?;
    if payload.iss != issuer || now.seconds() >= payload.exp { Err(JwsError::BadSignature) } else { Ok(payload.subject) }
}
