//! Everything a person agreed to, as bytes: what the proof is bound to.
//!
//! The wallet derives these bytes from what it showed, the verifier from what it stored. If one byte differs, the proof's
//! `context` differs and verification fails.

use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::ids::{InstitutionId, SessionId};
use crate::permission::PermissionSet;
use crate::predicate::Predicate;
use crate::time::Timestamp;

/// Domain tag under which the agreement is hashed to the proof's `context`.
pub const CONTEXT_DOMAIN: &str = "passid/context/v1";
/// Domain tag under which the audience is hashed to the proof's `institution_scope`.
pub const SCOPE_DOMAIN: &str = "passid/institution-scope/v1";
/// Version of the agreement's form.
pub const PROTOCOL_VERSION: &str = "passid/1";

/// Random bytes that make a share unlike any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShareNonce([u8; 16]);

/// A text that is not 16 bytes in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a share nonce is 32 lower-case hexadecimal digits")]
pub struct InvalidNonce;

impl ShareNonce {
    /// A fresh nonce.
    pub fn generate(random: &mut dyn rand::CryptoRng) -> Self {
        let mut bytes = [0; 16];
        random.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for ShareNonce {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ShareNonce".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        crate::schema::pattern(&["16 random bytes in lower-case hexadecimal."], "^[0-9a-f]{32}$", "9f86d081884c7d659a2feaa0c55ad015")
    }
}

impl TryFrom<String> for ShareNonce {
    type Error = InvalidNonce;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(&text, &mut bytes).map_err(|_| InvalidNonce)?;
        if hex::encode(bytes) == text { Ok(Self(bytes)) } else { Err(InvalidNonce) }
    }
}

impl From<ShareNonce> for String {
    fn from(nonce: ShareNonce) -> Self {
        hex::encode(nonce.0)
    }
}

/// What the agreement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Purpose {
    /// An institution's session.
    Session {
        /// Who asks.
        institution: InstitutionId,
        /// Which request.
        session: SessionId,
    },
    /// A share the holder made.
    Share {
        /// The one institution that may redeem it, or any.
        audience: Option<InstitutionId>,
        /// Makes it unlike any other share.
        nonce: ShareNonce,
    },
}

/// The agreement between a holder and whoever receives the presentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Sandbox or live.
    pub environment: Environment,
    /// Who receives it, and in which way.
    pub purpose: Purpose,
    /// What is disclosed.
    pub permissions: PermissionSet,
    /// What is proved without being disclosed, in the order asked.
    pub predicates: Vec<Predicate>,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// Appends a field as its length (four bytes, big-endian) and its bytes, so that no two lists of fields share an encoding.
fn push(bytes: &mut Vec<u8>, field: &[u8]) {
    bytes.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(field);
}

impl Agreement {
    /// The bytes hashed (with [`CONTEXT_DOMAIN`]) to the proof's `context`.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        push(&mut bytes, PROTOCOL_VERSION.as_bytes());
        push(&mut bytes, self.environment.as_str().as_bytes());
        match self.purpose {
            Purpose::Session { institution, session } => {
                push(&mut bytes, b"session");
                push(&mut bytes, institution.to_string().as_bytes());
                push(&mut bytes, session.to_string().as_bytes());
            }
            Purpose::Share { audience, nonce } => {
                push(&mut bytes, b"share");
                push(&mut bytes, audience.map_or_else(|| "any".to_owned(), |institution| institution.to_string()).as_bytes());
                push(&mut bytes, nonce.as_bytes());
            }
        }
        let permissions: Vec<&str> = self.permissions.iter().map(crate::permission::Permission::as_str).collect();
        push(&mut bytes, permissions.join(",").as_bytes());
        push(&mut bytes, &u32::try_from(self.predicates.len()).unwrap_or(u32::MAX).to_be_bytes());
        for predicate in &self.predicates {
            push(&mut bytes, predicate.claim.as_str().as_bytes());
            push(&mut bytes, predicate.operator.as_str().as_bytes());
            push(&mut bytes, &predicate.bound.to_be_bytes());
        }
        push(&mut bytes, &self.expires_at.unsigned_seconds().to_be_bytes());
        bytes
    }

    /// The bytes hashed (with [`SCOPE_DOMAIN`]) to the proof's `institution_scope`.
    ///
    /// One institution is one scope, whichever way a presentation reaches it; a share open to anyone is its own scope.
    pub fn scope_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        push(&mut bytes, self.environment.as_str().as_bytes());
        match self.purpose {
            Purpose::Session { institution, .. } | Purpose::Share { audience: Some(institution), .. } => {
                push(&mut bytes, institution.to_string().as_bytes());
            }
            Purpose::Share { audience: None, nonce } => push(&mut bytes, nonce.as_bytes()),
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Slot;
    use crate::permission::Permission;
    use crate::predicate::Operator;

    fn agreement() -> Agreement {
        Agreement {
            environment: Environment::Sandbox,
            purpose: Purpose::Session {
                institution: "ins_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap(),
                session: "req_01hzk3vw0kg9m2x4p6r8t0v2w5".parse().unwrap(),
            },
            permissions: PermissionSet::new([Permission::IncomeVerified, Permission::IdentityVerified]).unwrap(),
            predicates: vec![Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound: 250_000 }],
            expires_at: "2026-03-17T14:02:11Z".parse().unwrap(),
        }
    }

    #[test]
    fn the_bytes_are_frozen() {
        use sha2::Digest;
        let digest = sha2::Sha256::digest(agreement().canonical_bytes());
        assert_eq!(hex::encode(digest), "236bee7606faf8a84ae2f5da3839ee1538d4f9cdf9215cb7941dc65c72000fca");
    }

    #[test]
    fn every_part_changes_the_bytes() {
        let base = agreement();
        let mut others = vec![base.canonical_bytes()];
        let mut vary = |change: &dyn Fn(&mut Agreement)| {
            let mut other = base.clone();
            change(&mut other);
            others.push(other.canonical_bytes());
        };
        vary(&|a| a.environment = Environment::Live);
        vary(&|a| a.permissions = PermissionSet::all());
        vary(&|a| a.predicates.clear());
        vary(&|a| a.predicates[0].bound += 1);
        vary(&|a| a.predicates[0].operator = Operator::AtMost);
        vary(&|a| a.predicates.push(a.predicates[0]));
        vary(&|a| a.expires_at = a.expires_at.plus_seconds(1));
        vary(&|a| a.purpose = Purpose::Share { audience: None, nonce: ShareNonce([0; 16]) });
        vary(&|a| a.purpose = Purpose::Share { audience: None, nonce: ShareNonce([1; 16]) });
        let count = others.len();
        others.sort();
        others.dedup();
        assert_eq!(others.len(), count);
    }

    #[test]
    fn a_session_and_a_share_for_one_institution_have_one_scope() {
        let session = agreement();
        let mut share = session.clone();
        let Purpose::Session { institution, .. } = session.purpose else { unreachable!() };
        share.purpose = Purpose::Share { audience: Some(institution), nonce: ShareNonce([9; 16]) };
        assert_eq!(session.scope_bytes(), share.scope_bytes());
    }
}
