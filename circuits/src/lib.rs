//! The presentation statement and its Groth16 proof: values, hashes, statement, witness, proof, verification.
//!
//! This crate speaks of slots and integers; what a slot means is decided elsewhere. Every hash and packing here has a twin in
//! `circuits/templates`, and the tests hold the two together.

mod claims;
mod commitment;
mod expand;
mod field;
mod header;
mod packing;
mod poseidon;
mod predicate;
mod secret;
mod statement;
pub mod tree;
mod witness;

pub use claims::{CLAIM_BITS, CLAIM_SLOTS, Claims, ClaimsError};
pub use commitment::{
    applicant_reference, credential_commitment, holder_commitment, session_nullifier,
};
pub use expand::hash_to_field;
pub use field::{FieldElement, FieldError};
pub use header::{CredentialHeader, HeaderError, TIME_LIMIT};
pub use predicate::{Operator, PREDICATE_COUNT, Predicate};
pub use secret::{SecretElement, SecretError};
pub use statement::{
    PUBLIC_SIGNALS, PresentationRequest, Statement, StatementError, StatementFields,
};
pub use witness::{Witness, WitnessError};
