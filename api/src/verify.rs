//! Verification: an institution submits a token and reads what it is worth.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::VerificationId;
use crate::predicate::Predicate;
use crate::session::ProofSummary;
use crate::time::Timestamp;

/// `POST /v1/verify`, `POST /api/v1/bridge/verify`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// A `PASSID-` token or a 12-character code; spaces, case and dashes do not matter.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 200)))]
    pub token: String,
    /// The institution's own name for the application; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 200)))]
    pub institution_reference: Option<String>,
}

impl std::fmt::Debug for VerifyRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("VerifyRequest(redacted)")
    }
}

crate::text_enum! {
    /// What the credential is worth.
    pub enum CredentialVerdict as "credential status" {
        /// It can be relied on.
        Active = "active",
        /// It, or the token, is past its end.
        Expired = "expired",
        /// It, or the token, was withdrawn.
        Revoked = "revoked",
        /// It cannot be relied on.
        Invalid = "invalid",
    }
}

crate::text_enum! {
    /// The class of a refusal.
    pub enum ReasonCode as "reason code" {
        /// Signature or proof does not verify.
        InvalidSignature = "invalid_signature",
        /// Past its end or not fresh enough.
        CredentialExpired = "credential_expired",
        /// Withdrawn.
        CredentialRevoked = "credential_revoked",
        /// The token does not resolve for this institution.
        InvalidToken = "invalid_token",
        /// The holder matches a sanctions list.
        SanctionsMatch = "sanctions_match",
    }
}

crate::text_enum! {
    /// The exact reason of a refusal.
    pub enum DenyReason as "deny reason" {
        /// The issuer's signature does not verify.
        SignatureInvalid = "SIGNATURE_INVALID",
        /// The proof does not verify.
        ProofInvalid = "PROOF_INVALID",
        /// The token is past its end; ask for another.
        TokenExpired = "TOKEN_EXPIRED",
        /// The bank data is too old or the credential has ended.
        CredentialStale = "CREDENTIAL_STALE",
        /// The holder withdrew the token.
        TokenRevoked = "TOKEN_REVOKED",
        /// The credential was revoked.
        CredentialRevoked = "CREDENTIAL_REVOKED",
        /// No such token; ask for another.
        TokenNotFound = "TOKEN_NOT_FOUND",
        /// It was redeemed before.
        TokenAlreadyUsed = "TOKEN_ALREADY_USED",
        /// It was made for another institution.
        InstitutionMismatch = "INSTITUTION_MISMATCH",
        /// Do not proceed.
        HardDenySanctionsMatch = "HARD_DENY_SANCTIONS_MATCH",
    }
}

impl DenyReason {
    /// The class the reason belongs to.
    pub const fn reason_code(self) -> ReasonCode {
        match self {
            Self::SignatureInvalid | Self::ProofInvalid => ReasonCode::InvalidSignature,
            Self::TokenExpired | Self::CredentialStale => ReasonCode::CredentialExpired,
            Self::TokenRevoked | Self::CredentialRevoked => ReasonCode::CredentialRevoked,
            Self::TokenNotFound | Self::TokenAlreadyUsed | Self::InstitutionMismatch => ReasonCode::InvalidToken,
            Self::HardDenySanctionsMatch => ReasonCode::SanctionsMatch,
        }
    }

    /// What the credential is worth then.
    pub const fn verdict(self) -> CredentialVerdict {
        match self.reason_code() {
            ReasonCode::CredentialExpired => CredentialVerdict::Expired,
            ReasonCode::CredentialRevoked => CredentialVerdict::Revoked,
            ReasonCode::InvalidSignature | ReasonCode::InvalidToken | ReasonCode::SanctionsMatch => CredentialVerdict::Invalid,
        }
    }

    /// A sentence for the person at the institution.
    pub const fn message(self) -> &'static str {
        match self {
            Self::SignatureInvalid => "The credential's signature could not be verified against the issuer's key.",
            Self::ProofInvalid => "The proof does not verify for what was agreed.",
            Self::TokenExpired => "The token has expired; ask the customer for a fresh share.",
            Self::CredentialStale => "The credential has ended or its data is too old; ask the customer to refresh it.",
            Self::TokenRevoked => "The customer withdrew this token.",
            Self::CredentialRevoked => "The credential was revoked and must not be relied on.",
            Self::TokenNotFound => "There is no such token; ask the customer for a new share.",
            Self::TokenAlreadyUsed => "The token was already used; it works once.",
            Self::InstitutionMismatch => "The token was made for another institution.",
            Self::HardDenySanctionsMatch => "The customer matches a sanctions list; do not proceed.",
        }
    }
}

/// The signature's part in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SignatureSummary {
    /// `ed25519`.
    pub algorithm: String,
    /// `verified`, or `invalid`.
    pub status: String,
    /// The issuer's key that signed the tree head.
    pub key_id: String,
}

/// The answer of the verifier. Fields that only a valid credential has are absent otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VerifyResponse {
    /// Whether the claims can be relied on.
    pub credential_valid: bool,
    /// This run's identifier, for the institution's file.
    pub verification_id: VerificationId,
    /// When it ran.
    pub verified_at: Timestamp,
    /// What the credential is worth.
    pub credential_status: CredentialVerdict,
    /// The token as submitted, in its printed form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The institution's own name for the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_reference: Option<String>,
    /// Class of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// Exact reason of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_reason: Option<DenyReason>,
    /// A sentence about the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The issuer's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What the holder consented to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Option<crate::claims::schema::Claims>"))]
    pub claims: Option<Map<String, Value>>,
    /// Facts proved without the claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicates: Vec<Predicate>,
    /// The signature's part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureSummary>,
    /// The proof's part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofSummary>,
    /// `not_revoked`, or `revoked`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_status: Option<String>,
    /// When the tree head behind the proof was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_timestamp: Option<Timestamp>,
    /// The same holder at this institution, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_ref: Option<String>,
    /// Always false: raw data never leaves the issuer.
    pub raw_transactions_included: bool,
    /// Until when the credential is proved to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Policy applied.
    pub policy_version: String,
    /// Model behind the score.
    pub model_version: String,
}
