//! Evidence: what lets anyone check a verification without trusting the server that ran it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::VerificationId;
use crate::jws::KeySet;

/// `GET /v1/verifications/{id}/evidence`.
///
/// The proof is checked against `public_signals`, which follow from `statement`; `head` is signed with one of `issuer_keys` and
/// holds the root that `statement` names.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EvidenceBundle {
    /// The verification it belongs to.
    pub verification_id: VerificationId,
    /// What the person agreed to, hashed to what the proof is bound to: environment, purpose, permissions, predicates, end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Option<serde_json::Map<String, Value>>"))]
    pub agreement: Option<Value>,
    /// The public statement: root, context, disclosed claims by slot, predicates, times, nullifier, applicant reference.
    #[cfg_attr(feature = "json-schema", schemars(with = "serde_json::Map<String, Value>"))]
    pub statement: Value,
    /// The statement as the circuit's public signals, decimal field elements.
    pub public_signals: Vec<String>,
    /// The compressed proof, 128 bytes, base64url.
    pub proof: String,
    /// The signed tree head, compact JWS of type `passid-head+jwt`.
    pub head: String,
    /// The issuer's keys. Check them against `/.well-known/jwks.json` or a copy of your own.
    pub issuer_keys: KeySet,
}
