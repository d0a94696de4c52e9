//! The institution checks a verification without trusting the issuer's server: statement, proof and signed head, on its own machine.

use std::time::{Duration, Instant};

use passid_api::issuer::TreeHead;
use passid_api::jws::{DocumentType, JwsError, KeyPurpose, KeySet};
use passid_circuits::{ArtifactError, Proof, Statement, Verifier, VerifyError};
use serde::Deserialize;

/// What `GET /v1/verifications/{id}/evidence` answers.
#[derive(Deserialize)]
struct Evidence {
    statement: Statement,
    proof: Proof,
    head: String,
}

/// Why the evidence does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum EvidenceError {
    /// Not of the documented form.
    #[error("the evidence is not of the documented form: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The head's signature does not verify.
    #[error("the tree head: {0}")]
    Head(#[from] JwsError),
    /// The proof is for another root than the signed one.
    #[error("the proof is for another tree than the signed head")]
    OtherRoot,
    /// The proof does not verify.
    #[error("the proof: {0}")]
    Proof(#[from] VerifyError),
    /// The verification key does not match its pin.
    #[error("the verification key: {0}")]
    Key(#[from] ArtifactError),
}

/// Checks signature, root and proof, and tells how long the proof's verification took.
pub(super) fn check(evidence: serde_json::Value, keys: &KeySet) -> Result<Duration, EvidenceError> {
    let evidence: Evidence = serde_json::from_value(evidence)?;
    let (head, _) = keys.verify::<TreeHead>(DocumentType::TreeHead, KeyPurpose::Credential, &evidence.head)?;
    if head.root != evidence.statement.merkle_root.to_string() {
        return Err(EvidenceError::OtherRoot);
    }
    let verifier = Verifier::embedded()?;
    let begun = Instant::now();
    verifier.verify(&evidence.statement, &evidence.proof)?;
    Ok(begun.elapsed())
}
