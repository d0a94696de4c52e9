//! The lines of a consent screen: what would be disclosed, with this person's own values, and what would be proved.

use passid_api::claims::Slot;
use passid_api::claims::disclosed::DisclosedClaims;
use passid_api::claims::encoding::{Corridor, Currency};
use passid_api::permission::{Permission, PermissionSet};
use passid_api::predicate::{Operator, Predicate};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::credential::{CredentialError, VerifiedCredential};
use crate::words::{self, Text};

/// One line of what is disclosed. `Debug` prints no values.
#[derive(Clone, PartialEq, Serialize)]
pub struct ClaimLine {
    /// The permission; none for what every presentation discloses.
    pub permission: Option<Permission>,
    /// In plain words.
    pub text: Text,
    /// What the verifier would read, by claim name. Empty without a credential.
    pub values: Map<String, Value>,
}

impl std::fmt::Debug for ClaimLine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ClaimLine({}, values redacted)", self.text.key)
    }
}

/// One condition that is proved without its claim. `Debug` does not print whether it is met.
#[derive(Clone, PartialEq, Serialize)]
pub struct PredicateLine {
    /// The condition.
    pub predicate: Predicate,
    /// In plain words.
    pub text: Text,
    /// Whether this person's credential meets it; unknown without a credential.
    pub met: Option<bool>,
}

impl std::fmt::Debug for PredicateLine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PredicateLine({})", self.text.english)
    }
}

/// Names that every presentation discloses, whatever was asked.
const ALWAYS: [&str; 5] = ["data_window_days", "linked_accounts", "corridor", "currency", "freshness_hours"];

/// The lines for `permissions`, in order, and last the one for what is always disclosed.
pub(crate) fn claim_lines(permissions: &PermissionSet, credential: Option<&VerifiedCredential>, hours: u64) -> Result<Vec<ClaimLine>, CredentialError> {
    let mut lines = Vec::new();
    for permission in permissions.iter() {
        let values = match credential {
            Some(credential) => {
                let alone = PermissionSet::new([permission]).map_err(|_| CredentialError::Malformed)?;
                let mut values = disclosed(credential, alone.disclosure_mask(), hours)?;
                values.retain(|name, _| !ALWAYS.contains(&name.as_str()));
                values
            }
            None => Map::new(),
        };
        lines.push(ClaimLine { permission: Some(permission), text: words::permission(permission), values });
    }
    let values = match credential {
        Some(credential) => {
            let mut values = disclosed(credential, permissions.disclosure_mask(), hours)?;
            values.retain(|name, _| ALWAYS.contains(&name.as_str()));
            values
        }
        None => Map::new(),
    };
    lines.push(ClaimLine { permission: None, text: words::always_disclosed(), values });
    Ok(lines)
}

/// The lines for conditions, in the order asked.
pub(crate) fn predicate_lines(predicates: &[Predicate], credential: Option<&VerifiedCredential>) -> Vec<PredicateLine> {
    let currency = credential.and_then(currency);
    let line = |predicate: &Predicate| PredicateLine {
        predicate: *predicate,
        text: words::predicate(predicate, currency),
        met: credential.map(|credential| holds(predicate, credential.claim(predicate.claim))),
    };
    predicates.iter().map(line).collect()
}

fn disclosed(credential: &VerifiedCredential, mask: u16, hours: u64) -> Result<Map<String, Value>, CredentialError> {
    let mut values = *credential.claims.values();
    for (slot, value) in values.iter_mut().enumerate() {
        if mask & (1 << slot) == 0 {
            *value = 0;
        }
    }
    DisclosedClaims::new(mask, values).and_then(|claims| claims.to_json(hours)).map_err(|_| CredentialError::Malformed)
}

fn currency(credential: &VerifiedCredential) -> Option<Currency> {
    Corridor::decode(credential.claim(Slot::CorridorAndCurrency)).ok().map(|corridor| corridor.currency)
}

const fn holds(predicate: &Predicate, claim: u64) -> bool {
    match predicate.operator {
        Operator::AtLeast => claim >= predicate.bound,
        Operator::AtMost => claim <= predicate.bound,
        Operator::Equal => claim == predicate.bound,
        Operator::NotEqual => claim != predicate.bound,
    }
}
