//! The presentation statement and its Groth16 proof: values, hashes, statement, witness, proof, verification.
//!
//! This crate speaks of slots and integers; what a slot means is decided elsewhere. Every hash and packing here has a twin in
//! `circuits/templates`, and the tests hold the two together.

mod artifacts;
#[cfg(any(feature = "prover", feature = "tools"))]
mod assignment;
#[cfg(any(feature = "prover", feature = "tools"))]
mod binary;
mod claims;
mod commitment;
mod curve;
mod decimal;
mod expand;
mod field;
mod header;
mod manifest;
mod packing;
mod poseidon;
mod predicate;
mod proof;
#[cfg(feature = "prover")]
mod prover;
mod secret;
mod statement;
#[cfg(feature = "tools")]
pub mod tools;
pub mod tree;
mod verifier;
mod witness;

pub use artifacts::{ArtifactError, ArtifactFile, Artifacts};
pub use claims::{CLAIM_BITS, CLAIM_SLOTS, Claims, ClaimsError};
pub use commitment::{applicant_reference, credential_commitment, holder_commitment, session_nullifier};
pub use expand::hash_to_field;
pub use field::{FieldElement, FieldError};
pub use header::{CredentialHeader, HeaderError, TIME_LIMIT};
pub use manifest::{CircuitManifest, circuit_manifest};
pub use predicate::{Operator, PREDICATE_COUNT, Predicate};
pub use proof::{PROOF_BYTES, Proof, ProofError, SnarkjsProof};
#[cfg(feature = "prover")]
pub use prover::{CancelToken, ProveError, ProveStage, Prover};
pub use secret::{SecretElement, SecretError};
pub use statement::{PUBLIC_SIGNALS, PresentationRequest, Statement, StatementError, StatementFields};
pub use verifier::{Verifier, VerifyError};
pub use witness::{Witness, WitnessError};
