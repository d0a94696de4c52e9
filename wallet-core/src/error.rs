//! What any call of the wallet can fail with: the areas' errors under one roof, each with a stable code.

use crate::backup::BackupError;
use crate::consent::ConsentError;
use crate::credential::CredentialError;
use crate::issuer::IssuerError;
use crate::keystore::KeystoreError;
use crate::presentation::PresentationError;
use crate::request::RequestError;
use crate::share::ShareError;
use crate::vault::VaultError;

/// Why a call of the wallet failed. The variants' own errors say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WalletError {
    /// The encrypted store.
    #[error(transparent)]
    Vault(VaultError),
    /// The device's keystore.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The issuer, or the way to it.
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    /// This wallet has no account at this issuer yet. Register first.
    #[error("this wallet is not registered yet")]
    NotRegistered,
    /// The credential, its head or its path.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The link, code or session an institution gave.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The person's agreement.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// Proving and sending.
    #[error(transparent)]
    Presentation(#[from] PresentationError),
    /// A share of the person's own.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
}

impl WalletError {
    /// A stable name for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.code(),
            Self::Keystore(error) => error.code(),
            Self::Issuer(error) => error.code(),
            Self::NotRegistered => "not_registered",
            Self::Credential(error) => error.code(),
            Self::Request(error) => error.code(),
            Self::Consent(error) => error.code(),
            Self::Presentation(error) => error.code(),
            Self::Share(error) => error.code(),
            Self::Backup(error) => error.code(),
        }
    }
}

impl From<VaultError> for WalletError {
    /// A keystore's failure is the same failure whoever asked it.
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Keystore(error) => Self::Keystore(error),
            error => Self::Vault(error),
        }
    }
}
