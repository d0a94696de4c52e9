//! The fingerprint of everything shown for consent: approving names it, so that nothing else can be approved.

use std::fmt;
use std::str::FromStr;

use passid_api::agreement::Agreement;
use passid_api::ids::CredentialId;
use passid_api::session::InstitutionSummary;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::ConsentError;

/// Tells what was shown from anything else.
#[derive(Clone, Copy)]
pub struct RequestHash([u8; 32]);

impl RequestHash {
    /// SHA-256 of a domain tag, the agreement's canonical bytes, who asks as shown, and the credential to be used; each with its length.
    pub(crate) fn new(agreement: &Agreement, institution: &InstitutionSummary, credential: Option<CredentialId>) -> Self {
        let credential = credential.map(|id| id.to_string()).unwrap_or_default();
        let approved: &[u8] = if institution.approved { b"approved" } else { b"unapproved" };
        let display_name = institution.display_name.as_deref().unwrap_or_default();
        let mut hash = Sha256::new();
        for part in [
            b"passid/consent/v1".as_slice(),
            &agreement.canonical_bytes(),
            institution.name.as_bytes(),
            display_name.as_bytes(),
            approved,
            credential.as_bytes(),
        ] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl PartialEq for RequestHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for RequestHash {}

impl fmt::Display for RequestHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for RequestHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for RequestHash {
    type Err = ConsentError;

    fn from_str(text: &str) -> Result<Self, ConsentError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ConsentError::MalformedHash)?;
        if hex::encode(bytes) == text { Ok(Self(bytes)) } else { Err(ConsentError::MalformedHash) }
    }
}

impl Serialize for RequestHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use passid_api::agreement::Purpose;
    use passid_api::environment::Environment;
    use passid_api::permission::PermissionSet;

    use super::*;

    fn shown() -> (Agreement, InstitutionSummary, Option<CredentialId>) {
        let institution = "ins_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap();
        let agreement = Agreement {
            environment: Environment::Sandbox,
            purpose: Purpose::Session { institution, session: "req_01hzk3vw0kg9m2x4p6r8t0v2w5".parse().unwrap() },
            permissions: PermissionSet::all(),
            predicates: Vec::new(),
            expires_at: "2026-03-17T14:02:11Z".parse().unwrap(),
        };
        let summary = InstitutionSummary { id: institution, name: "Acme".to_owned(), display_name: None, approved: true };
        (agreement, summary, Some("crd_01hzk3vw0kg9m2x4p6r8t0v2w6".parse().unwrap()))
    }

    #[test]
    fn the_hash_is_frozen_and_reads_back() {
        let (agreement, institution, credential) = shown();
        let hash = RequestHash::new(&agreement, &institution, credential);
        assert_eq!(hash.to_string(), FROZEN);
        assert_eq!(FROZEN.parse(), Ok(hash));
        assert_eq!(FROZEN.to_uppercase().parse::<RequestHash>(), Err(ConsentError::MalformedHash));
        assert_eq!(FROZEN[1..].parse::<RequestHash>(), Err(ConsentError::MalformedHash));
    }

    const FROZEN: &str = "4b33b8bf35f34f536652b2d3e8c1f1104d045df09e3f8d6310e59fa08ac4e2ca";

    #[test]
    fn every_part_that_was_shown_counts() {
        let (agreement, institution, credential) = shown();
        let base = RequestHash::new(&agreement, &institution, credential);
        let named = |change: &dyn Fn(&mut InstitutionSummary)| {
            let mut other = institution.clone();
            change(&mut other);
            RequestHash::new(&agreement, &other, credential)
        };
        assert_ne!(named(&|other| other.name = "Acme Ltd".to_owned()), base);
        assert_ne!(named(&|other| other.display_name = Some("Acme".to_owned())), base);
        assert_ne!(named(&|other| other.approved = false), base);
        assert_ne!(RequestHash::new(&agreement, &institution, None), base);
        let mut later = agreement.clone();
        later.expires_at = later.expires_at.plus_seconds(1);
        assert_ne!(RequestHash::new(&later, &institution, credential), base);
        // Moving a letter from one field to the next is a change too.
        let moved = named(&|other| {
            other.name = "Acm".to_owned();
            other.display_name = Some("e".to_owned());
        });
        assert_ne!(moved, base);
    }
}
