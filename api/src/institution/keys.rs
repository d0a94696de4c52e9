//! A workspace's keys and the pages from which they may be used.

use serde::{Deserialize, Serialize};

use super::redacted;
use crate::api_key::KeyKind;
use crate::environment::Environment;
use crate::ids::ApiKeyId;
use crate::time::Timestamp;

redacted!(ApiKeyCreated);

/// A key as its owner sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ApiKeyView {
    /// Its identifier.
    pub id: ApiKeyId,
    /// Sandbox or live.
    pub environment: Environment,
    /// Publishable (`pk`) or secret (`sk`).
    pub kind: KeyKind,
    /// The last four characters.
    pub last_four: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, within ten minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// When it stops working: it was rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// `POST /v1/institution/keys`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateKey {
    /// Sandbox or live.
    pub environment: Environment,
    /// Publishable (`pk`) or secret (`sk`).
    pub kind: KeyKind,
}

/// `GET` and `PUT /v1/institution/origins`: from which pages publishable keys may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Origins {
    /// For sandbox keys: `https://host`, or `http` on loopback, with a port where it is not the usual one.
    #[serde(default)]
    pub sandbox: Vec<String>,
    /// For live keys: `https://host` only.
    #[serde(default)]
    pub live: Vec<String>,
}

/// `POST /v1/institution/keys/{id}/rotate`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateKey {
    /// Seconds the old key keeps working; a day when left out, a week at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(range(max = 604_800)))]
    pub overlap_seconds: Option<u32>,
}

/// A new key: shown here and never again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ApiKeyCreated {
    /// The key's description.
    #[serde(flatten)]
    pub key: ApiKeyView,
    /// The key itself.
    pub value: String,
}
