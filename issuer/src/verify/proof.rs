//! Verifies proofs one batch at a time, away from the threads that serve requests; what waits meanwhile is the next batch.
//!
//! One proof costs three Miller loops and a final exponentiation; a batch shares the exponentiation and two of the loops, and spreads
//! over the processors by itself. So a proof that finds nobody verifying is verified at once, and those that arrive meanwhile are
//! verified together: the busier the issuer, the less a proof costs. Two batches at a time would each be half as long and cost more.
//! A bad proof is found by halving its batch, and the others in it are accepted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{CryptoRng, SeedableRng};
use tracing::Instrument;

use passid_circuits::{ArtifactError, FieldElement, Proof, Statement, Verifier};

use crate::gather::{Line, Waiting};
use crate::store::StoreError;

/// Proofs in one batch at most: a batch takes a few milliseconds, and a few times that when there are bad ones in it.
const MAX_BATCH: usize = 32;

/// The pinned verification key and the proofs that wait.
#[derive(Clone)]
pub struct ProofChecker(Arc<Shared>);

struct Shared {
    verifier: Verifier,
    line: Line<Presented, bool>,
    random: Mutex<StdRng>,
}

/// A proof and what it is for.
struct Presented {
    signals: Vec<FieldElement>,
    proof: Proof,
}

impl ProofChecker {
    /// A checker with the embedded key. `random` weighs the proofs of a batch and must be unpredictable to whoever makes them.
    ///
    /// # Errors
    /// [`ArtifactError`] when the embedded key does not match its pin.
    pub fn new(random: &mut dyn CryptoRng) -> Result<Self, ArtifactError> {
        let random = Mutex::new(StdRng::from_rng(random));
        Ok(Self(Arc::new(Shared { verifier: Verifier::embedded()?, line: Line::new(1), random })))
    }

    /// Whether the proof proves the statement.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`] when the check could not run to its end.
    pub async fn verify(&self, statement: &Statement, proof: Proof) -> Result<bool, StoreError> {
        let presented = Presented { signals: statement.public_signals().to_vec(), proof };
        let answered = self.0.line.join(presented, || {
            let shared = Arc::clone(&self.0);
            tokio::task::spawn_blocking(move || shared.work());
        });
        answered.instrument(tracing::debug_span!("verify proof")).await.map_err(|_| StoreError::Interrupted)
    }
}

impl Shared {
    /// Verifies what waits until nothing does.
    fn work(&self) {
        while let Some(batch) = self.line.next(MAX_BATCH) {
            // Whatever happens, the next batch is verified; whose proofs these were hears that they were not checked.
            let _ = catch_unwind(AssertUnwindSafe(|| self.answer(batch)));
        }
    }

    fn answer(&self, batch: Vec<Waiting<Presented, bool>>) {
        let entries: Vec<_> = batch.iter().map(|waiting| (waiting.item.signals.as_slice(), &waiting.item.proof)).collect();
        let mut random = StdRng::from_rng(&mut *self.random.lock().unwrap_or_else(PoisonError::into_inner));
        let Ok(bad) = self.verifier.verify_batch(&entries, &mut random) else { return };
        for (position, waiting) in batch.into_iter().enumerate() {
            // The caller may have gone away.
            let _ = waiting.answer.send(!bad.contains(&position));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use passid_api::agreement::{Agreement, Purpose, ShareNonce};
    use passid_api::environment::Environment;
    use passid_api::permission::PermissionSet;
    use passid_circuits::StatementFields;

    use super::*;
    use crate::sandbox::fixtures;
    use crate::store::testing::databases;
    use crate::testing::TestIssuer;
    use crate::verify::presentation;

    /// A real proof, its statement, and one that differs in the time.
    async fn presented() -> (Proof, Statement, Statement) {
        let database = databases().await.swap_remove(0);
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        let purpose = Purpose::Share { audience: None, nonce: service.with_random(ShareNonce::generate) };
        let expires_at = service.clock.now().plus_seconds(3_600);
        let agreement = Agreement { environment: Environment::Sandbox, purpose, permissions: PermissionSet::all(), predicates: Vec::new(), expires_at };
        let (_, shown) = fixtures::present(service, &agreement).await.unwrap();
        let fields = presentation::check(service, &agreement, &shown).await.unwrap().statement;
        let proof = serde_json::from_value(serde_json::Value::String(shown.proof)).unwrap();
        let other = StatementFields { presented_at: fields.presented_at + 1, ..fields.clone() };
        (proof, Statement::new(fields).unwrap(), Statement::new(other).unwrap())
    }

    fn checker() -> ProofChecker {
        ProofChecker::new(&mut StdRng::from_seed([7; 32])).unwrap()
    }

    #[tokio::test]
    async fn whoever_waits_in_a_batch_gets_the_answer_to_their_own_proof() {
        let (proof, honest, dishonest) = presented().await;
        let checker = checker();
        let is_bad = |number: usize| number.is_multiple_of(7);
        let checks = (0..3 * MAX_BATCH).map(|number| checker.verify(if is_bad(number) { &dishonest } else { &honest }, proof.clone()));
        for (number, answer) in join_all(checks).await.into_iter().enumerate() {
            assert_eq!(answer.unwrap(), !is_bad(number), "{number}");
        }
        assert!(checker.verify(&honest, proof).await.unwrap(), "whoever comes later is heard");
        assert_eq!(checker.0.line.waiting(), 0);
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_costs_nobody_their_answer() {
        let (proof, honest, _) = presented().await;
        let checker = checker();
        // Somebody verifies, so whoever asks now waits, however fast the machine.
        checker.0.line.set_at_work(1);
        let mut leaving: Vec<_> = (0..8).map(|_| Box::pin(checker.verify(&honest, proof.clone()))).collect();
        for check in &mut leaving {
            assert!(futures_util::poll!(check.as_mut()).is_pending());
        }
        drop(leaving);
        checker.0.line.set_at_work(0);
        assert!(checker.verify(&honest, proof).await.unwrap());
        assert_eq!(checker.0.line.waiting(), 0);
    }
}
