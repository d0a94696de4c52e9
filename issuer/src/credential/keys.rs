//! The issuer's signing keys: made once, sealed at rest, replaced with overlap.
//!
//! A new key is published before it signs, so that whoever keeps the key set knows it by then; the old one stays published after,
//! because what it signed is still about. Which of them signs is decided by the clock, in every process alike.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use passid_api::environment::Environment;
use passid_api::jws::{DocumentSigner, KeyPurpose, KeySet, PublicKey};
use passid_api::time::{Clock, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::sealing::{Purpose, SealError, Sealer};
use crate::service::Service;
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

/// How often each process looks for keys that were made or withdrawn.
const FOLLOW_EVERY: Duration = Duration::from_secs(15);
/// The shortest time between ordering a rotation and the new key's first signature, seconds: every process has found it by then.
pub const MIN_AHEAD_SECONDS: u32 = 60;

/// Current signers, and every public key whose documents may still be about.
pub struct KeyRing {
    clock: Arc<dyn Clock>,
    keys: RwLock<Keys>,
}

#[derive(Clone)]
struct Keys {
    signers: Vec<Signer>,
    public: Arc<KeySet>,
}

/// A key and when it signs.
#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "the signer itself, among when it signs")]
struct Signer {
    signer: Arc<DocumentSigner>,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("KeyRing(redacted)")
    }
}

impl KeyRing {
    /// Loads the keys, making those that are missing. Of several processes starting at once one makes them.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub async fn load_or_create(
        store: &Store,
        sealer: &Sealer,
        clock: Arc<dyn Clock>,
        random: &mut (dyn rand::CryptoRng + Send),
    ) -> Result<Self, KeyRingError> {
        let mut stored = store::keys::all(&mut store.reader().await?).await?;
        let mut made = Vec::new();
        for (environment, purpose) in NEEDED {
            let current = |key: &StoredKey| key.environment == environment && key.purpose == purpose && key.retired_at.is_none();
            if !stored.iter().any(current) {
                made.push(make(environment, purpose, sealer, random)?);
            }
        }
        if !made.is_empty() {
            let now = clock.now();
            store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::keys::insert_missing(connection, made, now).await })).await?;
            stored = store::keys::all(&mut store.reader().await?).await?;
        }
        let keys = open(stored, sealer)?;
        let ring = Self { clock, keys: RwLock::new(keys) };
        for (environment, purpose) in NEEDED {
            ring.signer(environment, purpose).ok_or(KeyRingError::Missing(environment, purpose))?;
        }
        Ok(ring)
    }

    /// Reads the keys again: those made and withdrawn meanwhile count from now on.
    ///
    /// # Errors
    /// [`KeyRingError`]; the keys known before stay.
    pub async fn reload(&self, store: &Store, sealer: &Sealer) -> Result<(), KeyRingError> {
        let stored = store::keys::all(&mut store.reader().await?).await?;
        let keys = open(stored, sealer)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    fn read<T>(&self, look: impl FnOnce(&Keys) -> T) -> T {
        look(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn signer(&self, environment: Environment, purpose: KeyPurpose) -> Option<Arc<DocumentSigner>> {
        let now = self.clock.now();
        let fits = |key: &&Signer| {
            let public = key.signer.public_key();
            public.passid_environment == environment && public.passid_purpose == purpose && key.from <= now && key.until.is_none_or(|until| now < until)
        };
        self.read(|keys| keys.signers.iter().rfind(fits).map(|key| Arc::clone(&key.signer)))
    }

    /// The key that signs now. There is always one: a rotation ends the old key where the new one begins.
    fn current(&self, environment: Environment, purpose: KeyPurpose) -> Arc<DocumentSigner> {
        self.signer(environment, purpose).unwrap_or_else(|| unreachable!("a key for every purpose was there at the start, and rotations leave no gap"))
    }

    /// The current key for credentials and tree heads of an environment.
    pub fn credentials(&self, environment: Environment) -> Arc<DocumentSigner> {
        self.current(environment, KeyPurpose::Credential)
    }

    /// The current key for access tokens, which span a workspace's environments.
    pub fn access_tokens(&self) -> Arc<DocumentSigner> {
        self.current(Environment::Live, KeyPurpose::Access)
    }

    /// The current key for checkpoints of audit logs, which span a workspace's environments.
    pub fn audit(&self) -> Arc<DocumentSigner> {
        self.current(Environment::Live, KeyPurpose::Audit)
    }

    /// Every key whose documents may still be about, or soon will be: what `/.well-known/jwks.json` answers.
    pub fn public_keys(&self) -> Arc<KeySet> {
        self.read(|keys| Arc::clone(&keys.public))
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

fn open(stored: Vec<StoredKey>, sealer: &Sealer) -> Result<Keys, KeyRingError> {
    let (mut signers, mut keys) = (Vec::new(), Vec::new());
    for key in stored {
        let seed = sealer.open(Purpose::IssuerKey, &key.kid, &key.sealed_key)?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(seed.as_slice().try_into().map_err(|_| SealError)?);
        let signer = DocumentSigner::new(SigningKey::from_bytes(&seed), key.environment, key.purpose);
        keys.push(signer.public_key().clone());
        signers.push(Signer { signer: Arc::new(signer), from: key.signs_from, until: key.retired_at });
    }
    Ok(Keys { signers, public: Arc::new(KeySet { keys }) })
}

/// Reads the keys again every quarter of a minute until `stop`.
pub async fn follow(service: Service, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(FOLLOW_EVERY) => {}
        }
        if let Err(error) = service.keys.reload(&service.store, &service.sealer).await {
            tracing::error!(%error, "the signing keys could not be read again; those known stay");
        }
    }
}

/// Orders a rotation: a new key is published at once and signs `ahead` seconds from now, when the present one stops. Returns the new
/// key's name and when it begins.
///
/// # Errors
/// [`RotationError`].
pub async fn rotate(
    store: &Store,
    sealer: &Sealer,
    (environment, purpose): (Environment, KeyPurpose),
    ahead: u32,
    now: Timestamp,
    random: &mut (dyn rand::CryptoRng + Send),
) -> Result<(String, Timestamp), RotationError> {
    if !NEEDED.contains(&(environment, purpose)) {
        return Err(RotationError::NoSuchKey(environment, purpose));
    }
    if ahead < MIN_AHEAD_SECONDS {
        return Err(RotationError::TooSoon);
    }
    let begins = now.plus_seconds(i64::from(ahead));
    let key = StoredKey { signs_from: begins, ..make(environment, purpose, sealer, random)? };
    let kid = key.kid.clone();
    store
        .write(move |connection| {
            Box::pin(async move {
                let present =
                    store::keys::end_current(connection, environment, purpose, begins).await?.ok_or(RotationError::NoSuchKey(environment, purpose))?;
                if present > now {
                    return Err(RotationError::UnderWay(present));
                }
                store::keys::insert(connection, key, now).await?;
                Ok::<_, RotationError>(())
            })
        })
        .await?;
    Ok((kid, begins))
}

/// Publishes a key no more: what it signed is refused from then on. Only for one that has stopped signing, and no head in use is by it.
///
/// # Errors
/// [`RotationError`].
pub async fn withdraw(store: &Store, kid: &str, now: Timestamp) -> Result<(), RotationError> {
    let kid = kid.to_owned();
    store
        .write(move |connection| {
            Box::pin(async move {
                let all = store::keys::all(connection).await?;
                let key = all.iter().find(|key| key.kid == kid).ok_or(RotationError::Unknown)?;
                if key.retired_at.is_none_or(|ends| now < ends) {
                    return Err(RotationError::StillSigns);
                }
                if key.purpose == KeyPurpose::Credential {
                    let head = store::trees::state(connection, key.environment).await?.head;
                    let others = KeySet { keys: all.iter().filter(|other| other.kid != kid).filter_map(public).collect() };
                    let verified = others.verify::<passid_api::issuer::TreeHead>(passid_api::jws::DocumentType::TreeHead, KeyPurpose::Credential, &head);
                    verified.map_err(|_| RotationError::HeadIsByIt)?;
                }
                store::keys::withdraw(connection, &kid, now).await?;
                Ok::<_, RotationError>(())
            })
        })
        .await
}

fn public(key: &StoredKey) -> Option<PublicKey> {
    let verifying = VerifyingKey::from_bytes(&key.public_key).ok()?;
    Some(PublicKey::new(&verifying, key.environment, key.purpose))
}

/// Why keys cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Name an environment and purpose that the issuer signs for.
    #[error("the issuer has no key to sign {1} documents of {0}; access tokens are signed by the live one")]
    NoSuchKey(Environment, KeyPurpose),
    /// Leave at least a minute.
    #[error("leave at least {MIN_AHEAD_SECONDS} seconds: every server process must have read the new key before it signs")]
    TooSoon,
    /// Wait until it is over.
    #[error("a rotation is under way; its key signs from {0}")]
    UnderWay(Timestamp),
    /// Use a name that `passid keys list` shows.
    #[error("there is no key of this name")]
    Unknown,
    /// Rotate first.
    #[error("the key still signs; rotate it first, and withdraw it when the new one signs")]
    StillSigns,
    /// Wait a minute, with a server running.
    #[error("the newest tree head is signed by this key; a running server signs another within a minute")]
    HeadIsByIt,
    /// The master key is another one.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn make(environment: Environment, purpose: KeyPurpose, sealer: &Sealer, random: &mut (dyn rand::CryptoRng + Send)) -> Result<StoredKey, SealError> {
    let mut seed = Zeroizing::new([0; 32]);
    random.fill_bytes(seed.as_mut_slice());
    let signing = SigningKey::from_bytes(&seed);
    let kid = PublicKey::new(&signing.verifying_key(), environment, purpose).kid;
    let sealed_key = sealer.seal(Purpose::IssuerKey, &kid, seed.as_slice(), random)?;
    Ok(StoredKey {
        kid,
        environment,
        purpose,
        public_key: signing.verifying_key().to_bytes(),
        sealed_key,
        signs_from: Timestamp::from_seconds(0).map_err(|_| SealError)?,
        retired_at: None,
    })
}
