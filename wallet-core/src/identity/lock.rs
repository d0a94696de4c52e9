//! The holder's secret behind the keystore's consent key: an approval opens it, and nothing else does.

use std::fmt;
use std::sync::Arc;

use passid_circuits::{FieldElement, SecretElement, holder_commitment};

use crate::keystore::{DeviceKeystore, KeyRole, KeystoreError};
use crate::random::Random;
use crate::sealing;
use crate::vault::VaultError;

/// A random key sealed by the keystore, and the holder's secret sealed under that key.
#[derive(Clone)]
pub(super) struct SealedSecret {
    pub(super) consent_key: Vec<u8>,
    pub(super) holder_secret: Vec<u8>,
}

fn associated_data(purpose: &str, commitment: FieldElement) -> Vec<u8> {
    [purpose.as_bytes(), &commitment.to_bytes()].concat()
}

impl SealedSecret {
    pub(super) fn seal(secret: &SecretElement, commitment: FieldElement, keystore: &dyn DeviceKeystore, random: &Random) -> Result<Self, VaultError> {
        let key = sealing::random_key(random);
        let consent_key = keystore.seal(KeyRole::Consent, &associated_data("passid/consent-key/v1", commitment), key.as_slice())?;
        let holder_secret = sealing::seal(&key, &associated_data("passid/holder-secret/v1", commitment), secret.to_bytes().as_slice(), random)
            .map_err(|_| VaultError::MALFORMED_VALUE)?;
        Ok(Self { consent_key, holder_secret })
    }
}

/// Opens the holder's secret through the keystore. Opening is the approval: there is nothing that could be answered with a mere yes.
pub struct ConsentLock {
    sealed: SealedSecret,
    commitment: FieldElement,
    keystore: Arc<dyn DeviceKeystore>,
}

impl ConsentLock {
    pub(super) fn new(sealed: SealedSecret, commitment: FieldElement, keystore: Arc<dyn DeviceKeystore>) -> Self {
        Self { sealed, commitment, keystore }
    }

    /// Asks the keystore for the consent key, which asks the person where the platform can. Blocks while they decide.
    ///
    /// # Errors
    /// [`KeystoreError`]; [`KeystoreError::Invalidated`] also when the keystore answers with something else than this wallet's key.
    pub fn open(&self) -> Result<HolderSecret, KeystoreError> {
        let key = self.keystore.open(KeyRole::Consent, &associated_data("passid/consent-key/v1", self.commitment), &self.sealed.consent_key)?;
        let key = sealing::key_from(&key).ok_or(KeystoreError::Invalidated)?;
        let secret = sealing::open(&key, &associated_data("passid/holder-secret/v1", self.commitment), &self.sealed.holder_secret);
        let secret = secret.ok().and_then(|bytes| bytes.as_slice().try_into().ok().and_then(|bytes| SecretElement::from_bytes(bytes).ok()));
        let secret = secret.ok_or(KeystoreError::Invalidated)?;
        if holder_commitment(&secret) == Ok(self.commitment) { Ok(HolderSecret(secret)) } else { Err(KeystoreError::Invalidated) }
    }
}

impl fmt::Debug for ConsentLock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConsentLock(..)")
    }
}

/// The opened holder secret: the sign that the person agreed. Prints nothing, wiped when dropped; only [`ConsentLock::open`] makes one.
pub struct HolderSecret(SecretElement);

impl HolderSecret {
    pub(crate) fn into_secret(self) -> SecretElement {
        self.0
    }
}

impl fmt::Debug for HolderSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HolderSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::keystore::MemoryKeystore;

    fn random(seed: u64) -> Random {
        Random::new(rand::rngs::StdRng::seed_from_u64(seed))
    }

    fn lock(keystore: Arc<MemoryKeystore>, seed: u64) -> (ConsentLock, SecretElement) {
        let random = random(seed);
        let secret = random.with(|mut generator| SecretElement::random(&mut generator));
        let commitment = holder_commitment(&secret).unwrap();
        let sealed = SealedSecret::seal(&secret, commitment, keystore.as_ref(), &random).unwrap();
        (ConsentLock::new(sealed, commitment, keystore), secret)
    }

    #[test]
    fn opens_with_the_keystore_and_only_then() {
        let keystore = Arc::new(MemoryKeystore::new(random(1)));
        let (lock, secret) = lock(keystore.clone(), 2);
        assert!(lock.open().unwrap().into_secret() == secret);
        keystore.fail(KeyRole::Consent, KeystoreError::Cancelled);
        assert_eq!(lock.open().unwrap_err(), KeystoreError::Cancelled);
    }

    #[test]
    fn two_accounts_sealed_by_one_keystore_do_not_open_each_other() {
        let keystore = Arc::new(MemoryKeystore::new(random(1)));
        let (mut one, _) = lock(keystore.clone(), 2);
        let (other, _) = lock(keystore, 3);
        one.sealed = other.sealed;
        assert_eq!(one.open().unwrap_err(), KeystoreError::Invalidated);
    }

    #[test]
    fn nothing_prints_the_secret() {
        let (lock, secret) = lock(Arc::new(MemoryKeystore::new(random(1))), 2);
        let digits = secret.expose().to_string();
        assert!(!format!("{lock:?} {:?}", lock.open().unwrap()).contains(&digits));
    }
}
