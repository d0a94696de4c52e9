//! Sharing: approve or decline a request, prove, send, and settle what a crash left open.

mod attempt;
mod control;
#[cfg(test)]
mod crash_tests;
mod error;
mod prover;
mod resume;
mod run;
mod statement;
#[cfg(test)]
mod tests;

use passid_api::ids::{SessionId, VerificationId};
use passid_api::session::{DeclineRequest, Declined, FulfillRequest, Fulfilled};
use passid_api::time::Timestamp;
use std::sync::Arc;
use zeroize::Zeroizing;

pub(crate) use self::attempt::AttemptKind;
use self::attempt::AttemptState;
pub use self::control::{CancelToken, PresentationControl, PresentationStage, PresentationTimings, ProveStage};
pub use self::error::PresentationError;
pub(crate) use self::prover::{EmbeddedProver, ProofMaker};
pub use self::resume::{ResumedAttempt, ResumedOutcome};
pub(crate) use self::run::{Answered, Plan};
use crate::consent::{ApprovalSubject, ConsentError, RequestHash, UserApproval};
use crate::core::Core;
use crate::error::WalletError;
use crate::history::{self, NewEntry, Outcome, Way};
use crate::identity::{Account, HolderSecret};
use crate::issuer::IdempotencyKey;
use crate::request::{FoundRequest, RequestError};
use crate::vault::VaultError;
use crate::wallet::Wallet;
use crate::words::displayable;

/// Longest reason for declining, in characters.
const MAX_REASON_CHARACTERS: usize = 200;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Which request.
    pub session: SessionId,
    /// The verification the institution sees; unknown when an earlier sending of the same proof had arrived.
    pub verification_id: Option<VerificationId>,
    /// When the proof was verified.
    pub verified_at: Option<Timestamp>,
    /// How long the parts took.
    pub timings: PresentationTimings,
}

impl Wallet {
    /// Approves exactly what a review showed: looks at the request again, compares it with `request_hash`, lets the person open the holder
    /// secret, proves and sends. All or nothing.
    ///
    /// The attempt is durable from its first step. If this fails with [`PresentationError::Unknown`], or the process dies,
    /// [`Wallet::resume_attempts`] finds out what happened and never shares twice.
    ///
    /// # Errors
    /// [`ConsentError::RequestChanged`] when anything differs from what was shown, [`WalletError::Request`] when the time is over,
    /// [`WalletError::Keystore`] when the person did not open the lock, [`WalletError::Credential`], [`WalletError::Presentation`].
    pub async fn approve(
        &self,
        session: SessionId,
        request_hash: RequestHash,
        approval: Arc<dyn UserApproval>,
        control: PresentationControl,
    ) -> Result<Shared, WalletError> {
        let core = &self.core;
        let _alone = core.presenting.lock().await;
        let account = core.registered_account().await?;
        core.settle(&account, &session.to_string()).await?;
        let found = core.look_up_session(session).await?;
        let credential = core.active_credential(&account).await?;
        let review = core.review_of(&found, Some(&credential))?;
        if review.request_hash != request_hash {
            return Err(ConsentError::RequestChanged.into());
        }
        if found.clock_is_wrong {
            return Err(RequestError::ClockWrong.into());
        }
        let lock = account.consent_lock(core);
        let asking = move || approval.approve(ApprovalSubject::Request(&review), &lock);
        let secret = tokio::task::spawn_blocking(asking).await.map_err(|_| PresentationError::Interrupted)?.map(HolderSecret::into_secret)?;

        let plan = Plan {
            kind: AttemptKind::Fulfil,
            subject: session.to_string(),
            path: fulfil_path(&session.to_string()),
            agreement: found.agreement(),
            deadline: found.deadline,
            entry: entry(&found),
        };
        let body = |presentation| serde_json::to_vec(&FulfillRequest { presentation });
        let answered: Option<Answered<Fulfilled>> = core.present(&account, &credential, &secret, &plan, &control, body).await?;
        let (attempt, fulfilled, timings) = match answered {
            Some(Answered { attempt, answer, timings }) => (Some(attempt), Some(answer), timings),
            None => (None, None, PresentationTimings::default()),
        };
        match attempt {
            Some(attempt) => core.shared(attempt, fulfilled.as_ref().map(|fulfilled| fulfilled.verification_id.to_string())).await?,
            None => core.shared_already(&account, &session.to_string()).await?,
        }
        Ok(Shared {
            session,
            verification_id: fulfilled.as_ref().map(|fulfilled| fulfilled.verification_id),
            verified_at: fulfilled.map(|fulfilled| fulfilled.verified_at),
            timings,
        })
    }

    /// Declines a request. `reason` is told to the institution; leave it out to tell nothing.
    ///
    /// # Errors
    /// [`PresentationError::AlreadyShared`] when it was answered before, [`WalletError::Request`], [`WalletError::Issuer`].
    pub async fn decline(&self, session: SessionId, reason: Option<&str>) -> Result<(), WalletError> {
        let core = &self.core;
        let _alone = core.presenting.lock().await;
        let account = core.registered_account().await?;
        let subject = session.to_string();
        core.settle(&account, &subject).await?;
        let found = core.look_up_session(session).await?;
        let reason = reason.map(|reason| reason.trim().chars().take(MAX_REASON_CHARACTERS).collect::<String>()).filter(|reason| !reason.is_empty());
        let body = serde_json::to_vec(&DeclineRequest { reason }).map_err(|_| VaultError::MALFORMED_VALUE)?;
        let plan = Plan {
            kind: AttemptKind::Decline,
            path: decline_path(&subject),
            subject,
            agreement: found.agreement(),
            deadline: found.deadline,
            entry: entry(&found),
        };
        let attempt = core.begin(&account, &plan).await?;
        let key = IdempotencyKey::generate(&core.random);
        core.step(attempt, key.clone(), Zeroizing::new(body.clone())).await?;
        core.deliver_once::<Declined>(attempt, &plan.path, &key, Zeroizing::new(body)).await?;
        core.end(attempt, AttemptState::Declined, Outcome::Declined, None).await
    }
}

impl Core {
    /// Notes that the issuer has it.
    async fn shared(&self, attempt: i64, reference: Option<String>) -> Result<(), WalletError> {
        let now = self.clock.now();
        self.vault
            .write(move |tables| {
                attempt::set_state(tables, attempt, AttemptState::Shared, None, now)?;
                history::conclude(tables, attempt, Outcome::Shared, None, reference.as_deref())
            })
            .await
            .map_err(|error: VaultError| error.into())
    }

    async fn shared_already(&self, account: &Account, subject: &str) -> Result<(), WalletError> {
        let (account, subject) = (account.id, subject.to_owned());
        let attempt = self.vault.read(move |tables| attempt::about(tables, account, &subject)).await?;
        match attempt {
            Some(attempt) => self.shared(attempt.id, None).await,
            None => Err(VaultError::MALFORMED_VALUE.into()),
        }
    }
}

/// Marks an attempt as shared, as part of a larger step.
pub(crate) fn set_shared(tables: &rusqlite::Connection, attempt: i64, now: Timestamp) -> Result<(), VaultError> {
    attempt::set_state(tables, attempt, AttemptState::Shared, None, now)
}

fn fulfil_path(session: &str) -> String {
    format!("/v1/sessions/{session}/fulfill")
}

fn decline_path(session: &str) -> String {
    format!("/v1/sessions/{session}/decline")
}

/// The history's line about a request.
fn entry(found: &FoundRequest) -> NewEntry {
    let session = &found.session;
    NewEntry {
        way: Way::Session,
        verifier_id: Some(session.institution.id),
        verifier: Some(displayable(&session.institution.name)),
        permissions: session.permissions.clone(),
        predicates: session.predicates.iter().map(|predicate| predicate.claim).collect(),
        environment: session.environment,
        reference: Some(session.request_id.to_string()),
    }
}
