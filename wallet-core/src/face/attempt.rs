//! Watching and cancelling an attempt from the app.

use std::sync::Arc;
use std::sync::mpsc::channel;

use crate::presentation::{CancelToken, PresentationControl, PresentationStage, ProveStage};

/// How far an attempt has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AttemptStage {
    /// Fetching a fresh head and path.
    Preparing,
    /// Checking that the credential satisfies the request.
    Checking,
    /// Proving; most of the time.
    Proving,
    /// Verifying the finished proof.
    Verifying,
    /// Sending; it can no longer be cancelled.
    Sending,
}

impl From<PresentationStage> for AttemptStage {
    fn from(stage: PresentationStage) -> Self {
        match stage {
            PresentationStage::Preparing => Self::Preparing,
            PresentationStage::Proving(ProveStage::Checking) => Self::Checking,
            PresentationStage::Proving(ProveStage::Verifying) => Self::Verifying,
            PresentationStage::Proving(_) => Self::Proving,
            PresentationStage::Sending => Self::Sending,
        }
    }
}

/// Told how far an attempt has come, on a thread of its own. What it throws is ignored.
#[uniffi::export(foreign)]
pub trait AttemptListener: Send + Sync {
    /// A stage begins.
    ///
    /// # Errors
    /// None that counts: a failure is how the boundary reports an exception, and is ignored.
    fn on_stage(&self, stage: AttemptStage) -> Result<(), super::KeystoreFailure>;
}

/// Cancels one attempt. Make one per attempt and keep it while the attempt runs.
#[derive(Debug, Default, uniffi::Object)]
pub struct AttemptHandle {
    cancel: CancelToken,
}

#[uniffi::export]
impl AttemptHandle {
    /// A handle for one attempt.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Stops the attempt before it is sent; later it has no effect.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }
}

/// The control for an attempt. The listener is told by a thread that ends with the attempt.
pub(super) fn control(handle: Option<Arc<AttemptHandle>>, listener: Option<Arc<dyn AttemptListener>>) -> PresentationControl {
    let progress = listener.map(|listener| {
        let (sender, stages) = channel::<AttemptStage>();
        // Where no thread can be made, the attempt goes on unobserved.
        let _ = std::thread::Builder::new().name("passid-progress".to_owned()).spawn(move || {
            for stage in stages {
                let _ = listener.on_stage(stage);
            }
        });
        let tell: Arc<dyn Fn(PresentationStage) + Send + Sync> = Arc::new(move |stage: PresentationStage| {
            let _ = sender.send(stage.into());
        });
        tell
    });
    PresentationControl { cancel: handle.map(|handle| handle.cancel.clone()).unwrap_or_default(), progress }
}
