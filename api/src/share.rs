//! Shares: a holder offers, an institution redeems once.

use serde::{Deserialize, Serialize};

use crate::agreement::ShareNonce;
use crate::codes::{ShareCode, ShareToken};
use crate::ids::{InstitutionId, ShareId};
use crate::permission::PermissionSet;
use crate::predicate::Predicate;
use crate::presentation::Presentation;
use crate::time::Timestamp;

/// Seconds a share lives unless asked otherwise.
pub const DEFAULT_LIFETIME_SECONDS: u32 = 600;
/// Seconds a share may live at most.
pub const MAX_LIFETIME_SECONDS: u32 = 86_400;

/// `POST /api/v1/bridge/share/create`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateShare {
    /// What is disclosed.
    pub permissions: PermissionSet,
    /// What is proved without being disclosed.
    #[serde(default)]
    pub predicates: Vec<Predicate>,
    /// The one institution that may redeem it; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<InstitutionId>,
    /// Makes it unlike any other share.
    pub nonce: ShareNonce,
    /// When it ends, at most a day ahead.
    pub expires_at: Timestamp,
    /// The proof and its statement.
    pub presentation: Presentation,
}

/// A share as its maker first sees it; code and token are shown once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ShareCreated {
    /// Its identifier.
    pub share_id: ShareId,
    /// For reading aloud.
    pub code: ShareCode,
    /// For copying.
    pub token: ShareToken,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for ShareCreated {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ShareCreated({}, codes redacted)", self.share_id)
    }
}

crate::text_enum! {
    /// Where a share stands.
    pub enum ShareState as "share state" {
        /// Can be redeemed.
        Active = "active",
        /// Was redeemed.
        Used = "used",
        /// Its maker withdrew it.
        Revoked = "revoked",
        /// Nobody redeemed it in time.
        Expired = "expired",
    }
}

/// `POST /api/v1/bridge/share/revoke`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RevokeShare {
    /// The share to withdraw.
    pub share_id: ShareId,
}

/// Answer to revoke.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ShareRevoked {
    /// The share withdrawn.
    pub share_id: ShareId,
    /// `revoked`.
    pub status: ShareState,
}

/// One line of the holder's share history.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ShareView {
    /// Its identifier.
    pub share_id: ShareId,
    /// Where it stands.
    pub status: ShareState,
    /// What it discloses.
    pub permissions: PermissionSet,
    /// The one institution that may redeem it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<InstitutionId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
    /// Name of the institution that redeemed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_by: Option<String>,
}

/// `GET /api/v1/bridge/share/user/{userId}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ShareHistory {
    /// Newest first.
    pub data: Vec<ShareView>,
}
