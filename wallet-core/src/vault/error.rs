//! Why the vault did not open, read or write, told apart as far as the caller can act on it.

use crate::keystore::KeystoreError;

/// A vault that did not do what was asked. Nothing here carries a value, a statement or a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The keystore did not give the key. See [`KeystoreError`].
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The keystore gave a key that is not this vault's. Do not touch the files: the right key may come back, a backup can be restored.
    #[error("the device's key is not this wallet's")]
    WrongKey,
    /// The key file is damaged. Restore it or a backup; the vault's data cannot be read without it.
    #[error("the wallet's key file is damaged")]
    EnvelopeDamaged,
    /// There is a vault but not its key file. Restore the file or a backup.
    #[error("the wallet's key file is missing")]
    EnvelopeMissing,
    /// There is a key file but not its vault. Restore the file or a backup.
    #[error("the wallet's vault is missing")]
    DatabaseMissing,
    /// The key is right, so the data is damaged. Restore a backup; keep the file for a rescue attempt.
    #[error("the wallet's vault is damaged")]
    Damaged,
    /// A newer version of the app wrote this vault. Update the app.
    #[error("the wallet's vault was written by a newer version")]
    SchemaTooNew,
    /// Another program has this vault open. Close it there.
    #[error("the wallet is open in another program")]
    InUse,
    /// The device has no space left. Nothing was changed; free some space and try again.
    #[error("there is no space left on the device")]
    StorageFull,
    /// The vault was closed. Open the wallet again.
    #[error("the wallet is closed")]
    Closed,
    /// Reading or writing files failed. Check the directory's permissions.
    #[error("the wallet's files cannot be read or written")]
    Files,
    /// A stored value is not of its form: a defect of this program or damage. Report it with the number.
    #[error("the wallet's vault gave an unexpected answer ({0})")]
    Unexpected(i32),
}

impl VaultError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Keystore(error) => error.code(),
            Self::WrongKey => "vault_wrong_key",
            Self::EnvelopeDamaged => "vault_key_file_damaged",
            Self::EnvelopeMissing => "vault_key_file_missing",
            Self::DatabaseMissing => "vault_missing",
            Self::Damaged => "vault_damaged",
            Self::SchemaTooNew => "vault_schema_too_new",
            Self::InUse => "vault_in_use",
            Self::StorageFull => "storage_full",
            Self::Closed => "vault_closed",
            Self::Files => "vault_files",
            Self::Unexpected(_) => "vault_unexpected",
        }
    }

    /// A stored value that does not have the form it was written in.
    pub(crate) const MALFORMED_VALUE: Self = Self::Unexpected(-1);
}

impl From<rusqlite::Error> for VaultError {
    /// The text of an SQLite error may quote statements: only its number is kept.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error() {
            Some(failure) => match failure.code {
                ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt => Self::Damaged,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::InUse,
                ErrorCode::DiskFull => Self::StorageFull,
                ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure => Self::Files,
                _ => Self::Unexpected(failure.extended_code),
            },
            None => Self::MALFORMED_VALUE,
        }
    }
}

impl From<std::io::Error> for VaultError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::StorageFull,
            _ => Self::Files,
        }
    }
}
