//! Everything that reads bytes of strangers, or files behind their pin, as one function each that must never panic. The fuzz targets
//! call them, and so does a test on each corpus with seeded changes.

use ark_bn254::Fr;
use ark_ff::Field;

use crate::assignment::program::WitnessProgram;
use crate::prover::ProvingKey;
use crate::{FieldElement, Proof, SnarkjsProof, Statement, verifier};

/// A function to fuzz and the directory of its corpus.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// All of them; each answers whether the bytes were accepted, and panics where something accepted has a second spelling.
pub const TARGETS: [Target; 5] =
    [("proof", proof), ("statement", statement), ("verification_key", verification_key), ("proving_key", proving_key), ("witness_program", witness_program)];

/// Whether these bytes are a proof, as bytes, base64url, or JSON of snarkjs.
///
/// # Panics
/// When an accepted proof is not written the way it was read.
pub fn proof(bytes: &[u8]) -> bool {
    let compact = Proof::from_bytes(bytes).is_ok_and(|proof| {
        assert_eq!(proof.to_bytes(), bytes);
        true
    });
    let Ok(text) = core::str::from_utf8(bytes) else { return compact };
    let base64 = Proof::from_base64url(text).is_ok_and(|proof| {
        assert_eq!(proof.to_base64url(), text);
        true
    });
    let json = serde_json::from_str::<SnarkjsProof>(text).is_ok_and(|json| {
        Proof::from_snarkjs(&json).is_ok_and(|proof| {
            assert_eq!(proof.to_snarkjs(), json);
            true
        })
    });
    compact || base64 || json
}

/// Whether these bytes are the JSON of a statement or of public signals.
///
/// # Panics
/// When something accepted cannot be read again from what it writes.
pub fn statement(bytes: &[u8]) -> bool {
    let statement = serde_json::from_slice::<Statement>(bytes).is_ok_and(|statement| {
        assert_eq!(statement.public_signals().len(), crate::PUBLIC_SIGNALS);
        assert_eq!(again(&statement), Some(statement));
        true
    });
    let signals = serde_json::from_slice::<Vec<FieldElement>>(bytes).is_ok_and(|signals| {
        assert_eq!(again(&signals), Some(signals));
        true
    });
    statement || signals
}

/// What is read from what a value writes.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> Option<T> {
    serde_json::from_slice(&serde_json::to_vec(value).ok()?).ok()
}

/// Whether these bytes parse as a verification key.
pub fn verification_key(bytes: &[u8]) -> bool {
    verifier::key::parse(bytes).is_ok()
}

/// Whether these bytes parse as a proving key.
pub fn proving_key(bytes: &[u8]) -> bool {
    ProvingKey::parse(bytes).is_ok()
}

/// Whether these bytes parse as a witness program; one that does is run.
pub fn witness_program(bytes: &[u8]) -> bool {
    WitnessProgram::parse(bytes).is_ok_and(|program| program.run(&vec![Fr::ONE; program.inputs()]).is_ok())
}
