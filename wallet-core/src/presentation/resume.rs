//! After a crash or a lost connection: what became of attempts that did not come to an end.

use passid_api::session::{Declined, Fulfilled};
use passid_api::share::ShareCreated;

use super::attempt::{self, Attempt, AttemptKind, AttemptState};
use super::{PresentationError, decline_path, fulfil_path};
use crate::core::Core;
use crate::error::WalletError;
use crate::history::Outcome;
use crate::identity::Account;
use crate::share;
use crate::wallet::Wallet;

/// Seconds after which an attempt is no longer sent again: the issuer keeps answers under an idempotency key for 24 hours, and what is
/// sent later might be judged anew.
const RESEND_WITHIN_SECONDS: i64 = 23 * 3_600;

passid_api::text_enum! {
    /// What became of an attempt.
    pub enum ResumedOutcome as "outcome" {
        /// The issuer has it.
        Shared = "shared",
        /// The issuer knows that the person declined.
        Declined = "declined",
        /// It did not happen; begin anew if it is still wanted.
        Failed = "failed",
        /// It is still not known. It is asked again the next time, within a day; after that the history keeps saying so.
        Unknown = "unknown",
    }
}

/// An attempt that was looked after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumedAttempt {
    /// The session's identifier; for a share, its nonce.
    pub subject: String,
    /// What became of it.
    pub outcome: ResumedOutcome,
}

impl Wallet {
    /// Finds out what became of every attempt that did not come to an end. What was never sent is given up; what may have arrived is asked
    /// for under its own idempotency key, so that nothing is ever shared twice. Call it after opening and when the network comes back.
    ///
    /// # Errors
    /// [`WalletError::Vault`]; an issuer that cannot be reached leaves [`ResumedOutcome::Unknown`].
    pub async fn resume_attempts(&self) -> Result<Vec<ResumedAttempt>, WalletError> {
        let core = &self.core;
        let _alone = core.presenting.lock().await;
        let account = match core.registered_account().await {
            Err(WalletError::NotRegistered) => return Ok(Vec::new()),
            account => account?,
        };
        let id = account.id;
        let attempts = core.vault.read(move |tables| attempt::unfinished(tables, id)).await?;
        let mut resumed = Vec::new();
        for attempt in attempts {
            let outcome = core.resume(&account, &attempt).await?;
            resumed.push(ResumedAttempt { subject: attempt.subject, outcome });
        }
        Ok(resumed)
    }
}

impl Core {
    /// Clears the way for a new attempt about `subject`.
    ///
    /// # Errors
    /// [`PresentationError::AlreadyShared`], [`PresentationError::AlreadyDeclined`], or [`PresentationError::Unknown`] while an earlier
    /// attempt may have arrived.
    pub(super) async fn settle(&self, account: &Account, subject: &str) -> Result<(), WalletError> {
        let (id, subject) = (account.id, subject.to_owned());
        let Some(attempt) = self.vault.read(move |tables| attempt::about(tables, id, &subject)).await? else { return Ok(()) };
        match self.resume(account, &attempt).await? {
            ResumedOutcome::Failed => Ok(()),
            ResumedOutcome::Shared => Err(PresentationError::AlreadyShared.into()),
            ResumedOutcome::Declined => Err(PresentationError::AlreadyDeclined.into()),
            ResumedOutcome::Unknown => Err(PresentationError::Unknown.into()),
        }
    }

    async fn resume(&self, account: &Account, attempt: &Attempt) -> Result<ResumedOutcome, WalletError> {
        match attempt.state {
            AttemptState::Shared => Ok(ResumedOutcome::Shared),
            AttemptState::Declined => Ok(ResumedOutcome::Declined),
            AttemptState::Failed => Ok(ResumedOutcome::Failed),
            // Nobody else works on it (one attempt at a time, one process at a time), and nothing left the device.
            AttemptState::Consuming | AttemptState::Proved => {
                self.end(attempt.id, AttemptState::Failed, Outcome::Failed, Some(PresentationError::Interrupted.code())).await?;
                Ok(ResumedOutcome::Failed)
            }
            AttemptState::Sent | AttemptState::Unknown => self.ask_again(account, attempt).await,
        }
    }

    async fn ask_again(&self, account: &Account, attempt: &Attempt) -> Result<ResumedOutcome, WalletError> {
        let too_late = attempt.sent_at.is_none_or(|sent| self.clock.now().seconds_since(sent) > RESEND_WITHIN_SECONDS);
        if too_late {
            let id = attempt.id;
            self.end(id, AttemptState::Unknown, Outcome::Unknown, Some(PresentationError::Unknown.code())).await?;
            self.vault.write(move |tables| attempt::forget_body(tables, id)).await?;
            return Ok(ResumedOutcome::Unknown);
        }
        let answered = match attempt.kind {
            AttemptKind::Fulfil => match self.deliver_again::<Fulfilled>(attempt, &fulfil_path(&attempt.subject)).await {
                Ok(answer) => self.shared(attempt.id, answer.map(|fulfilled| fulfilled.verification_id.to_string())).await.map(|()| ResumedOutcome::Shared),
                Err(error) => Err(error),
            },
            AttemptKind::Decline => match self.deliver_again::<Declined>(attempt, &decline_path(&attempt.subject)).await {
                Ok(_) => self.end(attempt.id, AttemptState::Declined, Outcome::Declined, None).await.map(|()| ResumedOutcome::Declined),
                Err(error) => Err(error),
            },
            AttemptKind::Share => match self.deliver_again::<ShareCreated>(attempt, share::CREATE_PATH).await {
                Ok(Some(created)) => self.remember_share(account, attempt, created).await.map(|()| ResumedOutcome::Shared),
                // It exists, but its code is lost; it shows in the list of shares and can be revoked there.
                Ok(None) => self.shared(attempt.id, None).await.map(|()| ResumedOutcome::Shared),
                Err(error) => Err(error),
            },
        };
        match answered {
            Err(WalletError::Presentation(PresentationError::Unknown)) => Ok(ResumedOutcome::Unknown),
            Err(WalletError::Presentation(_)) => Ok(ResumedOutcome::Failed),
            answered => answered,
        }
    }

    async fn remember_share(&self, account: &Account, attempt: &Attempt, created: ShareCreated) -> Result<(), WalletError> {
        let body = attempt.body.clone().unwrap_or_default();
        let request = serde_json::from_slice(&body).map_err(|_| crate::vault::VaultError::MALFORMED_VALUE)?;
        self.created(account, attempt.id, &request, created).await
    }
}
