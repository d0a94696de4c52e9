//! Why sharing did not happen, or why it is not known whether it did.

use passid_circuits::{ArtifactError, ProveError, WitnessError};

use crate::issuer::IssuerError;

/// A presentation that was not made, not sent, or not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PresentationError {
    /// This wallet has shared in answer to this request before. Nothing to do; see the history.
    #[error("this request was answered before")]
    AlreadyShared,
    /// This wallet has declined this request before. Ask the institution for a new one.
    #[error("this request was declined before")]
    AlreadyDeclined,
    /// It was sent, and no answer came. It may have arrived: call [`crate::Wallet::resume_attempts`] when there is a connection; it asks
    /// with the same idempotency key and never shares twice.
    #[error("it is not known whether the institution received it")]
    Unknown,
    /// The credential does not satisfy the request; the inner error says what can be done. Nothing was sent.
    #[error(transparent)]
    Unprovable(WitnessError),
    /// The person cancelled. Nothing was sent.
    #[error("cancelled; nothing was shared")]
    Cancelled,
    /// The issuer refused what was sent, for good. Nothing was shared.
    #[error("the issuer refused the presentation: {0}")]
    Refused(IssuerError),
    /// The prover compiled into this app is damaged. Install the app again.
    #[error("the prover cannot be loaded: {0}")]
    Prover(ArtifactError),
    /// Proving failed for a reason of this program's or device's own. Try again; if it persists, report it.
    #[error("proving failed: {0}")]
    Proving(ProveError),
    /// The thread that proves could not be started or ended without an answer. Try again.
    #[error("the proof was interrupted")]
    Interrupted,
}

impl PresentationError {
    /// A stable name for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyShared => "already_shared",
            Self::AlreadyDeclined => "already_declined",
            Self::Unknown => "outcome_unknown",
            Self::Unprovable(error) => error.code(),
            Self::Cancelled => "cancelled",
            Self::Refused(error) => error.code(),
            Self::Prover(_) => "prover_damaged",
            Self::Proving(error) => error.code(),
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<ProveError> for PresentationError {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Witness(error) => Self::Unprovable(error),
            ProveError::Cancelled => Self::Cancelled,
            error => Self::Proving(error),
        }
    }
}
