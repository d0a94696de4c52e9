//! Proving a presentation: a native check with precise errors, the witness, the quotient, the group operations, and a look at the
//! result through the verifier's eyes before anybody gets it.

mod buckets;
mod cancel;
mod endomorphism;
mod groth16;
mod key;
mod msm;
mod quotient;

use std::sync::{Mutex, TryLockError};

use ark_ff::PrimeField;
use rand::CryptoRng;
use zeroize::Zeroizing;

pub use self::cancel::CancelToken;
pub(crate) use self::key::ProvingKey;
use self::quotient::QuotientDomain;
use crate::artifacts::{ArtifactError, ArtifactFile, Artifacts};
use crate::assignment::inputs;
use crate::assignment::program::{RunError, WitnessProgram};
use crate::binary::Malformed;
use crate::curve::Fr;
use crate::{PUBLIC_SIGNALS, Proof, Statement, Verifier, Witness, WitnessError};

/// Makes proofs. Holds the keys (about 4 MiB); make one and keep it.
pub struct Prover {
    key: ProvingKey,
    program: WitnessProgram,
    domain: QuotientDomain,
    verifier: Verifier,
    /// Held while a proof is made, so that two cannot compete for a phone's memory.
    busy: Mutex<()>,
}

/// How far a proof has come, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProveStage {
    /// Checking that the witness satisfies the statement.
    Checking,
    /// Computing every wire.
    Witness,
    /// Computing the quotient polynomial.
    Quotient,
    /// The group operations, most of the time.
    Group,
    /// Verifying the finished proof.
    Verifying,
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The witness does not satisfy the statement; the inner error says what a person can do.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The caller cancelled. Start again when wanted.
    #[error("proving was cancelled")]
    Cancelled,
    /// This prover is making another proof. Wait for it.
    #[error("this prover is already making a proof")]
    Busy,
    /// The native check passed but a constraint does not hold: a defect of this program. Report it; nothing was leaked.
    #[error("constraint {constraint} does not hold")]
    Unsatisfied {
        /// Which constraint.
        constraint: usize,
    },
    /// The finished proof does not verify: a defect of this program or of the device's memory. Try once more, then report it.
    #[error("the finished proof does not verify")]
    SelfCheck,
}

impl ProveError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Witness(error) => error.code(),
            Self::Cancelled => "prove_cancelled",
            Self::Busy => "prover_busy",
            Self::Unsatisfied { .. } => "constraint_unsatisfied",
            Self::SelfCheck => "proof_self_check_failed",
        }
    }
}

impl Prover {
    /// Loads a prover from the circuit's files after checking their pins.
    ///
    /// # Errors
    /// [`ArtifactError`] names the file that is not the pinned one or is malformed.
    pub fn load(artifacts: &Artifacts) -> Result<Self, ArtifactError> {
        let malformed = |file: ArtifactFile| move |reason| ArtifactError::Malformed { file: file.name(), reason };
        ArtifactFile::ProvingKey.check(&artifacts.proving_key)?;
        ArtifactFile::WitnessProgram.check(&artifacts.witness_program)?;
        let verifier = Verifier::load(&artifacts.verification_key)?;
        let key = ProvingKey::parse(&artifacts.proving_key).map_err(|Malformed(reason)| malformed(ArtifactFile::ProvingKey)(reason))?;
        let program = WitnessProgram::parse(&artifacts.witness_program).map_err(malformed(ArtifactFile::WitnessProgram))?;
        let rows = program.constraints() + program.public_signals() + 1;
        let domain = QuotientDomain::new(key.quotient.len());
        let domain = domain.filter(|_| {
            key.a.len() == program.wires() && key.public_signals == PUBLIC_SIGNALS && program.public_signals() == PUBLIC_SIGNALS && rows <= key.quotient.len()
        });
        let domain = domain.ok_or(malformed(ArtifactFile::ProvingKey)("it belongs to another circuit"))?;
        Ok(Self { key, program, domain, verifier, busy: Mutex::new(()) })
    }

    /// Loads the prover compiled into this program.
    ///
    /// # Errors
    /// [`ArtifactError`] when the program was built from damaged files.
    #[cfg(feature = "prover")]
    pub fn embedded() -> Result<Self, ArtifactError> {
        Self::load(&Artifacts::embedded())
    }

    /// Proves the statement.
    ///
    /// Takes tens of milliseconds of every core of the rayon pool it runs in: call it from a thread that may block. `progress`
    /// is told each stage as it begins. The proof was verified before it is returned.
    ///
    /// # Errors
    /// [`ProveError::Witness`] before any proving when the witness does not satisfy the statement; otherwise see [`ProveError`].
    pub fn prove(
        &self,
        statement: &Statement,
        witness: &Witness,
        rng: &mut impl CryptoRng,
        progress: &mut dyn FnMut(ProveStage),
        cancel: &CancelToken,
    ) -> Result<Proof, ProveError> {
        let _alone = match self.busy.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::WouldBlock) => return Err(ProveError::Busy),
            // A panic of an earlier proof left nothing behind that this lock guards.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        let mut enter = |stage| {
            progress(stage);
            cancel.check()
        };
        enter(ProveStage::Checking)?;
        witness.check(statement)?;
        enter(ProveStage::Witness)?;
        let inputs = inputs::inputs(statement, witness);
        let assignment = self.program.run(&inputs).map_err(|error| match error {
            RunError::Unsatisfied(constraint) => ProveError::Unsatisfied { constraint },
            RunError::InputCount => ProveError::Unsatisfied { constraint: 0 },
        })?;
        enter(ProveStage::Quotient)?;
        let quotient = self.domain.quotient(&assignment, PUBLIC_SIGNALS);
        enter(ProveStage::Group)?;
        let blinding = Zeroizing::new([uniform(rng), uniform(rng)]);
        let proof = groth16::prove(&self.key, &assignment, &quotient, &blinding, cancel)?;
        enter(ProveStage::Verifying)?;
        let proof = Proof::new(proof.a, proof.b, proof.c).map_err(|_| ProveError::SelfCheck)?;
        self.verifier.verify(statement, &proof).map_err(|_| ProveError::SelfCheck)?;
        Ok(proof)
    }
}

/// A uniform scalar; the same rule as [`crate::FieldElement::random`].
fn uniform(rng: &mut impl CryptoRng) -> Fr {
    let mut bytes = Zeroizing::new([0u8; 48]);
    rng.fill_bytes(bytes.as_mut());
    Fr::from_be_bytes_mod_order(bytes.as_ref())
}

impl core::fmt::Debug for Prover {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Prover(claims_v1)")
    }
}
