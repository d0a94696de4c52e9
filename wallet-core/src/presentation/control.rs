//! Watching and stopping an attempt to share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use passid_circuits::{CancelToken, ProveStage};

/// How far an attempt has come, in order; after `stale_head` it begins again once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PresentationStage {
    /// Fetching a fresh head and path.
    Preparing,
    /// Proving; on a thread of its own.
    Proving(ProveStage),
    /// Sending; from here on it can no longer be cancelled.
    Sending,
}

/// What the caller of an attempt holds on to.
///
/// `progress` is called from whichever thread works; it must return at once and must not call the wallet.
#[derive(Clone, Default)]
pub struct PresentationControl {
    /// Stops the attempt before it is sent.
    pub cancel: CancelToken,
    /// Is told each stage as it begins.
    pub progress: Option<Arc<dyn Fn(PresentationStage) + Send + Sync>>,
}

impl PresentationControl {
    pub(crate) fn enter(&self, stage: PresentationStage) {
        if let Some(progress) = &self.progress {
            progress(stage);
        }
    }
}

impl fmt::Debug for PresentationControl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PresentationControl").field("cancelled", &self.cancel.is_cancelled()).finish_non_exhaustive()
    }
}

/// How long the parts of an attempt took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PresentationTimings {
    /// Fetching and checking head and path; both times where `stale_head` made it begin again.
    pub prepare: Duration,
    /// Proving, with the verification of the finished proof.
    pub prove: Duration,
    /// From sending to the answer.
    pub send: Duration,
}

impl PresentationTimings {
    /// All of it.
    pub fn total(&self) -> Duration {
        self.prepare + self.prove + self.send
    }
}
