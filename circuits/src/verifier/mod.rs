//! Verifying a presentation: strict about everything a proof library leaves open.

mod batch;
mod inputs;
pub(crate) mod key;
mod pairing;
mod prepared;

use ark_ec::CurveGroup;
use ark_ff::Field;

use self::pairing::Lines;
use self::prepared::PreparedKey;
use crate::artifacts::{ArtifactError, ArtifactFile, EMBEDDED_VERIFICATION_KEY};
use crate::curve::{Fr, from_library};
use crate::{FieldElement, PUBLIC_SIGNALS, Proof, Statement};

/// Checks proofs against the pinned verification key. Cheap to share, safe to use from many threads.
pub struct Verifier {
    key: PreparedKey,
}

/// Why a proof was not accepted. Treat every variant as "no".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Not exactly as many public signals as the circuit has.
    #[error("the circuit has 11 public signals, not {found}")]
    SignalCount {
        /// How many there were.
        found: usize,
    },
    /// The equation of Groth16 does not hold: the proof does not prove this statement.
    #[error("the proof does not prove this statement")]
    Invalid,
}

impl VerifyError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignalCount { .. } => "public_signal_count",
            Self::Invalid => "proof_invalid",
        }
    }
}

impl Verifier {
    /// Loads a verification key: the JSON of snarkjs, with the pinned SHA-256.
    ///
    /// # Errors
    /// [`ArtifactError`] when the pin does not match or the key is malformed or unsafe.
    pub fn load(verification_key: &[u8]) -> Result<Self, ArtifactError> {
        ArtifactFile::VerificationKey.check(verification_key)?;
        let key = PreparedKey::new(&key::parse(verification_key)?);
        Ok(Self { key: key.ok_or(ArtifactError::Malformed { file: ArtifactFile::VerificationKey.name(), reason: "alpha and beta have no pairing" })? })
    }

    /// Loads the verification key compiled into this program.
    ///
    /// # Errors
    /// [`ArtifactError`] when the program was built from damaged files.
    pub fn embedded() -> Result<Self, ArtifactError> {
        Self::load(&EMBEDDED_VERIFICATION_KEY)
    }

    /// Whether the proof proves the statement.
    ///
    /// Says nothing about the root being current, the nullifier being new or the clock being right: that is the caller's.
    ///
    /// # Errors
    /// [`VerifyError::Invalid`] when it does not.
    pub fn verify(&self, statement: &Statement, proof: &Proof) -> Result<(), VerifyError> {
        self.verify_signals(&statement.public_signals(), proof)
    }

    /// Whether the proof proves a statement given as public signals.
    ///
    /// # Errors
    /// [`VerifyError::SignalCount`] for another number than [`PUBLIC_SIGNALS`], [`VerifyError::Invalid`] when the proof fails.
    pub fn verify_signals(&self, signals: &[FieldElement], proof: &Proof) -> Result<(), VerifyError> {
        let signals: &[FieldElement; PUBLIC_SIGNALS] = signals.try_into().map_err(|_| VerifyError::SignalCount { found: signals.len() })?;
        let scalars: [Fr; PUBLIC_SIGNALS + 1] = with_one(Fr::ONE, &signals.map(|signal| from_library(signal.as_fr())));
        let key = &self.key;
        let inputs = key.inputs.sum(&scalars).into_affine();
        let lines = Lines::of(&proof.b);
        let product = pairing::miller_loop(&[(proof.a, &lines), (inputs, &key.minus_gamma), (proof.c, &key.minus_delta)]);
        if pairing::finish(&product) == Some(key.alpha_beta) { Ok(()) } else { Err(VerifyError::Invalid) }
    }
}

/// The scalars of the input points: the constant's, then the signals'.
fn with_one(constant: Fr, signals: &[Fr; PUBLIC_SIGNALS]) -> [Fr; PUBLIC_SIGNALS + 1] {
    let mut scalars = [constant; PUBLIC_SIGNALS + 1];
    for (target, signal) in scalars.iter_mut().skip(1).zip(signals) {
        *target = *signal;
    }
    scalars
}

impl core::fmt::Debug for Verifier {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("Verifier(claims_v1)")
    }
}
