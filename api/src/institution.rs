//! An institution's workspace: onboarding, login, keys, webhook endpoints.

use serde::{Deserialize, Serialize};

use crate::ids::{InstitutionId, WebhookEndpointId};
use crate::time::Timestamp;
use crate::webhook::EventKind;

/// `POST /api/institution/onboard`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Onboard {
    /// The workspace's name, 2 to 80 characters.
    pub name: String,
    /// The first user's e-mail address.
    pub email: String,
    /// 12 to 128 characters.
    pub password: String,
}

/// `POST /api/institution/login`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user's e-mail address.
    pub email: String,
    /// The user's password.
    pub password: String,
}

/// `POST /api/institution/token/refresh`, `POST /api/institution/logout`.
#[derive(Clone, Serialize, Deserialize)]
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
redacted!(Onboard, Login, RefreshRequest, SessionTokens, KeyPair, Onboarded, WebhookEndpointCreated);

/// A signed-in institution user.
#[derive(Clone, Serialize, Deserialize)]
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
pub struct KeyPair {
    /// For browsers.
    pub publishable: String,
    /// For servers.
    pub secret: String,
}

/// The keys of both environments.
#[derive(Clone, Serialize, Deserialize)]
pub struct EnvironmentKeys {
    /// Invented people.
    pub sandbox: KeyPair,
    /// Real people, once approved.
    pub live: KeyPair,
}

/// A workspace as its users see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(deny_unknown_fields)]
pub struct CreateWebhookEndpoint {
    /// Where events are sent: https, or loopback http in the sandbox when configured.
    pub url: String,
    /// Which environment's events.
    pub environment: crate::environment::Environment,
    /// Which events; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventKind>>,
}

/// A webhook endpoint as its owner sees it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookEndpointView {
    /// Its identifier.
    pub id: WebhookEndpointId,
    /// Where events are sent.
    pub url: String,
    /// Which environment's events.
    pub environment: crate::environment::Environment,
    /// Which events.
    pub events: Vec<EventKind>,
    /// Whether events are sent.
    pub enabled: bool,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// Answer to registering: the secret is shown here and never again.
#[derive(Clone, Serialize, Deserialize)]
pub struct WebhookEndpointCreated {
    /// The endpoint.
    #[serde(flatten)]
    pub endpoint: WebhookEndpointView,
    /// `whsec_` and base64: signs every event.
    pub secret: String,
}

/// One attempt to deliver an event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryView {
    /// The event's identifier, the same over all attempts.
    pub event_id: crate::ids::EventId,
    /// The event.
    pub event: EventKind,
    /// `pending`, `delivered`, or `failed`.
    pub status: String,
    /// Attempts made.
    pub attempts: u32,
    /// Status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_status: Option<u16>,
    /// When the next attempt is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
}
