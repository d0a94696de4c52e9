//! Hashing bytes to the field, so that a context or a scope of any length becomes one public signal.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use sha2::{Digest, Sha256};

use crate::FieldElement;

/// Bytes drawn per element: ceil((254 + 128) / 8), RFC 9380 §5.1.
const ELEMENT_BYTES: u16 = 48;

/// `hash_to_field` of RFC 9380 §5.2 for one element of the BN254 scalar field, with `expand_message_xmd` and SHA-256.
///
/// `domain_tag` separates uses of the hash: the same message under two tags gives unrelated elements. A tag longer than 255 bytes is
/// hashed first, as §5.3.3 prescribes.
pub fn hash_to_field(domain_tag: &str, message: &[u8]) -> FieldElement {
    let mut uniform = [0u8; ELEMENT_BYTES as usize];
    expand_message(domain_tag.as_bytes(), message, ELEMENT_BYTES, &mut uniform);
    FieldElement::from(Fr::from_be_bytes_mod_order(&uniform))
}

/// `expand_message_xmd` of RFC 9380 §5.3.1; fills `output`, whose length is `length` (at most 255 blocks of 32 bytes).
fn expand_message(domain_tag: &[u8], message: &[u8], length: u16, output: &mut [u8]) {
    let shortened;
    let tag = if domain_tag.len() > 255 {
        shortened = Sha256::new().chain_update(b"H2C-OVERSIZE-DST-").chain_update(domain_tag).finalize();
        shortened.as_slice()
    } else {
        domain_tag
    };
    let tag_length = [u8::try_from(tag.len()).unwrap_or(u8::MAX)];

    let first = Sha256::new()
        .chain_update([0u8; 64])
        .chain_update(message)
        .chain_update(length.to_be_bytes())
        .chain_update([0u8])
        .chain_update(tag)
        .chain_update(tag_length)
        .finalize();
    let mut previous = [0u8; 32];
    for (counter, block) in (1u8..=255).zip(output.chunks_mut(32)) {
        for (byte, seed) in previous.iter_mut().zip(&first) {
            *byte ^= seed;
        }
        let digest = Sha256::new().chain_update(previous).chain_update([counter]).chain_update(tag).chain_update(tag_length).finalize();
        previous.copy_from_slice(&digest);
        for (target, byte) in block.iter_mut().zip(previous) {
            *target = byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(tag: &[u8], message: &[u8], length: u16) -> String {
        let mut output = vec![0u8; usize::from(length)];
        expand_message(tag, message, length, &mut output);
        hex::encode(output)
    }

    /// RFC 9380, appendix K.1.
    #[test]
    fn the_expander_gives_the_vectors_of_the_rfc() {
        let tag = b"QUUX-V01-CS02-with-expander-SHA256-128";
        assert_eq!(expanded(tag, b"", 0x20), "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235");
        assert_eq!(expanded(tag, b"abc", 0x20), "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615");
        let long = expanded(tag, b"abc", 0x80);
        assert!(long.starts_with("abba86a6129e366fc877aab32fc4ffc70120d8996c88aee2fe4b32d6c7b6437a"), "{long}");
        assert_eq!(long.len(), 256);
    }

    /// RFC 9380, appendix K.2: a tag of more than 255 bytes is hashed.
    #[test]
    fn a_long_tag_is_hashed_first() {
        let tag = b"QUUX-V01-CS02-with-expander-SHA256-128-long-DST-1111111111111111111111111111111111111111111111111111111111111111\
11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111\
1111111111";
        assert_eq!(tag.len(), 256);
        assert_eq!(expanded(tag, b"", 0x20), "e8dc0c8b686b7ef2074086fbdd2f30e3f8bfbd3bdf177f73f04b97ce618a3ed3");
    }

    #[test]
    fn the_value_is_frozen_and_the_tag_separates() {
        let value = hash_to_field("passid/test", b"message");
        assert_eq!(value.to_string(), "11368948670701836609067616249355467316298856711759281341234790913829354103331");
        assert_ne!(value, hash_to_field("passid/tess", b"tmessage"));
        assert_ne!(value, hash_to_field("passid/other", b"message"));
    }
}
