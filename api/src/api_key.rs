//! Institution keys: `sk_live_` and relatives, 32 base62 characters and a checksum.
//!
//! The checksum lets a mistyped key be refused before any look-up, and secret scanners recognise a leaked one.

use std::fmt;
use std::str::FromStr;

use rand::RngExt;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::environment::Environment;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_LENGTH: usize = 32;
/// 62^6 > 2^32: six characters hold a CRC-32.
const CHECKSUM_LENGTH: usize = 6;

crate::text_enum! {
    /// What a key may do.
    pub enum KeyKind as "key kind" {
        /// Works in a browser: creates a session, polls it, submits a code.
        Publishable = "pk",
        /// Works on a server: everything.
        Secret = "sk",
    }
}

/// A text that is not an institution key: wrong form, or mistyped (the checksum does not match).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an institution key; copy it again from where it was shown")]
pub struct InvalidApiKey;

/// An institution key in clear. Shown once; stored only as [`ApiKey::digest`].
#[derive(Clone)]
pub struct ApiKey {
    kind: KeyKind,
    environment: Environment,
    text: Zeroizing<String>,
}

fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}

impl ApiKey {
    /// A fresh key with 190 random bits.
    pub fn generate(kind: KeyKind, environment: Environment, random: &mut dyn rand::CryptoRng) -> Self {
        let secret: String = (0..SECRET_LENGTH).map(|_| char::from(BASE62[random.random_range(0..62)])).collect();
        let body = Zeroizing::new(format!("{kind}_{environment}_{secret}"));
        Self { kind, environment, text: Zeroizing::new(format!("{}{}", body.as_str(), checksum(&body))) }
    }

    /// Publishable or secret.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Sandbox or live.
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// SHA-256 of the key: what is stored and looked up. A plain hash is enough for 190 random bits (OWASP ASVS 5.0, 6.5.2).
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// The key itself, to show once or to send.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The last four characters, to tell keys apart in a list.
    pub fn last_four(&self) -> &str {
        &self.text[self.text.len() - 4..]
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApiKey({}_{}_redacted)", self.kind, self.environment)
    }
}

impl FromStr for ApiKey {
    type Err = InvalidApiKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '_');
        let mut next = || parts.next().ok_or(InvalidApiKey);
        let kind: KeyKind = next()?.parse().map_err(|_| InvalidApiKey)?;
        let environment: Environment = next()?.parse().map_err(|_| InvalidApiKey)?;
        let tail = next()?;
        if tail.len() != SECRET_LENGTH + CHECKSUM_LENGTH || !tail.bytes().all(|byte| BASE62.contains(&byte)) {
            return Err(InvalidApiKey);
        }
        let (body, check) = text.split_at(text.len() - CHECKSUM_LENGTH);
        if checksum(body) != check {
            return Err(InvalidApiKey);
        }
        Ok(Self { kind, environment, text: Zeroizing::new(text.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn key() -> ApiKey {
        ApiKey::generate(KeyKind::Secret, Environment::Sandbox, &mut rand::rngs::StdRng::seed_from_u64(3))
    }

    #[test]
    fn round_trips() {
        let key = key();
        let read: ApiKey = key.expose().parse().unwrap();
        assert!(key.expose().starts_with("sk_sandbox_"));
        assert_eq!((read.kind(), read.environment(), read.digest()), (key.kind(), key.environment(), key.digest()));
    }

    #[test]
    fn any_single_mistake_is_noticed() {
        let text = key().expose().to_owned();
        for index in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[index] = if wrong[index] == b'a' { b'b' } else { b'a' };
            assert!(String::from_utf8(wrong).unwrap().parse::<ApiKey>().is_err(), "position {index}");
        }
        assert!(text[..text.len() - 1].parse::<ApiKey>().is_err());
        assert!(text.replace("sandbox", "live").parse::<ApiKey>().is_err(), "the checksum covers the environment");
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = key();
        assert!(!format!("{key:?}").contains(&key.expose()[11..20]));
    }
}
