//! One attempt from agreement to answer, each step durable before the next begins.

use std::time::Instant;

use passid_api::agreement::Agreement;
use passid_api::presentation::Presentation;
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;
use passid_circuits::SecretElement;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::attempt::{self, AttemptKind, AttemptState, NewAttempt};
use super::control::{PresentationControl, PresentationStage, PresentationTimings};
use super::{PresentationError, prover, statement};
use crate::core::Core;
use crate::credential::VerifiedCredential;
use crate::error::WalletError;
use crate::history::{self, NewEntry, Outcome};
use crate::identity::Account;
use crate::issuer::{Call, IdempotencyKey};
use crate::request::RequestError;
use crate::vault::VaultError;

/// What an attempt is about.
pub(crate) struct Plan {
    pub(crate) kind: AttemptKind,
    pub(crate) subject: String,
    /// Where it is sent.
    pub(crate) path: String,
    pub(crate) agreement: Agreement,
    /// When, by this device's clock, it is too late to send.
    pub(crate) deadline: Timestamp,
    pub(crate) entry: NewEntry,
}

/// An answer and how long it took.
#[derive(Debug)]
pub(crate) struct Answered<T> {
    pub(crate) attempt: i64,
    pub(crate) answer: T,
    pub(crate) timings: PresentationTimings,
}

/// What happened to something that was sent.
enum Sent<T> {
    Answered(T),
    /// The issuer has it already: an earlier sending of the same proof arrived.
    AlreadyThere,
    StaleHead,
}

/// Which sending of an attempt it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Try {
    /// The first; a stale head makes for a second.
    First,
    /// The second, with a fresh head.
    Second,
    /// After an interruption: an earlier sending may have arrived.
    Again,
}

/// Whether a refusal means that this request was judged and nothing of it took effect.
///
/// The issuer looks for a stored answer to the same idempotency key before it judges, so such a refusal also says that no earlier
/// sending took effect, for as long as it keeps answers.
const fn speaks_of_the_request(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::MalformedRequest
            | ProblemCode::NotFound
            | ProblemCode::Conflict
            | ProblemCode::Gone
            | ProblemCode::StaleHead
            | ProblemCode::ProofInvalid
            | ProblemCode::CredentialNotValid
            | ProblemCode::SanctionsMatch
    )
}

impl Core {
    /// Begins an attempt and its line in the history.
    ///
    /// # Errors
    /// [`PresentationError::AlreadyShared`] when another attempt about the same subject is in the way; settle it first.
    pub(super) async fn begin(&self, account: &Account, plan: &Plan) -> Result<i64, WalletError> {
        let (account, kind, subject, entry) = (account.id, plan.kind, plan.subject.clone(), plan.entry.clone());
        let (key, now, expires_at) = (IdempotencyKey::generate(&self.random), self.clock.now(), plan.agreement.expires_at);
        self.vault
            .write(move |tables| {
                let new = NewAttempt { account, kind, subject: &subject, key: &key, expires_at, now };
                let id = attempt::insert(tables, &new)?.ok_or(PresentationError::AlreadyShared)?;
                history::begin(tables, id, &entry, now)?;
                Ok(id)
            })
            .await
    }

    /// Proves and sends. Whatever goes wrong, the attempt's row says so before this returns.
    pub(crate) async fn present<T: DeserializeOwned>(
        &self,
        account: &Account,
        credential: &VerifiedCredential,
        secret: &SecretElement,
        plan: &Plan,
        control: &PresentationControl,
        body: impl Fn(Presentation) -> Result<Vec<u8>, serde_json::Error>,
    ) -> Result<Option<Answered<T>>, WalletError> {
        let attempt = self.begin(account, plan).await?;
        let mut timings = PresentationTimings::default();
        for which in [Try::First, Try::Second] {
            let (key, bytes) = match self.prove_body(account, credential, secret, plan, control, &body, &mut timings).await {
                Ok(proved) => proved,
                Err(error) => return Err(self.fail(attempt, error).await),
            };
            self.step(attempt, key.clone(), bytes.clone()).await?;
            control.enter(PresentationStage::Sending);
            let started = Instant::now();
            let sent = self.deliver(attempt, &plan.path, &key, bytes, which).await;
            timings.send += started.elapsed();
            match sent? {
                Sent::Answered(answer) => return Ok(Some(Answered { attempt, answer, timings })),
                Sent::AlreadyThere => return Ok(None),
                Sent::StaleHead => self.transition(attempt, AttemptState::Consuming, None).await?,
            }
        }
        Err(self.fail(attempt, PresentationError::Interrupted.into()).await)
    }

    /// Everything before sending: fresh path, deadline, statement, proof, body.
    #[expect(clippy::too_many_arguments, reason = "one step of `present`, which owns all of them")]
    async fn prove_body(
        &self,
        account: &Account,
        credential: &VerifiedCredential,
        secret: &SecretElement,
        plan: &Plan,
        control: &PresentationControl,
        body: &impl Fn(Presentation) -> Result<Vec<u8>, serde_json::Error>,
        timings: &mut PresentationTimings,
    ) -> Result<(IdempotencyKey, Zeroizing<Vec<u8>>), WalletError> {
        control.enter(PresentationStage::Preparing);
        let started = Instant::now();
        let path = self.fresh_path(account, credential).await?;
        self.still_in_time(plan, control)?;
        let prepared = statement::prepare(&plan.agreement, credential, &path, secret, self.clock.now())?;
        timings.prepare += started.elapsed();
        let started = Instant::now();
        let (statement, proof) = prover::prove(self.prover.clone(), prepared, self.random.fork(), control).await?;
        timings.prove += started.elapsed();
        let bytes = body(statement::presentation(&statement, proof, path.head)).map_err(|_| VaultError::MALFORMED_VALUE)?;
        self.still_in_time(plan, control)?;
        Ok((IdempotencyKey::generate(&self.random), Zeroizing::new(bytes)))
    }

    fn still_in_time(&self, plan: &Plan, control: &PresentationControl) -> Result<(), WalletError> {
        if control.cancel.is_cancelled() {
            return Err(PresentationError::Cancelled.into());
        }
        if self.clock.now() < plan.deadline { Ok(()) } else { Err(RequestError::Expired.into()) }
    }

    /// Stores the body, then that it is on its way.
    pub(super) async fn step(&self, attempt: i64, key: IdempotencyKey, bytes: Zeroizing<Vec<u8>>) -> Result<(), WalletError> {
        let now = self.clock.now();
        self.vault.write(move |tables| attempt::set_proved(tables, attempt, &key, &bytes, now)).await?;
        self.transition(attempt, AttemptState::Sent, None).await
    }

    async fn transition(&self, attempt: i64, state: AttemptState, reason: Option<&'static str>) -> Result<(), WalletError> {
        let now = self.clock.now();
        Ok(self.vault.write(move |tables| attempt::set_state(tables, attempt, state, reason, now)).await?)
    }

    /// Sends stored bytes under their key and reads what became of them. A definite refusal ends the attempt; doubt is written down.
    async fn deliver<T: DeserializeOwned>(
        &self,
        attempt: i64,
        path: &str,
        key: &IdempotencyKey,
        bytes: Zeroizing<Vec<u8>>,
        which: Try,
    ) -> Result<Sent<T>, WalletError> {
        match self.send(Call::post(path, key, bytes.to_vec())).await {
            Ok(answer) => Ok(Sent::Answered(answer)),
            Err(WalletError::Issuer(error)) => match error.problem() {
                Some(ProblemCode::StaleHead) if which == Try::First => Ok(Sent::StaleHead),
                Some(ProblemCode::PresentationReplayed) => Ok(Sent::AlreadyThere),
                _ if error.leaves_doubt() => {
                    self.end(attempt, AttemptState::Unknown, Outcome::Unknown, Some(error.code())).await?;
                    Err(PresentationError::Unknown.into())
                }
                // An earlier sending may have arrived: only an answer about the session or the proof itself says that it did not.
                Some(code) if which == Try::Again && !speaks_of_the_request(code) => {
                    self.end(attempt, AttemptState::Unknown, Outcome::Unknown, Some(error.code())).await?;
                    Err(PresentationError::Unknown.into())
                }
                _ => Err(self.fail(attempt, PresentationError::Refused(error).into()).await),
            },
            // Signing in failed before anything was sent, or the vault did: the row says sent, and resuming will ask.
            Err(error) => Err(error),
        }
    }

    /// Ends an attempt that did not happen; the history keeps the reason's code.
    pub(super) async fn fail(&self, attempt: i64, error: WalletError) -> WalletError {
        match self.end(attempt, AttemptState::Failed, Outcome::Failed, Some(error.code())).await {
            Ok(()) => error,
            Err(storing) => storing,
        }
    }

    /// Moves an attempt and its line in the history together.
    pub(super) async fn end(&self, attempt: i64, state: AttemptState, outcome: Outcome, reason: Option<&'static str>) -> Result<(), WalletError> {
        let now = self.clock.now();
        self.vault
            .write(move |tables| {
                attempt::set_state(tables, attempt, state, reason, now)?;
                history::conclude(tables, attempt, outcome, reason, None)
            })
            .await
            .map_err(|error: VaultError| error.into())
    }

    /// Sends something that needs no proof, and reads the answer.
    pub(super) async fn deliver_once<T: DeserializeOwned>(
        &self,
        attempt: i64,
        path: &str,
        key: &IdempotencyKey,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Option<T>, WalletError> {
        match self.deliver(attempt, path, key, bytes, Try::Second).await? {
            Sent::Answered(answer) => Ok(Some(answer)),
            Sent::AlreadyThere | Sent::StaleHead => Ok(None),
        }
    }

    /// Sends an interrupted attempt's stored bytes again, under its own key.
    pub(super) async fn deliver_again<T: DeserializeOwned>(&self, attempt: &attempt::Attempt, path: &str) -> Result<Option<T>, WalletError> {
        let Some(bytes) = attempt.body.clone() else { return Err(VaultError::MALFORMED_VALUE.into()) };
        match self.deliver(attempt.id, path, &attempt.key, bytes, Try::Again).await? {
            Sent::Answered(answer) => Ok(Some(answer)),
            Sent::AlreadyThere | Sent::StaleHead => Ok(None),
        }
    }
}
