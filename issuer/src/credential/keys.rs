//! The issuer's signing keys: made once, sealed at rest, retired with overlap.

use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use passid_api::environment::Environment;
use passid_api::jws::{DocumentSigner, KeyPurpose, KeySet, PublicKey};
use passid_api::time::Clock;

use crate::sealing::{Purpose, SealError, Sealer};
use crate::store::keys::StoredKey;
use crate::store::{self, Connection, Store, StoreError};

/// The keys an issuer needs: credentials of each environment, access tokens, checkpoints of audit logs.
const NEEDED: [(Environment, KeyPurpose); 4] = [
    (Environment::Sandbox, KeyPurpose::Credential),
    (Environment::Live, KeyPurpose::Credential),
    (Environment::Live, KeyPurpose::Access),
    (Environment::Live, KeyPurpose::Audit),
];

/// Why the keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key is not the one the keys were sealed under: start with that one.
    #[error("the issuer's signing keys do not open: start with the master key they were sealed under")]
    Sealed(#[from] SealError),
    /// A needed key is missing although it was just made.
    #[error("the issuer has no current key to sign {1} documents of {0}")]
    Missing(Environment, KeyPurpose),
}

/// Current signers, and every public key whose documents may still be about.
#[derive(Debug)]
pub struct KeyRing {
    sandbox_credentials: DocumentSigner,
    live_credentials: DocumentSigner,
    access_tokens: DocumentSigner,
    audit: DocumentSigner,
    public: KeySet,
}

impl KeyRing {
    /// Loads the keys, making those that are missing. Of several processes starting at once one makes them.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub async fn load_or_create(store: &Store, sealer: &Sealer, clock: &dyn Clock, random: &mut (dyn rand::CryptoRng + Send)) -> Result<Self, KeyRingError> {
        let mut stored = store::keys::all(&mut store.reader().await?).await?;
        let mut made = Vec::new();
        for (environment, purpose) in NEEDED {
            let current = |key: &StoredKey| key.environment == environment && key.purpose == purpose && !key.retired;
            if !stored.iter().any(current) {
                made.push(make(environment, purpose, sealer, random)?);
            }
        }
        if !made.is_empty() {
            let now = clock.now();
            store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::keys::insert_missing(connection, made, now).await })).await?;
            stored = store::keys::all(&mut store.reader().await?).await?;
        }
        Self::open(stored, sealer)
    }

    fn open(stored: Vec<StoredKey>, sealer: &Sealer) -> Result<Self, KeyRingError> {
        let mut signers = Vec::new();
        let mut keys = Vec::new();
        for key in stored {
            let seed = sealer.open(Purpose::IssuerKey, &key.kid, &key.sealed_key)?;
            let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.as_slice().try_into().map_err(|_| SealError)?);
            let signer = DocumentSigner::new(SigningKey::from_bytes(&seed), key.environment, key.purpose);
            keys.push(signer.public_key().clone());
            if !key.retired {
                signers.push(signer);
            }
        }
        let mut take = |environment: Environment, purpose: KeyPurpose| {
            let is_wanted = |signer: &DocumentSigner| {
                let key = signer.public_key();
                key.passid_environment == environment && key.passid_purpose == purpose
            };
            signers.iter().position(is_wanted).map(|index| signers.swap_remove(index)).ok_or(KeyRingError::Missing(environment, purpose))
        };
        Ok(Self {
            sandbox_credentials: take(Environment::Sandbox, KeyPurpose::Credential)?,
            live_credentials: take(Environment::Live, KeyPurpose::Credential)?,
            access_tokens: take(Environment::Live, KeyPurpose::Access)?,
            audit: take(Environment::Live, KeyPurpose::Audit)?,
            public: KeySet { keys },
        })
    }

    /// The current key for credentials and tree heads of an environment.
    pub const fn credentials(&self, environment: Environment) -> &DocumentSigner {
        match environment {
            Environment::Sandbox => &self.sandbox_credentials,
            Environment::Live => &self.live_credentials,
        }
    }

    /// The current key for access tokens, which span a workspace's environments.
    pub const fn access_tokens(&self) -> &DocumentSigner {
        &self.access_tokens
    }

    /// The current key for checkpoints of audit logs, which span a workspace's environments.
    pub const fn audit(&self) -> &DocumentSigner {
        &self.audit
    }

    /// Every key whose documents may still be about: what `/.well-known/jwks.json` answers.
    pub const fn public_keys(&self) -> &KeySet {
        &self.public
    }
}

/// Every public key the database knows; reading them needs no master key.
///
/// # Errors
/// [`StoreError`].
pub async fn published(connection: &mut Connection) -> Result<KeySet, StoreError> {
    let read = |key: StoredKey| {
        let public = VerifyingKey::from_bytes(&key.public_key).map_err(|_| StoreError::Corrupt("public key"))?;
        Ok(PublicKey::new(&public, key.environment, key.purpose))
    };
    Ok(KeySet { keys: store::keys::all(connection).await?.into_iter().map(read).collect::<Result<_, StoreError>>()? })
}

fn make(environment: Environment, purpose: KeyPurpose, sealer: &Sealer, random: &mut (dyn rand::CryptoRng + Send)) -> Result<StoredKey, SealError> {
    let mut seed = Zeroizing::new([0; 32]);
    random.fill_bytes(seed.as_mut_slice());
    let signing = SigningKey::from_bytes(&seed);
    let kid = PublicKey::new(&signing.verifying_key(), environment, purpose).kid;
    let sealed_key = sealer.seal(Purpose::IssuerKey, &kid, seed.as_slice(), random)?;
    Ok(StoredKey { kid, environment, purpose, public_key: signing.verifying_key().to_bytes(), sealed_key, retired: false })
}
