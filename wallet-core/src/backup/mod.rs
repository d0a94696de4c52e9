//! Backup to a file under a passphrase, and the move to a new phone.
//!
//! A backup keeps the history, the settings and a recovery key. Restoring it binds the account to the new phone, cuts the old one off and
//! ends its credentials and bank links: the person links their bank again and receives a fresh credential. No credential and no claim is
//! in the file, so whoever opens it learns the history, and can take the account's name but none of its claims without the person's bank.
//!
//! The holder secret stays out unless the person chooses otherwise and lets the keystore open it. Without it, institutions that knew the
//! person see a new applicant after a move. With it they see the same one, and whoever opens the file can appear as the person there.

mod document;
mod error;
mod file;
mod restore;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use passid_api::wallet::RecoveryKeyRequest;
use zeroize::Zeroizing;

use self::document::{Contents, Document, MAX_HISTORY_LINES};
pub use self::error::BackupError;
pub use self::file::Passphrase;
pub use self::restore::Restored;
use crate::consent::{ApprovalSubject, UserApproval};
use crate::core::Core;
use crate::error::WalletError;
use crate::history::{self, HistoryFilter};
use crate::identity::{Account, HolderSecret, SigningSeed};
use crate::issuer::Call;
use crate::presentation::PresentationError;
use crate::vault::VaultError;
use crate::wallet::Wallet;

const RECOVERY_KEY_PATH: &str = "/v1/wallet/recovery-key";

/// Whether the holder secret goes into a backup.
#[derive(Clone, Default)]
pub enum HolderSecretChoice {
    /// It stays on this phone alone: after a move, institutions see a new applicant.
    #[default]
    LeaveOut,
    /// The person said so, and lets the keystore open it: whoever opens the file can prove as them once they have a credential.
    Include(Arc<dyn UserApproval>),
}

impl Wallet {
    /// A backup of this wallet's account, settings and history, sealed under a passphrase. Write it where the person says; it may be copied.
    ///
    /// The first backup needs the issuer, which is told the recovery key's public half; later ones work offline. Every backup stays good
    /// until [`Wallet::withdraw_backups`].
    ///
    /// # Errors
    /// [`BackupError::PassphraseTooShort`], [`WalletError::NotRegistered`], [`WalletError::Issuer`] at the first backup,
    /// [`WalletError::Keystore`] when the person did not open the holder secret.
    pub async fn backup(&self, passphrase: Passphrase, holder_secret: HolderSecretChoice) -> Result<Vec<u8>, WalletError> {
        let core = &self.core;
        passphrase.good_enough()?;
        let account = core.registered_account().await?;
        let user_id = account.user.ok_or(WalletError::NotRegistered)?;
        let secret = match holder_secret {
            HolderSecretChoice::LeaveOut => None,
            HolderSecretChoice::Include(approval) => {
                let lock = account.consent_lock(core);
                let asking = move || approval.approve(ApprovalSubject::BackupOfHolderSecret, &lock);
                Some(tokio::task::spawn_blocking(asking).await.map_err(|_| PresentationError::Interrupted)?.map(HolderSecret::into_secret)?)
            }
        };
        let seed = core.recovery_seed(&account).await?;
        let environment = core.environment;
        let (keep_history, mut history) = core
            .vault
            .read(move |tables| {
                let filter = HistoryFilter { limit: Some(MAX_HISTORY_LINES), ..HistoryFilter::default() };
                Ok::<_, VaultError>((history::is_kept(tables)?, history::list(tables, &filter)?))
            })
            .await?;
        history.retain(|entry| entry.environment == environment);
        let contents = Contents {
            made_at: core.clock.now(),
            issuer: &account.issuer,
            environment,
            user_id,
            recovery_seed: &seed,
            holder_secret: secret.as_ref(),
            keep_history,
            history,
        };
        let document = Document::new(contents).to_bytes()?;
        let random = core.random.clone();
        let sealing = move || file::seal(&document, &passphrase, &random);
        Ok(tokio::task::spawn_blocking(sealing).await.map_err(|_| BackupError::Memory)??)
    }

    /// Withdraws every backup made so far: none of them moves the account any more. Their history can still be read with the passphrase.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Issuer`].
    pub async fn withdraw_backups(&self) -> Result<(), WalletError> {
        let account = self.core.registered_account().await?;
        let () = self.core.send(Call::delete(RECOVERY_KEY_PATH)).await?;
        Ok(self.core.vault.write(move |tables| store::delete(tables, account.id)).await?)
    }
}

impl Core {
    /// The recovery key's seed: made once, durable before the issuer hears of it.
    async fn recovery_seed(&self, account: &Account) -> Result<Zeroizing<[u8; 32]>, WalletError> {
        let id = account.id;
        let seed = match self.vault.read(move |tables| store::load(tables, id)).await? {
            Some(key) if key.registered => return Ok(key.seed),
            Some(key) => key.seed,
            None => {
                let seed = Zeroizing::new(self.random.bytes::<32>());
                let kept = seed.clone();
                self.vault.write(move |tables| store::save(tables, id, &kept, false)).await?;
                seed
            }
        };
        let recovery_key = SigningSeed::from_kept(seed.as_ref()).ok_or(VaultError::MALFORMED_VALUE)?.public();
        let request = RecoveryKeyRequest { recovery_key };
        let () = self.send(Call::put_json(RECOVERY_KEY_PATH, &request)?).await?;
        let kept = seed.clone();
        self.vault.write(move |tables| store::save(tables, id, &kept, true)).await?;
        Ok(seed)
    }
}

/// Reads bytes as a backup's file, and as the document inside one; answers whether they are either.
#[cfg(any(test, feature = "tools"))]
pub(crate) fn read_anything(bytes: &[u8]) -> bool {
    let document = document::Document::parse(bytes).is_ok_and(|document| {
        let _ = (document.recovery_seed(), document.holder_secret());
        true
    });
    document || file::check(bytes).is_ok()
}
