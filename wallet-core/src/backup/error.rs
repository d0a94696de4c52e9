//! Why a backup was not made or not restored.

/// A backup that cannot be made, read or restored. Nothing of this wallet was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The passphrase is too short to keep a file safe that others may copy. Choose at least twelve characters.
    #[error("a passphrase needs at least twelve characters")]
    PassphraseTooShort,
    /// The file is not a wallet's backup, or is larger than one can be. Choose another file.
    #[error("this file is not a backup of a PASSID wallet")]
    NotABackup,
    /// A newer version of the app wrote it. Update the app.
    #[error("this backup was written by a newer version")]
    TooNew,
    /// The passphrase is wrong, or the file was changed. Type the passphrase again.
    #[error("the passphrase is wrong, or the file is damaged")]
    WrongPassphrase,
    /// The backup belongs to another issuer than this wallet's. Open a wallet of that issuer.
    #[error("this backup belongs to another issuer")]
    OtherIssuer,
    /// The backup belongs to the other environment. Open a wallet of that environment.
    #[error("this backup belongs to the other environment")]
    OtherEnvironment,
    /// This wallet has an account already, which a restored one would replace. Restore into a new wallet.
    #[error("this wallet has an account already")]
    WalletInUse,
    /// The issuer no longer knows this backup: its holder withdrew it. Register anew and link your bank.
    #[error("this backup was withdrawn and no longer opens an account")]
    Withdrawn,
    /// The device has too little memory to make a key from the passphrase. Close other apps and try again.
    #[error("there is too little memory to make a key from the passphrase")]
    Memory,
}

impl BackupError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PassphraseTooShort => "passphrase_too_short",
            Self::NotABackup => "backup_malformed",
            Self::TooNew => "backup_too_new",
            Self::WrongPassphrase => "backup_wrong_passphrase",
            Self::OtherIssuer => "backup_other_issuer",
            Self::OtherEnvironment => "backup_other_environment",
            Self::WalletInUse => "backup_wallet_in_use",
            Self::Withdrawn => "backup_withdrawn",
            Self::Memory => "out_of_memory",
        }
    }
}
