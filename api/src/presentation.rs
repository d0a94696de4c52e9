//! What a wallet sends to prove claims: the proof and the part of its statement the verifier does not know already.

use serde::{Deserialize, Serialize};

use crate::claims::SLOT_COUNT;

/// Name of the circuit, also in every verification.
pub const CIRCUIT: &str = "claims_v1";
/// The proof system's name in answers and webhooks.
pub const PROOF_TYPE: &str = "groth16/bn254";

/// A presentation on the wire. The verifier rebuilds context, scope, mask and predicates from what it stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Presentation {
    /// Always [`CIRCUIT`].
    pub circuit: String,
    /// 128 bytes, base64url: the compressed proof.
    pub proof: String,
    /// The signed head (compact JWS) whose root the proof is for.
    pub head: String,
    /// Seconds since the epoch at which the wallet proved.
    pub presented_at: u64,
    /// Seconds: the proof shows that the bank data is no older than this.
    pub max_data_age: u64,
    /// Seconds since the epoch: the proof shows that the credential lasts at least until then.
    pub min_expiry: u64,
    /// Disclosed integers by slot; zero where hidden.
    pub disclosed: [u64; SLOT_COUNT],
    /// Decimal field element, unique to holder and agreement.
    pub session_nullifier: String,
    /// Decimal field element, the same for a holder at one institution and nowhere else.
    pub applicant_reference: String,
}
