//! The package: one structured document for the institution's file.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::VerificationId;
use crate::policy::VerifierPolicy;
use crate::predicate::Predicate;
use crate::session::ProofSummary;
use crate::time::Timestamp;
use crate::verify::SignatureSummary;

/// `POST /v1/package`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PackageRequest {
    /// The token that was verified; for a session, its `verification_id`.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 200)))]
    pub token: String,
    /// The institution's own name for the application; the one given at the verification when left out.
    #[serde(rename = "institutionRef", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 200)))]
    pub institution_ref: Option<String>,
}

impl std::fmt::Debug for PackageRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PackageRequest(redacted)")
    }
}

crate::text_enum! {
    /// From which kind of source the claims were derived.
    pub enum SourceKind as "source" {
        /// Account information read from the holder's bank with the holder's consent (open banking).
        OpenBanking = "open_banking",
        /// Invented accounts of the sandbox bank.
        SandboxBank = "sandbox_bank",
    }
}

/// What the claims rest on, kept at the verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Provenance {
    /// The kind of source.
    pub source: SourceKind,
    /// Days of bank data considered.
    pub data_window_days: u32,
    /// Accounts considered.
    pub linked_accounts: u32,
    /// The bank data was read at or after this.
    pub data_not_before: Timestamp,
    /// The issuer that derived the claims.
    pub issuer: String,
    /// The claim schema.
    pub claim_schema: String,
    /// The model behind the score.
    pub model_version: String,
    /// The policy applied.
    pub policy: VerifierPolicy,
    /// The circuit of the proof.
    pub circuit: String,
    /// Who took part in making the circuit's keys; `development` means one party.
    pub ceremony: String,
}

/// How fresh the claims are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Freshness {
    /// The bank data was at most this old when it was verified, hours.
    pub hours_at_verification: u64,
    /// It is at most this old now, hours.
    pub hours_now: u64,
    /// When the signed tree head behind the proof was made: up to then the credential was not revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_timestamp: Option<Timestamp>,
    /// Until when the credential is proved to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether that has passed, or the data is older than the policy allows.
    pub stale: bool,
}

/// Answer to `POST /v1/package`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Package {
    /// The verification's identifier, for the institution's file.
    pub audit_id: VerificationId,
    /// When the verification ran.
    pub verified_at: Timestamp,
    /// When this document was made.
    pub packaged_at: Timestamp,
    /// The institution's own name for the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_reference: Option<String>,
    /// What the holder consented to.
    #[cfg_attr(feature = "json-schema", schemars(with = "crate::claims::schema::Claims"))]
    pub claims: Map<String, Value>,
    /// Facts proved without the claim.
    pub predicates: Vec<Predicate>,
    /// The same holder at this institution, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_ref: Option<String>,
    /// The bank data was at most this old when it was verified, hours; also in `freshness`.
    pub freshness_hours: u64,
    /// How fresh the claims are.
    pub freshness: Freshness,
    /// What they rest on.
    pub provenance: Provenance,
    /// The proof's part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofSummary>,
    /// The signature's part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureSummary>,
    /// Where the evidence is: check the claims without trusting the server.
    pub evidence: String,
    /// The policy applied.
    pub policy_version: String,
    /// The model behind the score.
    pub model_version: String,
}
