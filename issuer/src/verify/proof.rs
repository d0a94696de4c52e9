//! Verifies proofs on a bounded number of threads, away from those that serve requests.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tracing::Instrument;

use passid_circuits::{ArtifactError, Proof, Statement, Verifier};

use crate::store::StoreError;

/// The pinned verification key and the places for proofs being checked.
#[derive(Clone)]
pub struct ProofChecker {
    verifier: Arc<Verifier>,
    places: Arc<Semaphore>,
}

impl ProofChecker {
    /// A checker with one place per processor.
    ///
    /// # Errors
    /// [`ArtifactError`] when the embedded key does not match its pin.
    pub fn new() -> Result<Self, ArtifactError> {
        let places = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Ok(Self { verifier: Arc::new(Verifier::embedded()?), places: Arc::new(Semaphore::new(places)) })
    }

    /// Whether the proof proves the statement.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`] when the check could not run to its end.
    pub async fn verify(&self, statement: Statement, proof: Proof) -> Result<bool, StoreError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| StoreError::Interrupted)?;
        let verifier = Arc::clone(&self.verifier);
        let checked = tokio::task::spawn_blocking(move || {
            let valid = verifier.verify(&statement, &proof).is_ok();
            drop(place);
            valid
        });
        checked.instrument(tracing::debug_span!("verify proof")).await.map_err(|_| StoreError::Interrupted)
    }
}
