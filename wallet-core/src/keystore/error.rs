//! Why a keystore did not answer, in the few ways an app can act on.

/// Why a keystore did not seal or open. None carries what the platform said: it may name files, people or secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// The device or its keystore is locked. Ask the person to unlock it, then try again.
    #[error("the device's keystore is locked")]
    Locked,
    /// The person dismissed the prompt. Do nothing until they ask again.
    #[error("the person cancelled")]
    Cancelled,
    /// The key was made unusable (a new finger was enrolled, the lock screen was removed) or belongs to another device. What it sealed
    /// is lost: restore a backup or ask for new credentials.
    #[error("the device's key no longer opens this wallet")]
    Invalidated,
    /// There is no such key. On a restored phone this is expected: restore a backup or ask for new credentials.
    #[error("the device has no key for this wallet")]
    Missing,
    /// This device has no usable keystore, or it failed. Try again; if it persists, choose another keystore.
    #[error("the device's keystore cannot be used")]
    Unavailable,
}

impl KeystoreError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Locked => "keystore_locked",
            Self::Cancelled => "keystore_cancelled",
            Self::Invalidated => "keystore_invalidated",
            Self::Missing => "keystore_missing",
            Self::Unavailable => "keystore_unavailable",
        }
    }
}
