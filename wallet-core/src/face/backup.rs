//! Backup and restore from the app.

use std::sync::Arc;

use super::failure::WalletFailure;
use super::wallet::MobileWallet;
use crate::backup::{HolderSecretChoice, Passphrase, Restored};
use crate::consent::KeystoreApproval;

/// What a restored backup brought. Link the bank again next: credentials are not in a backup.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RestoredRecord {
    /// The account, now bound to this phone.
    pub user_id: String,
    /// When the backup was made, seconds since 1970.
    pub made_at: i64,
    /// Lines of history brought back.
    pub history_lines: u64,
    /// Whether institutions see the same applicant as before.
    pub same_applicant: bool,
}

impl From<Restored> for RestoredRecord {
    fn from(restored: Restored) -> Self {
        Self {
            user_id: restored.user_id.to_string(),
            made_at: restored.made_at.seconds(),
            history_lines: restored.history_lines,
            same_applicant: restored.same_applicant,
        }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl MobileWallet {
    /// A backup's bytes, sealed under a passphrase of at least twelve characters. Offer `include_holder_secret` off by default, and say what
    /// it means: with it, whoever opens the file can appear as this person. The keystore then asks for the person's presence.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn backup(&self, passphrase: String, include_holder_secret: bool) -> Result<Vec<u8>, WalletFailure> {
        let secret = if include_holder_secret { HolderSecretChoice::Include(Arc::new(KeystoreApproval)) } else { HolderSecretChoice::LeaveOut };
        Ok(self.0.backup(Passphrase::new(passphrase), secret).await?)
    }

    /// Restores a backup into this wallet, which must be new: the account moves to this phone and the old one is cut off.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn restore(&self, backup: Vec<u8>, passphrase: String) -> Result<RestoredRecord, WalletFailure> {
        Ok(self.0.restore(backup, Passphrase::new(passphrase)).await?.into())
    }

    /// Withdraws every backup made so far: none moves the account any more.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn withdraw_backups(&self) -> Result<(), WalletFailure> {
        Ok(self.0.withdraw_backups().await?)
    }
}
