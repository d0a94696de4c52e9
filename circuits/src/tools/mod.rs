//! What builds and examines the circuit's files. Never part of what ships: compiled for tests, examples and generators only.

mod circom_input;
mod hashes;
#[cfg(feature = "prover")]
pub mod parsers;
#[cfg(feature = "prover")]
mod program;
pub mod program_builder;
pub mod r1cs;
pub mod sample;
#[cfg(feature = "prover")]
pub mod soundness;
mod symbols;
pub mod wtns;

use ark_bn254::Fr;
use rand::SeedableRng;
use rand::rngs::StdRng;

pub use self::circom_input::circom_input;
pub use self::hashes::poseidon_cases;
#[cfg(feature = "prover")]
pub use self::program::Program;
use crate::assignment::inputs;
use crate::{Statement, Witness, WitnessError};

/// The native inputs of the circuit with the names of their signals, in the order the witness program takes them.
pub fn named_inputs(statement: &Statement, witness: &Witness) -> Vec<(String, Fr)> {
    inputs::named_inputs(statement, witness)
}

/// The names of the native inputs.
///
/// # Errors
/// None in practice: they are read off a sample presentation.
pub fn input_names() -> Result<Vec<String>, WitnessError> {
    let (statement, witness) = sample::presentation(&mut StdRng::seed_from_u64(0))?;
    Ok(named_inputs(&statement, &witness).into_iter().map(|(name, _)| name).collect())
}
