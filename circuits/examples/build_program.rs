//! Writes `artifacts/claims_v1.program` from the compiled circuit; run by `ceremony/run` after compiling.
//!
//! `cargo run -p passid-circuits --no-default-features --features tools --example build_program -- CIRCUIT.r1cs CIRCUIT.sym OUTPUT`

use std::error::Error;
use std::fs;

use passid_circuits::tools::{input_names, program_builder, r1cs::ConstraintSystem};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [constraints, symbols, output] = arguments.as_slice() else {
        return Err("usage: build_program CIRCUIT.r1cs CIRCUIT.sym OUTPUT".into());
    };
    let system = ConstraintSystem::parse(&fs::read(constraints)?)?;
    let program = program_builder::build(&system, &fs::read_to_string(symbols)?, &input_names()?)?;
    fs::write(output, program)?;
    Ok(())
}
