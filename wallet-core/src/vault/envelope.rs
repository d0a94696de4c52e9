//! The key file: the database key, sealed under a key that the device's keystore seals.
//!
//! Two layers, so that a wrong key is told from a damaged vault whatever the keystore answers: the keystore opens the wrapping key, and
//! only the right wrapping key opens the database key. If both open and the database still cannot be read, the data is damaged.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::VaultError;
use crate::keystore::{DeviceKeystore, KeyRole};
use crate::random::Random;
use crate::sealing::{self, KEY_BYTES, Key, NONCE_BYTES};

const MAGIC: &[u8; 4] = b"PSVK";
const VERSION: u8 = 1;
const SEALED_KEY_BYTES: usize = NONCE_BYTES + KEY_BYTES + 16;
const VAULT_ID_BYTES: usize = 16;
const CHECKSUM_BYTES: usize = 32;

/// Whether the vault behind the envelope was finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The database may be missing or half made; nothing was stored yet.
    Creating,
    /// The database exists and holds the person's data.
    Ready,
}

/// The key file's content.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) stage: Stage,
    vault_id: [u8; VAULT_ID_BYTES],
    /// The wrapping key, sealed by the keystore.
    wrapping_key: Vec<u8>,
    /// The database key, sealed under the wrapping key.
    database_key: [u8; SEALED_KEY_BYTES],
}

fn associated_data(purpose: &str, vault_id: &[u8; VAULT_ID_BYTES]) -> Vec<u8> {
    [purpose.as_bytes(), vault_id].concat()
}

impl Envelope {
    /// A new database key in a new envelope.
    pub(super) fn create(keystore: &dyn DeviceKeystore, random: &Random) -> Result<(Self, Key), VaultError> {
        let vault_id = random.bytes();
        let wrapping = sealing::random_key(random);
        let database = sealing::random_key(random);
        let wrapping_key = keystore.seal(KeyRole::Vault, &associated_data("passid/vault-wrapping-key/v1", &vault_id), wrapping.as_slice())?;
        let database_key = sealing::seal(&wrapping, &associated_data("passid/vault-database-key/v1", &vault_id), database.as_slice(), random)
            .ok()
            .and_then(|sealed| sealed.try_into().ok())
            .ok_or(VaultError::MALFORMED_VALUE)?;
        Ok((Self { stage: Stage::Creating, vault_id, wrapping_key, database_key }, database))
    }

    /// The database key.
    ///
    /// # Errors
    /// [`VaultError::Keystore`] when the keystore does not answer, [`VaultError::WrongKey`] when it answers with another key.
    pub(super) fn open(&self, keystore: &dyn DeviceKeystore) -> Result<Key, VaultError> {
        let wrapping = keystore.open(KeyRole::Vault, &associated_data("passid/vault-wrapping-key/v1", &self.vault_id), &self.wrapping_key)?;
        let wrapping = sealing::key_from(&wrapping).ok_or(VaultError::WrongKey)?;
        let database = sealing::open(&wrapping, &associated_data("passid/vault-database-key/v1", &self.vault_id), &self.database_key);
        database.ok().and_then(|bytes| sealing::key_from(&bytes)).ok_or(VaultError::WrongKey)
    }

    /// The file's bytes: magic, version, stage, identifier, length and wrapping key, database key, SHA-256 of all before.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(256));
        bytes.extend_from_slice(MAGIC);
        bytes.push(VERSION);
        bytes.push(match self.stage {
            Stage::Creating => 0,
            Stage::Ready => 1,
        });
        bytes.extend_from_slice(&self.vault_id);
        bytes.extend_from_slice(&u32::try_from(self.wrapping_key.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(&self.wrapping_key);
        bytes.extend_from_slice(&self.database_key);
        let checksum = Sha256::digest(bytes.as_slice());
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Reads [`Envelope::to_bytes`]' form.
    ///
    /// # Errors
    /// [`VaultError::SchemaTooNew`] for a later version, [`VaultError::EnvelopeDamaged`] for anything else.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, VaultError> {
        let damaged = VaultError::EnvelopeDamaged;
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(damaged)?;
        if Sha256::digest(content).as_slice() != checksum {
            return Err(damaged);
        }
        let (magic, rest) = content.split_first_chunk::<4>().ok_or(damaged)?;
        let ([version, stage], rest) = rest.split_first_chunk::<2>().ok_or(damaged)?;
        if magic != MAGIC {
            return Err(damaged);
        }
        if *version > VERSION {
            return Err(VaultError::SchemaTooNew);
        }
        let stage = match (version, stage) {
            (1, 0) => Stage::Creating,
            (1, 1) => Stage::Ready,
            _ => return Err(damaged),
        };
        let (vault_id, rest) = rest.split_first_chunk::<VAULT_ID_BYTES>().ok_or(damaged)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(damaged)?;
        let (wrapping_key, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).map_err(|_| damaged)?).ok_or(damaged)?;
        let database_key = rest.try_into().map_err(|_| damaged)?;
        Ok(Self { stage, vault_id: *vault_id, wrapping_key: wrapping_key.to_vec(), database_key })
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::keystore::{KeystoreError, MemoryKeystore};

    fn random(seed: u64) -> Random {
        Random::new(rand::rngs::StdRng::seed_from_u64(seed))
    }

    #[test]
    fn the_file_is_frozen() {
        let envelope = Envelope { stage: Stage::Ready, vault_id: [7; 16], wrapping_key: vec![1, 2, 3], database_key: [9; SEALED_KEY_BYTES] };
        let bytes = envelope.to_bytes();
        let expected = format!("5053564b0101{}00000003010203{}", "07".repeat(16), "09".repeat(72));
        assert_eq!(hex::encode(&bytes[..bytes.len() - 32]), expected);
        assert!(Envelope::parse(&bytes).unwrap() == envelope);
    }

    #[test]
    fn damage_a_wrong_key_and_a_silent_keystore_are_told_apart() {
        let keystore = MemoryKeystore::new(random(1));
        let (envelope, key) = Envelope::create(&keystore, &random(2)).unwrap();
        let bytes = envelope.to_bytes();
        assert_eq!(*Envelope::parse(&bytes).unwrap().open(&keystore).unwrap(), *key);
        for index in 0..bytes.len() {
            let mut changed = bytes.to_vec();
            changed[index] ^= 1;
            assert!(matches!(Envelope::parse(&changed), Err(VaultError::EnvelopeDamaged)), "byte {index}");
            assert!(matches!(Envelope::parse(&bytes[..index]), Err(VaultError::EnvelopeDamaged)), "length {index}");
        }

        keystore.fail(KeyRole::Vault, KeystoreError::Locked);
        assert_eq!(envelope.open(&keystore).unwrap_err(), VaultError::Keystore(KeystoreError::Locked));
        let other = MemoryKeystore::new(random(3));
        Envelope::create(&other, &random(4)).unwrap();
        assert_eq!(envelope.open(&other).unwrap_err(), VaultError::Keystore(KeystoreError::Invalidated));
    }

    /// A keystore that opens anything and answers with bytes of its own.
    struct Liar;

    impl DeviceKeystore for Liar {
        fn seal(&self, _: KeyRole, _: &[u8], _: &[u8]) -> Result<Vec<u8>, KeystoreError> {
            Ok(vec![0])
        }
        fn open(&self, _: KeyRole, _: &[u8], _: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
            Ok(Zeroizing::new(vec![5; 32]))
        }
        fn destroy(&self, _: KeyRole) -> Result<(), KeystoreError> {
            Ok(())
        }
        fn protection(&self) -> crate::keystore::Protection {
            MemoryKeystore::new(random(9)).protection()
        }
    }

    #[test]
    fn a_keystore_that_lies_is_noticed() {
        let (envelope, _) = Envelope::create(&MemoryKeystore::new(random(1)), &random(2)).unwrap();
        assert_eq!(envelope.open(&Liar).unwrap_err(), VaultError::WrongKey);
    }

    #[test]
    fn a_later_version_is_not_damage() {
        let (envelope, _) = Envelope::create(&MemoryKeystore::new(random(1)), &random(2)).unwrap();
        let mut bytes = envelope.to_bytes().to_vec();
        bytes[4] = 2;
        let end = bytes.len() - 32;
        let checksum = Sha256::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&checksum);
        assert!(matches!(Envelope::parse(&bytes), Err(VaultError::SchemaTooNew)));
    }
}
