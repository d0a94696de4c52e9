//! What the issuer publishes and signs: credentials, tree heads, its own description.

use serde::{Deserialize, Serialize};

use crate::claims::SLOT_COUNT;
use crate::environment::Environment;
use crate::ids::CredentialId;
use crate::time::Timestamp;

/// The payload of a credential (JWS type `passid+jwt`), sent to its holder and kept by nobody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialDocument {
    /// The issuer's identifier.
    pub iss: String,
    /// The credential's identifier.
    pub jti: CredentialId,
    /// Seconds since the epoch of issuance.
    pub iat: i64,
    /// Sandbox or live.
    pub environment: Environment,
    /// The claim schema's number.
    pub schema: u32,
    /// The claims by slot.
    pub claims: [u64; SLOT_COUNT],
    /// When the bank data was read.
    pub data_timestamp: Timestamp,
    /// When the credential ends.
    pub expires_at: Timestamp,
    /// Decimal field element: Poseidon of the holder's secret, as registered.
    pub holder_commitment: String,
    /// Decimal field element: random, hides the claims in the commitment.
    pub blinding: String,
    /// Decimal field element: the leaf of the credential tree.
    pub commitment: String,
    /// Name of the model behind the score.
    pub model_version: String,
    /// Names of the sanctions lists screened, with their versions; empty when none is loaded.
    pub sanctions_lists: Vec<String>,
    /// Why claims are as they are, for the holder.
    pub notes: Vec<ClaimNote>,
}

/// A plain sentence about one claim, with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ClaimNote {
    /// The claim's name.
    pub claim: String,
    /// Stable code of the reason.
    pub code: String,
    /// The sentence.
    pub message: String,
}

impl std::fmt::Debug for CredentialDocument {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CredentialDocument({}, claims redacted)", self.jti)
    }
}

/// The payload of a signed head (JWS type `passid-head+jwt`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeHead {
    /// The issuer's identifier.
    pub iss: String,
    /// Sandbox or live: each has its own tree.
    pub environment: Environment,
    /// Leaves appended so far.
    pub tree_size: u64,
    /// Decimal field element: the tree's root.
    pub root: String,
    /// Credentials revoked so far.
    pub revocations: u64,
    /// When it was signed.
    pub timestamp: Timestamp,
    /// Lower-case hexadecimal SHA-256 of the previous head's compact JWS; empty for the first.
    pub previous: String,
}

/// Answer to `GET /v1/tree/head`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SignedHead {
    /// The compact JWS over a [`TreeHead`].
    pub head: String,
}

/// A leaf's way to the root: three siblings on each of fifteen levels, from the leaf upwards, decimal field elements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TreePath {
    /// Position of the leaf.
    pub leaf_index: u64,
    /// Siblings in the order of their positions.
    pub siblings: Vec<[String; 3]>,
    /// The head the path leads to, compact JWS.
    pub head: String,
}

/// Answer to `GET /.well-known/passid-issuer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct IssuerDescription {
    /// The issuer's identifier, also `iss` of what it signs.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Name and number of the claim schema.
    pub claim_schema: String,
    /// Name of the policy in force.
    pub policy_version: String,
    /// Name of the model behind the score.
    pub model_version: String,
    /// The circuit, its size and the hashes of its artifacts.
    #[cfg_attr(feature = "json-schema", schemars(with = "CircuitDescription"))]
    pub circuit: serde_json::Value,
    /// Banks that can be linked.
    pub bank_providers: Vec<BankProvider>,
}

/// The circuit, its size and the hashes of its artifacts; also the answer to `GET /v1/circuit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CircuitDescription {
    /// The circuit's name.
    pub circuit: String,
    /// `groth16`.
    pub proof_system: String,
    /// `bn254`.
    pub curve: String,
    /// Number of constraints.
    pub constraints: u32,
    /// Number of public signals.
    pub public_signals: u32,
    /// Who took part in making the keys: `development` means one party on one machine.
    pub ceremony: String,
    /// SHA-256 of the constraints, hexadecimal.
    pub constraints_sha256: String,
    /// SHA-256 of the proving key, hexadecimal.
    pub proving_key_sha256: String,
    /// SHA-256 of the verification key, hexadecimal.
    pub verification_key_sha256: String,
    /// SHA-256 of the ceremony's transcript, hexadecimal.
    pub transcript_sha256: String,
}

/// A bank that can be linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BankProvider {
    /// Its identifier.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Sandbox or live.
    pub environment: Environment,
}
