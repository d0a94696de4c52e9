//! A prover that checks the witness as the real one does, and then writes something else than a proof.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use passid_circuits::{CancelToken, ProveError, ProveStage, Statement, Witness};
use rand::rngs::StdRng;

use crate::presentation::{PresentationError, ProofMaker};

type Hook = Box<dyn Fn() + Send>;

/// Counts, and does something in the middle of a proof when told.
#[derive(Default)]
pub(crate) struct FakeProver {
    proofs: AtomicU32,
    meanwhile: Mutex<Option<Hook>>,
}

impl FakeProver {
    /// How many proofs were finished.
    pub(crate) fn proofs(&self) -> u32 {
        self.proofs.load(Ordering::SeqCst)
    }

    /// Calls `hook` in the middle of every proof from now on.
    pub(crate) fn meanwhile(&self, hook: impl Fn() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some(Box::new(hook));
    }
}

impl ProofMaker for FakeProver {
    fn prove(
        &self,
        statement: &Statement,
        witness: &Witness,
        _: &mut StdRng,
        progress: &mut dyn FnMut(ProveStage),
        cancel: &CancelToken,
    ) -> Result<String, PresentationError> {
        progress(ProveStage::Checking);
        witness.check(statement).map_err(ProveError::from)?;
        if let Some(hook) = self.meanwhile.lock().unwrap().as_ref() {
            hook();
        }
        progress(ProveStage::Group);
        if cancel.is_cancelled() {
            return Err(PresentationError::Cancelled);
        }
        self.proofs.fetch_add(1, Ordering::SeqCst);
        Ok("not a proof".to_owned())
    }
}
