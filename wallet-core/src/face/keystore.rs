//! The platform's keystore, implemented by the app.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::keystore::{DeviceKeystore, KeyRole, KeystoreError, Protection};

/// Which of the two keys is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum KeystoreRole {
    /// Opens the vault, once when the wallet is opened. Bind it to the unlocked device.
    Vault,
    /// Opens the holder's secret, at every approval. Bind it to the person's presence: finger, face or code, each time.
    Consent,
}

/// Why the platform's keystore did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeystoreFailure {
    /// The device or the keystore is locked.
    #[error("locked")]
    Locked,
    /// The person dismissed the prompt.
    #[error("cancelled")]
    Cancelled,
    /// The key was made unusable, for instance by enrolling another finger.
    #[error("invalidated")]
    Invalidated,
    /// There is no such key.
    #[error("missing")]
    Missing,
    /// Anything else, and every exception the app did not expect.
    #[error("unavailable")]
    Unavailable,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeystoreFailure {
    /// What an unexpected exception says may carry secrets: it is dropped.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
}

/// What protects the keys, for the person to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct KeystoreDescription {
    /// Whether the system guards the keys against other programs of the same person.
    pub guarded_by_system: bool,
    /// Whether opening with [`KeystoreRole::Consent`] asks for the person's presence.
    pub asks_for_presence: bool,
}

/// The app's keystore. Calls come on threads that may block; a prompt may be shown. `open` never makes a key, and the associated data is
/// bound: opening with other data fails.
#[uniffi::export(foreign)]
pub trait PlatformKeystore: Send + Sync {
    /// Seals bytes for a role, making the role's key first where there is none.
    ///
    /// # Errors
    /// [`KeystoreFailure`].
    fn seal(&self, role: KeystoreRole, associated_data: Vec<u8>, secret: Vec<u8>) -> Result<Vec<u8>, KeystoreFailure>;
    /// Opens what `seal` made for the same role and associated data.
    ///
    /// # Errors
    /// [`KeystoreFailure`].
    fn open(&self, role: KeystoreRole, associated_data: Vec<u8>, sealed: Vec<u8>) -> Result<Vec<u8>, KeystoreFailure>;
    /// Destroys a role's key.
    ///
    /// # Errors
    /// [`KeystoreFailure`].
    fn destroy(&self, role: KeystoreRole) -> Result<(), KeystoreFailure>;
    /// What protects the keys.
    ///
    /// # Errors
    /// [`KeystoreFailure`].
    fn describe(&self) -> Result<KeystoreDescription, KeystoreFailure>;
}

/// The app's keystore as the core knows it.
pub(super) struct ForeignKeystore(pub(super) Arc<dyn PlatformKeystore>);

impl From<KeyRole> for KeystoreRole {
    fn from(role: KeyRole) -> Self {
        match role {
            KeyRole::Vault => Self::Vault,
            KeyRole::Consent => Self::Consent,
        }
    }
}

impl From<KeystoreFailure> for KeystoreError {
    fn from(failure: KeystoreFailure) -> Self {
        match failure {
            KeystoreFailure::Locked => Self::Locked,
            KeystoreFailure::Cancelled => Self::Cancelled,
            KeystoreFailure::Invalidated => Self::Invalidated,
            KeystoreFailure::Missing => Self::Missing,
            KeystoreFailure::Unavailable => Self::Unavailable,
        }
    }
}

impl DeviceKeystore for ForeignKeystore {
    fn seal(&self, role: KeyRole, associated_data: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        Ok(self.0.seal(role.into(), associated_data.to_vec(), secret.to_vec())?)
    }

    fn open(&self, role: KeyRole, associated_data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        Ok(Zeroizing::new(self.0.open(role.into(), associated_data.to_vec(), sealed.to_vec())?))
    }

    fn destroy(&self, role: KeyRole) -> Result<(), KeystoreError> {
        Ok(self.0.destroy(role.into())?)
    }

    fn protection(&self) -> Protection {
        let description = self.0.describe().unwrap_or(KeystoreDescription { guarded_by_system: false, asks_for_presence: false });
        Protection {
            kind: "platform",
            guarded_by_system: description.guarded_by_system,
            asks_for_presence: description.asks_for_presence,
            description: "Keys are kept by this device's keystore.",
        }
    }
}
