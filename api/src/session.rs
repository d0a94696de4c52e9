//! Sessions: an institution asks, a holder answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::codes::SessionCode;
use crate::environment::Environment;
use crate::ids::{InstitutionId, SessionId, VerificationId};
use crate::permission::PermissionSet;
use crate::predicate::Predicate;
use crate::presentation::Presentation;
use crate::time::Timestamp;

/// Seconds a session lives unless asked otherwise.
pub const DEFAULT_TTL_SECONDS: u32 = 600;
/// Seconds a session may live at most.
pub const MAX_TTL_SECONDS: u32 = 3_600;
/// Seconds a session must live at least: long enough to read the consent.
pub const MIN_TTL_SECONDS: u32 = 30;

/// `POST /v1/sessions`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// Shown beside the workspace's own name; defaults to it.
    #[serde(rename = "institutionName", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 80)))]
    pub institution_name: Option<String>,
    /// What to ask for; everything when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<PermissionSet>,
    /// Facts to ask for without the claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 4)))]
    pub predicates: Vec<Predicate>,
    /// Seconds to live, 30 to 3,600; 600 when left out.
    #[serde(rename = "ttlSeconds", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(range(min = 30, max = 3600)))]
    pub ttl_seconds: Option<u32>,
}

crate::text_enum! {
    /// Where a session stands.
    pub enum SessionState as "session state" {
        /// Waiting for the holder.
        Pending = "pending",
        /// The holder shared.
        Completed = "completed",
        /// The holder declined.
        Declined = "declined",
        /// Nobody answered in time.
        Expired = "expired",
    }
}

/// A session as its creator first sees it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SessionCreated {
    /// Poll it under this identifier.
    #[serde(rename = "requestId")]
    pub request_id: SessionId,
    /// For typing into the wallet.
    pub code: SessionCode,
    /// For the QR image and for phones.
    #[serde(rename = "deepLink")]
    pub deep_link: String,
    /// When it ends.
    #[serde(rename = "expiresAt")]
    pub expires_at: Timestamp,
    /// Lets the browser that created the session poll it; shown once.
    pub client_secret: String,
    /// Always pending.
    pub status: SessionState,
    /// What is asked for.
    pub permissions: PermissionSet,
    /// Sandbox or live.
    pub environment: Environment,
}

impl std::fmt::Debug for SessionCreated {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SessionCreated({}, secrets redacted)", self.request_id)
    }
}

/// The proof's part in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ProofSummary {
    /// `groth16/bn254`.
    #[serde(rename = "type")]
    pub proof_type: String,
    /// The circuit's name.
    pub circuit: String,
    /// `verified`, or `invalid`.
    pub status: String,
}

/// `GET /v1/sessions/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SessionView {
    /// Its identifier.
    #[serde(rename = "requestId")]
    pub request_id: SessionId,
    /// Where it stands.
    pub status: SessionState,
    /// When it ends.
    #[serde(rename = "expiresAt")]
    pub expires_at: Timestamp,
    /// What was asked for.
    pub permissions: PermissionSet,
    /// Facts asked for; all hold when the session is completed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predicates: Vec<Predicate>,
    /// When the holder shared.
    #[serde(rename = "verifiedAt", default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// The verification behind the claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_id: Option<VerificationId>,
    /// What the holder consented to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(with = "Option<crate::claims::schema::Claims>"))]
    pub claims: Option<Map<String, Value>>,
    /// The proof's part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofSummary>,
    /// The same holder at this institution, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_ref: Option<String>,
    /// Why the holder declined, when they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
}

/// Who asks, for the consent screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstitutionSummary {
    /// Its identifier; part of what the proof is bound to.
    pub id: InstitutionId,
    /// The workspace's registered name.
    pub name: String,
    /// The name given for this session, when it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether the operator has approved the workspace.
    pub approved: bool,
}

/// `GET /v1/sessions/{id}/public`: what the wallet shows before anything is shared.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PublicSession {
    /// Its identifier.
    #[serde(rename = "requestId")]
    pub request_id: SessionId,
    /// Who asks.
    pub institution: InstitutionSummary,
    /// Sandbox or live.
    pub environment: Environment,
    /// What is asked for.
    pub permissions: PermissionSet,
    /// Facts asked for without the claim.
    #[serde(default)]
    pub predicates: Vec<Predicate>,
    /// Always true: a session is answered once.
    pub one_time: bool,
    /// When it ends.
    #[serde(rename = "expiresAt")]
    pub expires_at: Timestamp,
    /// Seconds left by the server's clock.
    #[serde(rename = "expiresInSeconds")]
    pub expires_in_seconds: i64,
}

/// `POST /v1/sessions/{id}/fulfill`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FulfillRequest {
    /// The proof and its statement.
    pub presentation: Presentation,
}

/// Answer to fulfil.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Fulfilled {
    /// `completed`.
    pub status: SessionState,
    /// The verification the institution sees.
    pub verification_id: VerificationId,
    /// When the proof was verified.
    #[serde(rename = "verifiedAt")]
    pub verified_at: Timestamp,
}

/// `POST /v1/sessions/{id}/decline`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclineRequest {
    /// Said to the institution; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 200)))]
    pub reason: Option<String>,
}

/// Answer to decline.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Declined {
    /// `declined`.
    pub status: SessionState,
}

/// The deep link of a session: `passid://verify-request?r=…&i=…`.
pub fn deep_link(session: SessionId, institution: InstitutionId) -> String {
    format!("passid://verify-request?r={session}&i={institution}")
}
