//! What must survive between the steps of linking a bank: secrets that serialise for sealed storage and never print.

use std::fmt;

use passid_api::time::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A text nobody may print; wiped when dropped. Serialises in clear: seal what contains it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one call that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

/// A linking that waits for the holder to come back from the bank.
#[derive(Clone, Serialize, Deserialize)]
pub struct PendingAuthorisation {
    /// Where to send the holder's browser; carries the state, so it is not for logs.
    pub authorization_url: Secret,
    /// Comes back with the holder; must be the same, once.
    pub state: Secret,
    /// Comes back inside the identity token, where the scheme has one.
    #[serde(default)]
    pub nonce: Option<Secret>,
    /// Proves that whoever exchanges the code began the linking (RFC 7636).
    pub pkce_verifier: Secret,
    /// The bank's identifier of the consent.
    pub consent_id: String,
    /// The redirect address the code is bound to.
    pub redirect_url: String,
    /// After this the holder must begin again.
    pub expires_at: Timestamp,
    /// When the consent itself ends.
    pub consent_expires_at: Timestamp,
}

impl fmt::Debug for PendingAuthorisation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PendingAuthorisation({}, redacted)", self.consent_id)
    }
}

/// What the bank put into the redirect address (RFC 6749 §4.1.2, RFC 9207).
#[derive(Clone, Deserialize)]
pub struct AuthorisationResponse {
    /// What was sent; compared in constant time.
    pub state: Secret,
    /// The code, when the holder agreed.
    #[serde(default)]
    pub code: Option<Secret>,
    /// `access_denied` or another word, when not.
    #[serde(default)]
    pub error: Option<String>,
    /// The bank's issuer identifier, where it sends one.
    #[serde(default)]
    pub iss: Option<String>,
}

impl fmt::Debug for AuthorisationResponse {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AuthorisationResponse(redacted)")
    }
}

/// The right to read, until the consent ends.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankTokens {
    /// Sent with every read.
    pub access_token: Secret,
    /// Renews the access token; changes with every use.
    pub refresh_token: Option<Secret>,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// The bank's identifier of the consent.
    pub consent_id: String,
    /// When the consent ends.
    pub consent_expires_at: Timestamp,
}

impl fmt::Debug for BankTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BankTokens({}, redacted)", self.consent_id)
    }
}
