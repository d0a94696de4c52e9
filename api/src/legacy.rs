//! The answers of the integration guide: the same results, wrapped.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::VerificationId;
use crate::predicate::Predicate;
use crate::time::Timestamp;
use crate::verify::{DenyReason, VerifyResponse};

/// A result, wrapped.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "json-schema", schemars(rename = "Wrapped{T}"))]
pub struct Wrapped<T> {
    /// Always true: a request that fails answers a problem document.
    pub success: bool,
    /// The result.
    pub data: T,
}

impl<T> Wrapped<T> {
    /// Wraps a result.
    pub const fn new(data: T) -> Self {
        Self { success: true, data }
    }
}

/// Answer to `POST /api/bridge/verify`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LegacyVerifyResponse {
    /// Whether the claims can be relied on.
    pub success: bool,
    /// Why not.
    #[serde(rename = "denyReason", default, skip_serializing_if = "Option::is_none")]
    pub deny_reason: Option<DenyReason>,
    /// A sentence about the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The result.
    pub data: LegacyVerification,
}

/// A verification under the integration guide's names.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LegacyVerification {
    /// Whether the claims can be relied on.
    pub credential_valid: bool,
    /// The token as submitted, in its printed form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The verification's identifier.
    pub audit_id: VerificationId,
    /// When it ran.
    #[serde(rename = "verifiedAt")]
    pub verified_at: Timestamp,
    /// Whether the issuer's signature verified.
    pub signature_valid: bool,
    /// `clear` when the credential was not revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_status: Option<String>,
    /// What the holder consented to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Option<crate::claims::schema::Claims>"))]
    pub claims: Option<Map<String, Value>>,
    /// Facts proved without the claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicates: Vec<Predicate>,
    /// The same holder at this institution, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_ref: Option<String>,
    /// The institution's own name for the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_reference: Option<String>,
    /// Until when the credential is proved to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Always false: raw data never leaves the issuer.
    pub raw_transactions_included: bool,
    /// Policy applied.
    pub policy_version: String,
    /// Model behind the score.
    pub model_version: String,
}

impl From<&VerifyResponse> for LegacyVerifyResponse {
    fn from(response: &VerifyResponse) -> Self {
        let response = response.clone();
        Self {
            success: response.credential_valid,
            deny_reason: response.deny_reason,
            message: response.message,
            data: LegacyVerification {
                credential_valid: response.credential_valid,
                token: response.token,
                audit_id: response.verification_id,
                verified_at: response.verified_at,
                signature_valid: response.signature.is_some_and(|signature| signature.status == "verified"),
                revocation_status: response.revocation_status.map(|status| if status == "not_revoked" { "clear".to_owned() } else { status }),
                claims: response.claims,
                predicates: response.predicates,
                applicant_ref: response.applicant_ref,
                institution_reference: response.institution_reference,
                expires_at: response.expires_at,
                raw_transactions_included: response.raw_transactions_included,
                policy_version: response.policy_version,
                model_version: response.model_version,
            },
        }
    }
}
