//! Restoring: the account moves to this phone, then history and settings follow.

use passid_api::ids::UserId;
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;
use passid_api::wallet::{RebindRequest, WalletToken, rebind_message};

use super::document::Document;
use super::{BackupError, Passphrase, file, store};
use crate::core::Core;
use crate::error::WalletError;
use crate::history;
use crate::identity::{Account, SigningSeed, set_user};
use crate::issuer::{AccessToken, Call, IdempotencyKey, IssuerError};
use crate::vault::VaultError;
use crate::wallet::Wallet;

/// What a restored backup brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// The account, now bound to this phone.
    pub user_id: UserId,
    /// When the backup was made.
    pub made_at: Timestamp,
    /// Lines of history brought back.
    pub history_lines: u64,
    /// Whether institutions see the same applicant as before: only with the holder secret in the backup.
    pub same_applicant: bool,
}

impl Wallet {
    /// Restores a backup into this wallet, which must have no account yet: binds the account to this phone and cuts the old one off. Link
    /// the bank again afterwards: credentials are not in a backup.
    ///
    /// Interrupted anywhere, it can be called again with the same file.
    ///
    /// # Errors
    /// [`BackupError`]; [`WalletError::Issuer`] when the issuer cannot be reached: call again.
    pub async fn restore(&self, backup: Vec<u8>, passphrase: Passphrase) -> Result<Restored, WalletError> {
        let core = &self.core;
        file::check(&backup)?;
        let opening = move || file::open(&backup, &passphrase);
        let bytes = tokio::task::spawn_blocking(opening).await.map_err(|_| BackupError::Memory)??;
        let document = Document::parse(&bytes)?;
        let seed = document.recovery_seed()?;
        let kept_secret = document.holder_secret()?;
        if document.environment != core.environment {
            return Err(BackupError::OtherEnvironment.into());
        }
        let issuer = core.trust().await?.identifier;
        if document.issuer != issuer {
            return Err(BackupError::OtherIssuer.into());
        }
        if core.account(&issuer).await?.is_some_and(|account| account.user.is_some()) {
            return Err(BackupError::WalletInUse.into());
        }
        let same_applicant = kept_secret.is_some();
        let secret = kept_secret.unwrap_or_else(|| core.new_secret());
        let account = core.make_account(&issuer, secret).await?;
        let recovery = SigningSeed::from_kept(seed.as_ref()).ok_or(BackupError::NotABackup)?;
        let token = core.rebind(&account, &recovery).await?;
        let user_id = token.user_id;
        let token = AccessToken::new(token, core.clock.now())?;
        let (id, made_at, history_lines) = (account.id, document.made_at, document.history.len() as u64);
        core.vault
            .write(move |tables| {
                set_user(tables, id, user_id)?;
                store::save(tables, id, &seed, true)?;
                history::set_kept(tables, document.keep_history)?;
                document.history.iter().try_for_each(|entry| history::restore(tables, entry))
            })
            .await
            .map_err(|error: VaultError| WalletError::from(error))?;
        *core.token.lock().await = Some(token);
        Ok(Restored { user_id, made_at, history_lines, same_applicant })
    }
}

impl Core {
    /// Has the issuer bind the backup's account to this device.
    async fn rebind(&self, account: &Account, recovery: &SigningSeed) -> Result<WalletToken, WalletError> {
        let commitment = account.holder_commitment.to_string();
        let (challenge, signature) = self.answer_challenge(&account.issuer, &account.device_key, &commitment).await?;
        let device_key = account.device_key.public();
        let recovery_signature = recovery.sign(&rebind_message(&account.issuer, &challenge, &device_key, &commitment));
        let request = RebindRequest {
            environment: self.environment,
            recovery_key: recovery.public(),
            device_key,
            holder_commitment: commitment,
            challenge,
            signature,
            recovery_signature,
        };
        let key = IdempotencyKey::generate(&self.random);
        match self.issuer.send::<WalletToken>(Call::post_json("/v1/wallet/rebind", &key, &request)?).await {
            Err(IssuerError::Problem(problem)) if problem.code == ProblemCode::Unauthenticated => Err(BackupError::Withdrawn.into()),
            answer => Ok(answer?),
        }
    }
}
