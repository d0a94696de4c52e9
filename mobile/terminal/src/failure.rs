//! Failures and the exit codes scripts rely on.

use passid_wallet_core::WalletError;
use passid_wallet_core::credential::CredentialError;
use passid_wallet_core::issuer::IssuerError;
use passid_wallet_core::keystore::KeystoreError;
use passid_wallet_core::presentation::PresentationError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The wallet refused or could not.
    #[error(transparent)]
    Wallet(#[from] WalletError),
    /// The person said no, or nobody was there to say yes.
    #[error("not shared: {0}")]
    NotApproved(&'static str),
    /// The bank link did not come to pass.
    #[error("the bank connection is {0}")]
    BankLink(passid_api::wallet::BankLinkStatus),
    /// The issuer offers no bank.
    #[error("the issuer offers no bank in this environment")]
    NoBank,
    /// There is no place for the wallet.
    #[error("there is no home directory; say where the wallet is with --data-dir")]
    NoHome,
    /// The image holds no QR code that can be read.
    #[error("no QR code can be read from this image: {0}")]
    QrImage(&'static str),
    /// A file given on the command line cannot be used.
    #[error("{0}")]
    File(String),
    /// There is no passphrase.
    #[error("there is no passphrase; without a terminal, say --passphrase-file")]
    NoPassphrase,
    /// The machine cannot make what every command needs.
    #[error("this machine gives no {0}")]
    Machine(&'static str),
    /// The terminal cannot be written to.
    #[error("cannot write the output")]
    Output(#[from] std::io::Error),
}

impl Failure {
    /// A stable name for machines.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Wallet(error) => error.code(),
            Self::NotApproved(_) => "not_approved",
            Self::BankLink(_) => "bank_link_not_authorised",
            Self::NoBank => "no_bank",
            Self::NoHome => "no_home",
            Self::QrImage(_) => "qr_image",
            Self::File(_) => "file",
            Self::NoPassphrase => "no_passphrase",
            Self::Machine(_) => "machine",
            Self::Output(_) => "output",
        }
    }

    /// The process's exit code.
    pub(crate) const fn exit_code(&self) -> u8 {
        match self {
            Self::NotApproved(_) | Self::Wallet(WalletError::Keystore(KeystoreError::Cancelled) | WalletError::Presentation(PresentationError::Cancelled)) => 3,
            Self::Wallet(WalletError::Issuer(IssuerError::Unreachable)) => 4,
            Self::Wallet(WalletError::Presentation(PresentationError::Unknown)) => 5,
            Self::Wallet(WalletError::Keystore(_)) => 6,
            Self::NoHome | Self::Wallet(WalletError::NotRegistered | WalletError::Credential(CredentialError::None | CredentialError::Expired)) => 7,
            _ => 1,
        }
    }

    /// What to do about it, where that is worth a line.
    pub(crate) const fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Wallet(WalletError::NotRegistered) => Some("Run: passid-wallet register"),
            Self::Wallet(WalletError::Credential(CredentialError::None | CredentialError::Expired)) => Some("Run: passid-wallet link-bank"),
            Self::Wallet(WalletError::Presentation(PresentationError::Unknown)) => Some("Run: passid-wallet resume"),
            Self::Wallet(WalletError::Keystore(KeystoreError::Unavailable)) => {
                Some("Where the system has no credential store (a server, a container), use: --keystore file")
            }
            Self::Wallet(WalletError::Keystore(KeystoreError::Missing | KeystoreError::Invalidated)) => {
                Some("Was this wallet made with another --keystore, or on another machine? Nothing was changed.")
            }
            Self::Wallet(WalletError::Issuer(IssuerError::Unreachable)) => Some("Check the connection and --issuer."),
            _ => None,
        }
    }
}
