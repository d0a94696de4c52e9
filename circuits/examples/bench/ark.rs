//! The same proof and its verification by ark-groth16, from the same key.

use std::error::Error;
use std::io::Cursor;

use ark_bn254::{Bn254, Fr};
use ark_circom::{CircomReduction, read_zkey};
use ark_groth16::{Groth16, prepare_verifying_key};
use passid_circuits::Artifacts;
use passid_circuits::tools::{Program, named_inputs};
use serde_json::{Value, json};

use crate::{Presentations, time};

/// Adds ark-groth16's figures to the report.
pub(crate) fn beside(mut report: Value, rounds: usize, presentations: &Presentations) -> Result<Value, Box<dyn Error>> {
    let artifacts = Artifacts::embedded();
    let (key, matrices) = read_zkey(&mut Cursor::new(&artifacts.proving_key)).map_err(|error| error.to_string())?;
    let program = Program::parse(&artifacts.witness_program)?;
    let (statement, witness) = &presentations[0];
    let inputs: Vec<_> = named_inputs(statement, witness).into_iter().map(|(_, value)| value).collect();
    let wires = program.run(&inputs).map_err(|_| "the witness does not satisfy the circuit")?;
    let (public, constraints) = (matrices.num_instance_variables, matrices.num_constraints);
    let matrices = [matrices.a, matrices.b, matrices.c];
    let (first, second) = (Fr::from(3u64), Fr::from(5u64));
    let make = || Groth16::<Bn254, CircomReduction>::create_proof_with_reduction_and_matrices(&key, first, second, &matrices, public, constraints, &wires);
    let prove = time(rounds, |_| make().is_ok())?;
    let proof = make()?;
    let prepared = prepare_verifying_key(&key.vk);
    let verify = time(rounds * 10, |_| Groth16::<Bn254, CircomReduction>::verify_proof(&prepared, &proof, &wires[1..public]).is_ok_and(|holds| holds))?;
    report["ark_groth16"] = json!({ "prove_ms": prove, "verify_ms": verify });
    Ok(report)
}
