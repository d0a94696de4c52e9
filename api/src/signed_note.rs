//! Signed notes as transparency logs use them: a text, a blank line, and a line per signature (C2SP `signed-note`).
//!
//! Any tool that knows the format checks one with the issuer's published key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::jws::{DocumentSigner, JwsError, KeyPurpose, KeySet};

/// The signature type of Ed25519 in key identifiers.
const ED25519: u8 = 1;
/// Larger notes are refused unread, bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The four bytes that name a key: SHA-256 over its name, a newline, the signature type and the key.
fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name);
    hash.update([b'\n', ED25519]);
    hash.update(key.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// Signs `text`, which ends with a newline, in the name of `name`, which has neither spaces nor plus signs.
///
/// # Errors
/// [`JwsError::Malformed`] when text or name are not of that form, [`JwsError::BadKey`] when the key is unusable.
pub fn sign(signer: &DocumentSigner, name: &str, text: &str) -> Result<String, JwsError> {
    let is_name = !name.is_empty() && !name.contains(|symbol: char| symbol.is_whitespace() || symbol == '+');
    if !text.ends_with('\n') || text.contains("\n\n") || !is_name {
        return Err(JwsError::Malformed);
    }
    let id = key_id(name, &signer.public_key().verifying_key()?);
    let signature = [&id[..], &signer.sign_bytes(text.as_bytes())].concat();
    Ok(format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(signature)))
}

/// Reads a note that one of the keys signed in the name of `name`, and returns its text.
///
/// # Errors
/// [`JwsError::Malformed`], [`JwsError::UnknownKey`] or [`JwsError::BadSignature`].
pub fn read<'n>(keys: &KeySet, purpose: KeyPurpose, name: &str, note: &'n str) -> Result<&'n str, JwsError> {
    if note.len() > MAX_BYTES {
        return Err(JwsError::Malformed);
    }
    let end = note.rfind("\n\n").ok_or(JwsError::Malformed)? + 1;
    let (text, signatures) = (&note[..end], &note[end + 1..]);
    for line in signatures.lines() {
        let line = line.strip_prefix("\u{2014} ").ok_or(JwsError::Malformed)?;
        let Some((signed_by, encoded)) = line.split_once(' ') else { return Err(JwsError::Malformed) };
        let bytes = STANDARD.decode(encoded).map_err(|_| JwsError::Malformed)?;
        let Some((id, signature)) = bytes.split_first_chunk::<4>() else { return Err(JwsError::Malformed) };
        // Signatures of keys we do not know are for others.
        for key in keys.keys.iter().filter(|key| key.passid_purpose == purpose) {
            let key = key.verifying_key()?;
            if signed_by == name && key_id(name, &key) == *id {
                let signature = Signature::from_slice(signature).map_err(|_| JwsError::Malformed)?;
                return key.verify_strict(text.as_bytes(), &signature).map(|()| text).map_err(|_| JwsError::BadSignature);
            }
        }
    }
    Err(JwsError::UnknownKey)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::environment::Environment;

    #[test]
    fn a_note_reads_back_and_any_change_is_noticed() {
        let signer = DocumentSigner::new(SigningKey::from_bytes(&[3; 32]), Environment::Live, KeyPurpose::Audit);
        let keys = KeySet { keys: vec![signer.public_key().clone()] };
        let read = |note: &str| super::read(&keys, KeyPurpose::Audit, "example.com/log", note).map(str::to_owned);
        let text = "example.com/log\n7\nAAAA\n";
        let note = sign(&signer, "example.com/log", text).unwrap();
        assert_eq!(read(&note).unwrap(), text);
        for index in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[index] ^= 1;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(read(&changed).is_err(), "position {index}");
            }
        }
        let stranger = DocumentSigner::new(SigningKey::from_bytes(&[4; 32]), Environment::Live, KeyPurpose::Audit);
        assert_eq!(read(&sign(&stranger, "example.com/log", text).unwrap()), Err(JwsError::UnknownKey));
        assert_eq!(read(&sign(&signer, "example.com/other", text).unwrap()), Err(JwsError::UnknownKey));
        for broken in ["", "\n\n", text, "a\n\nb\n"] {
            assert!(read(broken).is_err());
        }
        assert!(sign(&signer, "a b", text).is_err() && sign(&signer, "a", "a\n\nb\n").is_err() && sign(&signer, "a", "a").is_err());
    }

    /// The key identifier of the format's own documentation: C2SP signed-note, "key ID", computed here by hand for a fixed key.
    #[test]
    fn the_form_is_frozen() {
        let signer = DocumentSigner::new(SigningKey::from_bytes(&[3; 32]), Environment::Live, KeyPurpose::Audit);
        let note = sign(&signer, "example.com/log", "example.com/log\n7\nAAAA\n").unwrap();
        assert!(note.starts_with("example.com/log\n7\nAAAA\n\n\u{2014} example.com/log "));
        assert_eq!(note.lines().count(), 5);
    }
}
