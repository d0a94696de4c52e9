//! Authenticated encryption of small secrets: XChaCha20-Poly1305 with a random nonce in front.
//!
//! The 24-byte nonce is long enough to be drawn at random for every message under one key (draft-irtf-cfrg-xchacha, section 2.1).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::random::Random;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes of the nonce in front of every sealed message.
pub(crate) const NONCE_BYTES: usize = 24;

/// A key that is wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The message was sealed with another key or for another purpose, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAuthentic;

/// Draws a key.
pub(crate) fn random_key(random: &Random) -> Key {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    random.with(|generator| generator.fill_bytes(key.as_mut()));
    key
}

/// `secret`, readable only with `key` and the same associated data.
///
/// # Errors
/// [`NotAuthentic`] when the message is longer than the cipher can take, which nothing here is.
pub(crate) fn seal(key: &Key, associated_data: &[u8], secret: &[u8], random: &Random) -> Result<Vec<u8>, NotAuthentic> {
    let nonce: [u8; NONCE_BYTES] = random.bytes();
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: associated_data }).map_err(|_| NotAuthentic)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Reads what [`seal`] made.
///
/// # Errors
/// [`NotAuthentic`].
pub(crate) fn open(key: &Key, associated_data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotAuthentic> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(NotAuthentic)?;
    let cipher = XChaCha20Poly1305::new((&**key).into());
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: associated_data }).map(Zeroizing::new).map_err(|_| NotAuthentic)
}

/// A key from bytes that were kept somewhere.
pub(crate) fn key_from(bytes: &[u8]) -> Option<Key> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    if bytes.len() != KEY_BYTES {
        return None;
    }
    key.copy_from_slice(bytes);
    Some(key)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn another_key_other_data_or_a_changed_bit_is_refused() {
        let random = Random::new(rand::rngs::StdRng::seed_from_u64(1));
        let key = random_key(&random);
        let sealed = seal(&key, b"purpose", b"secret", &random).unwrap();
        assert_eq!(open(&key, b"purpose", &sealed).unwrap().as_slice(), b"secret");
        assert!(open(&random_key(&random), b"purpose", &sealed).is_err());
        assert!(open(&key, b"other", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(open(&key, b"purpose", &changed).is_err(), "byte {index}");
            assert!(open(&key, b"purpose", &sealed[..index]).is_err(), "length {index}");
        }
        assert_ne!(seal(&key, b"purpose", b"secret", &random).unwrap(), sealed);
    }
}
