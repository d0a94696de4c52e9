//! The parsers of the circuit's files without their pins, for fuzzing what lies behind the pin.

use ark_bn254::Fr;
use ark_ff::Field;

use crate::assignment::program::WitnessProgram;
use crate::prover::ProvingKey;
use crate::verifier;

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
