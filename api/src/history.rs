//! The verification history of a workspace: which runs there were, without their claims.

use serde::{Deserialize, Serialize};

use crate::claims::encoding::Tier;
use crate::environment::Environment;
use crate::ids::{SessionId, VerificationId};
use crate::outcome::{CoverageLevel, OutcomeKind};
use crate::time::Timestamp;
use crate::verify::DenyReason;

/// One line of `GET /v1/institution/verifications`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VerificationSummary {
    /// The run's identifier.
    pub verification_id: VerificationId,
    /// When it ran.
    pub verified_at: Timestamp,
    /// Sandbox or live.
    pub environment: Environment,
    /// Whether the claims can be relied on.
    pub credential_valid: bool,
    /// Exact reason of the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_reason: Option<DenyReason>,
    /// The institution's own name for the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_reference: Option<String>,
    /// The session it answered; none when a token or code was redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<SessionId>,
    /// The same holder at this institution, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_ref: Option<String>,
    /// How much it confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<CoverageLevel>,
    /// The score, where it was disclosed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fsi_score: Option<u16>,
    /// The score's band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// What was reported to have become of the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeKind>,
}
