//! The wallet backend: registration, access tokens, bank links, credentials.

use serde::{Deserialize, Serialize};

use crate::claims::encoding::Country;
use crate::environment::Environment;
use crate::ids::{BankLinkId, CredentialId, UserId};
use crate::issuer::TreePath;
use crate::time::Timestamp;

/// `POST /v1/wallet/challenge`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChallengeRequest {
    /// Ed25519 public key of the device, 32 bytes, base64url.
    pub device_key: String,
}

/// A challenge to sign, once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Challenge {
    /// 32 random bytes, base64url.
    pub challenge: String,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

/// `POST /v1/wallet/register`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterRequest {
    /// Sandbox or live.
    pub environment: Environment,
    /// Ed25519 public key of the device, 32 bytes, base64url.
    pub device_key: String,
    /// Decimal field element: Poseidon of the holder's secret.
    pub holder_commitment: String,
    /// The challenge answered.
    pub challenge: String,
    /// Ed25519 signature over [`signed_message`], base64url.
    pub signature: String,
}

/// `POST /v1/wallet/token`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Ed25519 public key of the device, 32 bytes, base64url.
    pub device_key: String,
    /// The challenge answered.
    pub challenge: String,
    /// Ed25519 signature over [`signed_message`] with an empty commitment, base64url.
    pub signature: String,
}

/// What the device key signs: a domain tag, the issuer, the challenge, the commitment; each with its length before it.
///
/// The issuer's identifier keeps a dishonest issuer from passing on another one's challenge.
pub fn signed_message(issuer: &str, challenge: &str, holder_commitment: &str) -> Vec<u8> {
    framed(&["passid/wallet-challenge/v1", issuer, challenge, holder_commitment])
}

/// `PUT /v1/wallet/recovery-key`: the key that backups of this wallet carry, in place of any before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecoveryKeyRequest {
    /// Ed25519 public key, 32 bytes, base64url.
    pub recovery_key: String,
}

/// `POST /v1/wallet/rebind`: a restored backup binds its account to this device; the device before is cut off.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RebindRequest {
    /// Sandbox or live.
    pub environment: Environment,
    /// The public half of the backup's key, 32 bytes, base64url.
    pub recovery_key: String,
    /// Ed25519 public key of the new device, 32 bytes, base64url.
    pub device_key: String,
    /// Decimal field element: Poseidon of the holder's secret, new or restored.
    pub holder_commitment: String,
    /// The challenge answered; asked for by the new device key.
    pub challenge: String,
    /// The device key's signature over [`signed_message`], base64url.
    pub signature: String,
    /// The recovery key's signature over [`rebind_message`], base64url.
    pub recovery_signature: String,
}

/// What the recovery key signs: a domain tag, the issuer, the challenge, the new device key (base64url), the commitment; each with its
/// length before it.
pub fn rebind_message(issuer: &str, challenge: &str, device_key: &str, holder_commitment: &str) -> Vec<u8> {
    framed(&["passid/wallet-rebind/v1", issuer, challenge, device_key, holder_commitment])
}

fn framed(parts: &[&str]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in parts {
        message.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        message.extend_from_slice(part.as_bytes());
    }
    message
}

/// Everything of one kind that the holder has.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "json-schema", schemars(rename = "{T}List"))]
pub struct List<T> {
    /// Newest first.
    pub data: Vec<T>,
}

/// An access token for the wallet, ten minutes.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WalletToken {
    /// The account.
    pub user_id: UserId,
    /// Sent as `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: u32,
}

impl std::fmt::Debug for WalletToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "WalletToken({}, redacted)", self.user_id)
    }
}

/// `POST /v1/wallet/bank-links`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateBankLink {
    /// The bank, as listed in the issuer's description.
    pub provider: String,
    /// The holder's name as they write it; compared with the bank's, screened, and not stored in clear.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 2, max = 140)))]
    pub declared_name: String,
}

impl std::fmt::Debug for CreateBankLink {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CreateBankLink({}, name redacted)", self.provider)
    }
}

crate::text_enum! {
    /// Where a bank connection stands.
    pub enum BankLinkStatus as "bank link status" {
        /// The holder has not yet come back from the bank.
        AwaitingAuthorisation = "awaiting_authorisation",
        /// Data can be read.
        Authorised = "authorised",
        /// The holder or the bank refused.
        Rejected = "rejected",
        /// The consent ended; link again.
        Expired = "expired",
        /// The holder withdrew it.
        Revoked = "revoked",
    }
}

crate::text_enum! {
    /// Whether the holder must say again that the bank may be read.
    pub enum Reconfirmation as "reconfirmation" {
        /// Not yet.
        NotDue = "not_due",
        /// Within days: ask the holder now, and nothing stops.
        DueSoon = "due_soon",
        /// Reading has stopped until the holder confirms.
        Due = "due",
    }
}

/// A bank connection.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BankLink {
    /// Its identifier.
    pub link_id: BankLinkId,
    /// The bank.
    pub provider: String,
    /// Where it stands.
    pub status: BankLinkStatus,
    /// Where to send the holder's browser; only while awaiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_url: Option<String>,
    /// When the consent ends.
    pub expires_at: Timestamp,
    /// Until when the holder must confirm again (`POST …/reconfirm`); only while authorised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconfirm_by: Option<Timestamp>,
    /// Whether that is due; only while authorised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconfirmation: Option<Reconfirmation>,
}

/// The authorisation address carries a one-time state: it is sent, never printed.
impl std::fmt::Debug for BankLink {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "BankLink({}, {})", self.link_id, self.status)
    }
}

/// `POST /v1/wallet/credentials`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CredentialRequest {
    /// An authorised bank connection.
    pub link_id: BankLinkId,
    /// The country whose institutions the holder turns to.
    pub destination: Country,
    /// What tells the holder from people of the same name on a sanctions list. Left out, what was declared before counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<DeclaredPerson>,
}

/// What a holder says of themselves besides their name, for screening alone: it is in no claim, and kept sealed to screen again.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclaredPerson {
    /// The day they were born: `1990-04-28`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(regex(pattern = r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$")))]
    pub birth_date: Option<String>,
    /// The country of their nationality, ISO 3166-1 alpha-2: `KE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(regex(pattern = r"^[A-Z]{2}$")))]
    pub nationality: Option<String>,
    /// `female` or `male`; leave it out otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(regex(pattern = r"^(female|male)$")))]
    pub gender: Option<String>,
}

impl std::fmt::Debug for DeclaredPerson {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DeclaredPerson(redacted)")
    }
}

/// A fresh credential with all the wallet needs to prove with it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct IssuedCredential {
    /// Compact JWS over a [`crate::issuer::CredentialDocument`].
    pub credential: String,
    /// The leaf's way to the signed head.
    pub path: TreePath,
    /// Transactions read to derive the claims; they are deleted by now.
    pub transactions_read: u64,
}

impl std::fmt::Debug for IssuedCredential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("IssuedCredential(redacted)")
    }
}

crate::text_enum! {
    /// Where a credential stands.
    pub enum CredentialState as "credential state" {
        /// Valid.
        Active = "active",
        /// Past its end.
        Expired = "expired",
        /// Revoked, or replaced by a newer one.
        Revoked = "revoked",
    }
}

/// One of the holder's credentials as the issuer knows it: no claims.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CredentialStatus {
    /// Its identifier.
    pub credential_id: CredentialId,
    /// Where it stands.
    pub status: CredentialState,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}
