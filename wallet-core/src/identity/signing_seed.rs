//! A signing key kept as its seed, in one place of memory.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use zeroize::{Zeroize, Zeroizing};

use super::base64url;
use crate::random::Random;

/// Bytes of a seed (RFC 8032, section 5.1.5).
const SEED_BYTES: usize = 32;
/// Stack that making a key or a signature may have written to, with room to spare.
const STACK_BYTES: usize = 16 * 1024;

/// An Ed25519 key as its seed: on the heap, wiped when the last owner goes. Moving or cloning it copies a pointer, never the seed; the
/// expanded key exists only on the stack while it works, and that stack is wiped after.
#[derive(Clone)]
pub(crate) struct SigningSeed {
    seed: Arc<Zeroizing<[u8; SEED_BYTES]>>,
    public: [u8; 32],
}

impl SigningSeed {
    /// A new key.
    pub(crate) fn generate(random: &Random) -> Self {
        Self::filled(|seed| random.with(|generator| generator.fill_bytes(seed)))
    }

    /// A key that was kept; none when these are not the bytes of one.
    pub(crate) fn from_kept(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == SEED_BYTES).then(|| Self::filled(|seed| seed.copy_from_slice(bytes)))
    }

    fn filled(fill: impl FnOnce(&mut [u8; SEED_BYTES])) -> Self {
        let mut seed = Arc::new(Zeroizing::new([0; SEED_BYTES]));
        // Nobody else owns it yet: it is filled where it stays.
        if let Some(place) = Arc::get_mut(&mut seed) {
            fill(place);
        }
        let public = with_key(&seed, |key| key.verifying_key().to_bytes());
        Self { seed, public }
    }

    /// What is kept in the vault.
    pub(crate) fn expose(&self) -> &[u8; SEED_BYTES] {
        &self.seed
    }

    /// The public key as the wire has it.
    pub(crate) fn public(&self) -> String {
        base64url(&self.public)
    }

    /// A signature as the wire has it.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        base64url(&with_key(&self.seed, |key| key.sign(message).to_bytes()))
    }
}

fn with_key<T>(seed: &[u8; SEED_BYTES], work: impl FnOnce(&SigningKey) -> T) -> T {
    let answer = on_the_stack(seed, work);
    wipe_stack();
    answer
}

/// A frame of its own, so that all it calls lies below what is wiped.
#[inline(never)]
fn on_the_stack<T>(seed: &[u8; SEED_BYTES], work: impl FnOnce(&SigningKey) -> T) -> T {
    work(&SigningKey::from_bytes(seed))
}

/// Wipes the stack below the caller's frame: where the calls before this one left their copies.
#[inline(never)]
fn wipe_stack() {
    let mut below = [0_u8; STACK_BYTES];
    below.zeroize();
    std::hint::black_box(&below);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::random;

    #[test]
    fn signs_as_the_key_of_the_same_seed() {
        let made = SigningSeed::generate(&random(1));
        let kept = SigningSeed::from_kept(made.expose()).unwrap();
        let reference = SigningKey::from_bytes(made.expose());
        assert_eq!(kept.public(), base64url(reference.verifying_key().as_bytes()));
        assert_eq!(kept.sign(b"message"), base64url(&reference.sign(b"message").to_bytes()));
        assert!(SigningSeed::from_kept(&made.expose()[1..]).is_none());
    }
}
