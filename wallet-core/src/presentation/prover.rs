//! Making the proof: loaded once, on a thread with a stack of its own, stoppable.

use std::sync::{Arc, OnceLock};

use passid_circuits::{ArtifactError, CancelToken, ProveStage, Prover, Statement, Witness};
use rand::rngs::StdRng;

use super::PresentationError;
use super::control::{PresentationControl, PresentationStage};
use super::statement::Prepared;

/// Enough for the prover whatever the platform gives its threads by itself (half a megabyte on iOS).
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Makes proofs, as base64url.
pub(crate) trait ProofMaker: Send + Sync {
    fn prove(
        &self,
        statement: &Statement,
        witness: &Witness,
        random: &mut StdRng,
        progress: &mut dyn FnMut(ProveStage),
        cancel: &CancelToken,
    ) -> Result<String, PresentationError>;
}

/// The prover compiled into this program, loaded when the first proof is made.
#[derive(Default)]
pub(crate) struct EmbeddedProver(OnceLock<Result<Prover, ArtifactError>>);

impl ProofMaker for EmbeddedProver {
    fn prove(
        &self,
        statement: &Statement,
        witness: &Witness,
        random: &mut StdRng,
        progress: &mut dyn FnMut(ProveStage),
        cancel: &CancelToken,
    ) -> Result<String, PresentationError> {
        let prover = self.0.get_or_init(Prover::embedded).as_ref().map_err(|error| PresentationError::Prover(*error))?;
        Ok(prover.prove(statement, witness, random, progress, cancel)?.to_base64url())
    }
}

/// Cancels when dropped: a proof nobody waits for any more is not finished.
struct CancelOnDrop(CancelToken);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Proves on a thread of its own. When the caller stops waiting, so does the proof.
pub(crate) async fn prove(
    maker: Arc<dyn ProofMaker>,
    prepared: Prepared,
    mut random: StdRng,
    control: &PresentationControl,
) -> Result<(Statement, String), PresentationError> {
    let (answer, waiting) = tokio::sync::oneshot::channel();
    let watched = control.clone();
    let abandoned = CancelToken::new();
    let guard = CancelOnDrop(abandoned.clone());
    let work = move || {
        let mut progress = |stage| {
            watched.enter(PresentationStage::Proving(stage));
            // One token is the person's, one says that nobody waits: the prover looks at one.
            if watched.cancel.is_cancelled() {
                abandoned.cancel();
            }
        };
        let proof = maker.prove(&prepared.statement, &prepared.witness, &mut random, &mut progress, &abandoned);
        // The receiver is gone when nobody waits any more.
        let _ = answer.send(proof.map(|proof| (prepared.statement, proof)));
    };
    std::thread::Builder::new().name("passid-proof".to_owned()).stack_size(STACK_BYTES).spawn(work).map_err(|_| PresentationError::Interrupted)?;
    let proof = waiting.await.map_err(|_| PresentationError::Interrupted)?;
    drop(guard);
    proof
}
