//! An institution's workspace: onboarding, login, keys, webhook endpoints.

use serde::{Deserialize, Serialize};

use crate::api_key::KeyKind;
use crate::environment::Environment;
use crate::ids::{ApiKeyId, EventId, InstitutionId, WebhookEndpointId};
use crate::time::Timestamp;
use crate::webhook::{DeliveryFailure, DeliveryStatus, DisabledReason, EventKind};

/// `POST /api/institution/onboard`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Onboard {
    /// The workspace's name, 2 to 80 characters.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 2, max = 80)))]
    pub name: String,
    /// The first user's e-mail address.
    pub email: String,
    /// 12 to 128 characters.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 12, max = 128)))]
    pub password: String,
}

/// `POST /api/institution/login`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user's e-mail address.
    pub email: String,
    /// The user's password.
    pub password: String,
}

/// `POST /api/institution/token/refresh`, `POST /api/institution/logout`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The newest refresh token.
    pub refresh_token: String,
}

macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    )+};
}
redacted!(Onboard, Login, RefreshRequest, SessionTokens, KeyPair, Onboarded, WebhookEndpointCreated, ApiKeyCreated);

crate::text_enum! {
    /// What a user of a workspace may do.
    pub enum Role as "role" {
        /// Everything, and the workspace's people.
        Owner = "owner",
        /// Everything but the workspace's people.
        Developer = "developer",
        /// Look at everything, change nothing.
        Viewer = "viewer",
    }
}

impl Role {
    /// Whether it may change what is in the workspace: keys, origins, webhooks, outcomes.
    pub const fn may_change(self) -> bool {
        matches!(self, Self::Owner | Self::Developer)
    }

    /// Whether it may invite and remove users and give them roles.
    pub const fn may_manage_team(self) -> bool {
        matches!(self, Self::Owner)
    }

    /// What it may do, in a line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Owner => "everything, and manages the people of the workspace",
            Self::Developer => "everything but the people: keys, origins, webhooks, the sandbox, outcomes",
            Self::Viewer => "looks at everything, changes nothing",
        }
    }
}

/// A signed-in institution user.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SessionTokens {
    /// Ten minutes; sent as `Authorization: Bearer`.
    pub access_token: String,
    /// Thirty days; rotated on every use.
    pub refresh_token: String,
    /// `Bearer`.
    pub token_type: String,
    /// Seconds until the access token ends.
    pub expires_in: u32,
}

/// The two keys of one environment; shown once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct KeyPair {
    /// For browsers.
    pub publishable: String,
    /// For servers.
    pub secret: String,
}

/// The keys of both environments.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EnvironmentKeys {
    /// Invented people.
    pub sandbox: KeyPair,
    /// Real people, once approved.
    pub live: KeyPair,
}

/// A workspace as its users see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstitutionView {
    /// Its identifier.
    pub id: InstitutionId,
    /// Its name.
    pub name: String,
    /// Whether live verification is enabled.
    pub live_enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Answer to onboarding; keys are shown here and never again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Onboarded {
    /// The workspace.
    pub institution: InstitutionView,
    /// Its keys.
    pub keys: EnvironmentKeys,
    /// Ten minutes.
    pub access_token: String,
    /// Thirty days; rotated on every use.
    pub refresh_token: String,
}

/// `POST /v1/institution/webhooks`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateWebhookEndpoint {
    /// Where events are sent: https, or loopback http in the sandbox when configured.
    pub url: String,
    /// Which environment's events.
    pub environment: Environment,
    /// Which events; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventKind>>,
}

/// A webhook endpoint as its owner sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WebhookEndpointView {
    /// Its identifier.
    pub id: WebhookEndpointId,
    /// Where events are sent.
    pub url: String,
    /// Which environment's events.
    pub environment: Environment,
    /// Which events.
    pub events: Vec<EventKind>,
    /// Whether events are sent.
    pub enabled: bool,
    /// Why the service stopped sending: `gone` (it answered 410), `failing` (nothing arrived for days), or `owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<DisabledReason>,
    /// When it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Since when every attempt has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Until when the secret before the present one signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<Timestamp>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// Answer to registering: the secret is shown here and never again.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WebhookEndpointCreated {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: WebhookEndpointView,
    /// `whsec_` and base64: signs every event.
    pub secret: String,
}

/// What became of one event at one endpoint.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DeliveryView {
    /// The event's identifier, the same over all attempts.
    pub event_id: EventId,
    /// The event.
    pub event: EventKind,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// Attempts made.
    pub attempts: u32,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<DeliveryFailure>,
    /// Status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_status: Option<u16>,
    /// The beginning of the last answer's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_body: Option<String>,
    /// Milliseconds the last attempt took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<Timestamp>,
    /// When the next attempt is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// When the endpoint answered with success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// Every attempt, oldest first; only where one delivery was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt_log: Option<Vec<AttemptView>>,
}

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AttemptView {
    /// When it was made.
    pub attempted_at: Timestamp,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<DeliveryFailure>,
    /// Status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_status: Option<u16>,
    /// The beginning of the answer's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_body: Option<String>,
    /// Milliseconds it took.
    pub duration_ms: u32,
}

/// Part of a list, newest first unless said otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "json-schema", schemars(rename = "{T}Page"))]
pub struct Page<T> {
    /// The entries.
    pub data: Vec<T>,
    /// Whether there are more.
    pub has_more: bool,
    /// Send it as `after` to get them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// `POST /v1/institution/webhooks/{id}/test`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TestWebhook {
    /// The event to send, `webhook.test` when left out. Every other one is invented, says `simulated: true` in its data, and goes to
    /// sandbox endpoints only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventKind>,
}

/// `POST /v1/institution/webhooks/{id}/replay`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayEvents {
    /// Send again what happened from this time on.
    pub since: Timestamp,
}

/// Answer to a replay.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Replayed {
    /// Events queued.
    pub queued: u32,
    /// Whether there are more; ask again with `since` set to `last_event_at`.
    pub has_more: bool,
    /// When the newest queued event happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Timestamp>,
}

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

/// `PATCH /v1/institution/webhooks/{id}`; what is left out stays.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateWebhookEndpoint {
    /// Where events are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Which events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventKind>>,
    /// Whether events are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// `POST /v1/institution/webhooks/{id}/rotate-secret`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateWebhookSecret {
    /// Seconds the old secret signs beside the new one; a day when left out, a week at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(range(max = 604_800)))]
    pub overlap_seconds: Option<u32>,
}
