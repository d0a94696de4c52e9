//! Events and their two signatures.
//!
//! `X-PASSID-Signature` is HMAC-SHA256 over the raw body, as documented; it has no replay protection. The Standard Webhooks
//! headers (specification 1.0) stand beside it, sign identifier, time and body, and can carry several signatures during rotation.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::ids::{EventId, InstitutionId};
use crate::time::Timestamp;

/// Header of the documented signature.
pub const SIGNATURE_HEADER: &str = "x-passid-signature";
/// Standard Webhooks: the event's identifier.
pub const ID_HEADER: &str = "webhook-id";
/// Standard Webhooks: seconds since the epoch of this attempt.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// Standard Webhooks: space-separated signatures.
pub const STANDARD_SIGNATURE_HEADER: &str = "webhook-signature";
/// Seconds by which a receiver should let `webhook-timestamp` differ from its clock.
pub const TOLERANCE_SECONDS: i64 = 300;

crate::text_enum! {
    /// What happened.
    pub enum EventKind as "event" {
        /// A token or session was verified.
        VerificationCompleted = "verification.completed",
        /// A token was refused.
        VerificationFailed = "verification.failed",
        /// An outcome was reported.
        OutcomeReported = "outcome.reported",
        /// A manual ping.
        WebhookTest = "webhook.test",
    }
}

crate::text_enum! {
    /// How far an event has come at one endpoint.
    pub enum DeliveryStatus as "delivery status" {
        /// It will be tried, again perhaps.
        Pending = "pending",
        /// The endpoint answered with success.
        Delivered = "delivered",
        /// It is not tried any more; send it again when the endpoint works.
        Failed = "failed",
    }
}

crate::text_enum! {
    /// Why an attempt failed.
    pub enum DeliveryFailure as "delivery failure" {
        /// The endpoint answered, but not with 2xx; redirects are not followed.
        Refused = "refused",
        /// Connecting, answering and sending the body took longer than ten seconds together.
        TimedOut = "timed_out",
        /// The name does not resolve, or to an address that is not public.
        AddressNotAllowed = "address_not_allowed",
        /// No connection, or it broke; TLS failures are here too.
        ConnectionFailed = "connection_failed",
        /// The endpoint was disabled or removed before it was tried.
        EndpointDisabled = "endpoint_disabled",
    }
}

crate::text_enum! {
    /// Why an endpoint gets no events.
    pub enum DisabledReason as "reason" {
        /// It answered `410 Gone`.
        Gone = "gone",
        /// No attempt has succeeded for days.
        Failing = "failing",
        /// Its owner wanted so.
        Owner = "owner",
    }
}

/// The body of every event.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Envelope {
    /// What happened.
    pub event: EventKind,
    /// The event's identifier, the same over all deliveries.
    pub id: EventId,
    /// Whose event it is.
    pub institution_id: InstitutionId,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The event's own fields.
    pub data: Value,
}

/// The secret shared with one endpoint: 32 random bytes, written `whsec_` and base64.
#[derive(Clone)]
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

/// A text that is not a webhook secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is whsec_ followed by base64 of 24 to 64 bytes")]
pub struct InvalidSecret;

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(redacted)")
    }
}

impl FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.strip_prefix("whsec_").and_then(|body| STANDARD.decode(body).ok()).ok_or(InvalidSecret)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(Zeroizing::new(bytes))) } else { Err(InvalidSecret) }
    }
}

/// Why a received event is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Check which headers reached the handler.
    #[error("a signature header is missing or malformed")]
    Malformed,
    /// Refuse it: it is old or your clock is wrong.
    #[error("the event's timestamp is more than {TOLERANCE_SECONDS} seconds away")]
    OutsideTolerance,
    /// Refuse it; check that the raw body was used, not re-serialised JSON.
    #[error("no signature matches; check the secret, and that the raw body was signed, not re-serialised JSON")]
    Mismatch,
}

impl WebhookSecret {
    /// A fresh secret.
    pub fn generate(random: &mut dyn rand::CryptoRng) -> Self {
        let mut bytes = Zeroizing::new(vec![0_u8; 32]);
        random.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The secret's text, to show once or to seal.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("whsec_{}", STANDARD.encode(self.0.as_slice())))
    }

    /// The value of `X-PASSID-Signature` for `body`, keyed with the secret's text as it was shown (prefix included), which is
    /// what `createHmac("sha256", secret)` in any language does.
    pub fn sign_body(&self, body: &[u8]) -> String {
        format!("sha256={}", hex::encode(mac(self.expose().as_bytes(), &[body])))
    }

    /// One signature of `webhook-signature`: `v1,` and base64 of the HMAC over `id.timestamp.body`, keyed with the secret's bytes.
    pub fn sign_standard(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mac = mac(&self.0, &[id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body]);
        format!("v1,{}", STANDARD.encode(mac))
    }

    /// Checks the documented signature.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_body(&self, header: &str, body: &[u8]) -> Result<(), SignatureError> {
        let given = header.strip_prefix("sha256=").and_then(|digits| hex::decode(digits).ok()).ok_or(SignatureError::Malformed)?;
        if bool::from(mac(self.expose().as_bytes(), &[body]).ct_eq(given.as_slice())) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }

    /// Checks the Standard Webhooks signature, any of several, and the timestamp both ways.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_standard(&self, id: &str, timestamp: &str, signatures: &str, body: &[u8], now: Timestamp) -> Result<(), SignatureError> {
        let seconds: i64 = timestamp.parse().map_err(|_| SignatureError::Malformed)?;
        if now.seconds().abs_diff(seconds) > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(SignatureError::OutsideTolerance);
        }
        let expected = mac(&self.0, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
        let matches = |signature: &str| {
            signature.strip_prefix("v1,").and_then(|text| STANDARD.decode(text).ok()).is_some_and(|given| bool::from(expected.ct_eq(given.as_slice())))
        };
        if signatures.split(' ').any(matches) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length: the constructor cannot fail.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes any key length"));
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn matches_the_specifications_example() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = secret.sign_standard("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_schemes_accept_the_sender_and_refuse_changes() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let (id, now, body) = ("evt_1", Timestamp::from_seconds(1_700_000_000).unwrap(), b"{}".as_slice());
        let standard = format!("v1,AAAA {}", secret.sign_standard(id, now.seconds(), body));
        let at = now.seconds().to_string();
        assert_eq!(secret.verify_standard(id, &at, &standard, body, now), Ok(()));
        assert_eq!(secret.verify_standard("evt_2", &at, &standard, body, now), Err(SignatureError::Mismatch));
        assert_eq!(secret.verify_standard(id, &at, &standard, b"{ }", now), Err(SignatureError::Mismatch));
        for seconds in [-301, 301] {
            assert_eq!(secret.verify_standard(id, &at, &standard, body, now.plus_seconds(seconds)), Err(SignatureError::OutsideTolerance));
        }
        assert_eq!(secret.verify_body(&secret.sign_body(body), body), Ok(()));
        assert_eq!(secret.verify_body(&secret.sign_body(body), b"x"), Err(SignatureError::Mismatch));
        assert_eq!(secret.verify_body("md5=00", body), Err(SignatureError::Malformed));
    }

    #[test]
    fn a_secret_prints_nothing() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        assert!(!format!("{secret:?}").contains("MfKQ"));
        assert!("whsec_AAAA".parse::<WebhookSecret>().is_err());
    }
}
