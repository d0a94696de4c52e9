//! What Swift, Kotlin and Python see of the wallet: records, enums and one object, with no logic of their own.
//!
//! Times are seconds since 1970, claims' values are JSON text, identifiers are text. Every failure carries a stable code and says what the
//! app should do. Nothing here is called from inside a poll: keystores are asked, and listeners told, on threads of their own.

mod attempt;
mod backup;
mod failure;
mod keystore;
mod language;
mod records;
mod wallet;

pub use self::attempt::{AttemptHandle, AttemptListener, AttemptStage};
pub use self::backup::RestoredRecord;
pub use self::failure::WalletFailure;
pub use self::keystore::{KeystoreDescription, KeystoreFailure, KeystoreRole, PlatformKeystore};
pub use self::language::{WalletLanguage, format_countdown, format_date, format_money, language_of_locale, say};
pub use self::records::{
    AccountRecord, BankLinkRecord, BankRecord, ClaimRecord, CredentialRecord, HistoryRecord, NewShareRecord, PredicateRecord, RenewalOutcome, RenewalRecord,
    ReviewRecord, ShareRecord, ShareRequest, SharedRecord, TextRecord,
};
pub use self::wallet::{MobileWallet, WalletSettings, open_wallet};

/// The core's version. An app compares it with the version its bindings were made for and refuses to start on another.
#[uniffi::export]
pub fn core_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
