//! Secrets at rest: everything is sealed or digested under keys derived from one master key kept outside the database.

mod again;
mod master_key;

use std::fmt;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use again::{SealAgainError, SealedAgain, seal_again};
pub use master_key::{MasterKey, MasterKeyError};

/// Bytes of an XChaCha20 nonce, random for every sealing.
const NONCE_BYTES: usize = 24;
/// First byte of what was sealed under the master key's first line.
const FIRST_KEY: u8 = 1;
/// First byte of what was sealed under a later line, whose number follows.
const NUMBERED_KEY: u8 = 2;

/// What a sealed value or a digest is for. One purpose cannot be opened or looked up as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Issuer signing keys.
    IssuerKey,
    /// Bank consents and tokens.
    BankConnection,
    /// Transactions read and not yet derived from.
    StagedTransactions,
    /// Names holders declared.
    DeclaredName,
    /// Who was screened, what was found, and why an operator cleared it.
    ScreenedPerson,
    /// Webhook secrets.
    WebhookSecret,
    /// Answers kept for retried requests.
    StoredAnswer,
    /// Presentations that wait in a share for their redemption.
    Presentation,
    /// Session and share codes.
    Code,
    /// One-time values: challenges, OAuth states, client secrets, refresh tokens.
    OneTimeValue,
    /// What the sandbox's documented tokens rest on: the same on every server with this master key.
    SandboxFixture,
    /// What ties a page's forms to the browser they were sent to.
    FormToken,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::IssuerKey => "passid/seal/issuer-key/v1",
            Self::BankConnection => "passid/seal/bank-connection/v1",
            Self::StagedTransactions => "passid/seal/staged-transactions/v1",
            Self::DeclaredName => "passid/seal/declared-name/v1",
            Self::ScreenedPerson => "passid/seal/screened-person/v1",
            Self::WebhookSecret => "passid/seal/webhook-secret/v1",
            Self::StoredAnswer => "passid/seal/stored-answer/v1",
            Self::Presentation => "passid/seal/presentation/v1",
            Self::Code => "passid/digest/code/v1",
            Self::OneTimeValue => "passid/digest/one-time-value/v1",
            Self::SandboxFixture => "passid/digest/sandbox-fixture/v1",
            Self::FormToken => "passid/digest/form-token/v1",
        }
    }
}

/// A sealed value that does not open: damaged, moved to another row, or sealed under another master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open; the master key may be another one")]
pub struct SealError;

/// Seals and digests. Its keys live as long as the process.
pub struct Sealer {
    master: MasterKey,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealer(redacted)")
    }
}

impl Sealer {
    /// Seals under keys derived from `master`.
    pub const fn new(master: MasterKey) -> Self {
        Self { master }
    }

    /// HKDF-SHA256 (RFC 5869) of one line of the master key with the purpose as info.
    fn key(&self, purpose: Purpose, number: u8) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let mut key = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(None, self.master.expose(number).ok_or(SealError)?);
        hkdf.expand(purpose.label().as_bytes(), key.as_mut_slice()).map_err(|_| SealError)?;
        Ok(key)
    }

    /// Whether a sealed value is under the key that seals at present.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        match (self.master.sealing(), sealed) {
            (1, [FIRST_KEY, ..]) => true,
            (number, [NUMBERED_KEY, under, ..]) => *under == number,
            _ => false,
        }
    }

    /// Encrypts `plain` for `purpose`, bound to the row named by `context`.
    ///
    /// # Errors
    /// [`SealError`] when the value is larger than the cipher takes.
    pub fn seal(&self, purpose: Purpose, context: &str, plain: &[u8], random: &mut dyn rand::CryptoRng) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        random.fill_bytes(&mut nonce);
        let number = self.master.sealing();
        let cipher = XChaCha20Poly1305::new((&*self.key(purpose, number)?).into());
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError)?;
        let numbered = [NUMBERED_KEY, number];
        let head: &[u8] = if number == 1 { &[FIRST_KEY] } else { &numbered };
        Ok([head, &nonce, &sealed].concat())
    }

    /// Opens what [`Sealer::seal`] made for the same purpose and context.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, purpose: Purpose, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (number, rest) = match sealed {
            [FIRST_KEY, rest @ ..] => (1, rest),
            [NUMBERED_KEY, number, rest @ ..] => (*number, rest),
            _ => return Err(SealError),
        };
        let (nonce, body) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError)?;
        let cipher = XChaCha20Poly1305::new((&*self.key(purpose, number)?).into());
        let payload = Payload { msg: body, aad: context.as_bytes() };
        cipher.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| SealError)
    }

    /// A keyed digest for looking up a short code without storing it: HMAC-SHA256 with a key outside the database, because 40
    /// or 60 bits could be found from a plain hash by trying them all.
    pub fn digest(&self, purpose: Purpose, value: &[u8]) -> [u8; 32] {
        let key = self.key(purpose, 1).unwrap_or_else(|_| unreachable!("a master key has a first line"));
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_slice()).unwrap_or_else(|_| unreachable!("HMAC takes any key length"));
        mac.update(value);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(MasterKey::from_bytes([byte; 32]))
    }

    #[test]
    fn opens_only_for_the_same_purpose_row_and_key() {
        let mut random = rand::rngs::StdRng::seed_from_u64(1);
        let sealed = sealer(1).seal(Purpose::WebhookSecret, "whe_1", b"secret", &mut random).unwrap();
        assert_eq!(sealer(1).open(Purpose::WebhookSecret, "whe_1", &sealed).unwrap().as_slice(), b"secret");
        assert!(sealer(1).open(Purpose::WebhookSecret, "whe_2", &sealed).is_err());
        assert!(sealer(1).open(Purpose::IssuerKey, "whe_1", &sealed).is_err());
        assert!(sealer(2).open(Purpose::WebhookSecret, "whe_1", &sealed).is_err());
        for length in 0..sealed.len() {
            assert!(sealer(1).open(Purpose::WebhookSecret, "whe_1", &sealed[..length]).is_err());
        }
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn digests_differ_by_purpose_and_key() {
        let code = b"KE8V3TXYZ72L";
        assert_ne!(sealer(1).digest(Purpose::Code, code), sealer(2).digest(Purpose::Code, code));
        assert_ne!(sealer(1).digest(Purpose::Code, code), sealer(1).digest(Purpose::OneTimeValue, code));
    }
}
