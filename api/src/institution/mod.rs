//! An institution's workspace: onboarding, login, keys, webhook endpoints.

mod keys;
mod webhooks;

use serde::{Deserialize, Serialize};

use crate::ids::InstitutionId;
use crate::time::Timestamp;

pub use keys::*;
pub use webhooks::*;

/// Says no more than the name: these hold secrets.
macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    )+};
}
use redacted;

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

redacted!(Onboard, Login, RefreshRequest, SessionTokens, KeyPair, Onboarded);

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
