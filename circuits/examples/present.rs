//! Writes a random valid presentation in the formats of snarkjs, so that anyone can check ours with an independent implementation.
//!
//! `cargo run --release -p passid-circuits --example present -- --out DIRECTORY` writes `input.json` (for `claims_v1.wasm`),
//! `proof.json`, `public.json`, `verification_key.json`, and `witness.wtns`, which circom's own witness generator must reproduce.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use passid_circuits::tools::{Program, circom_input, named_inputs, sample, wtns};
use passid_circuits::{ArtifactFile, Artifacts, CancelToken, Prover};
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [flag, directory] = arguments.as_slice() else {
        return Err("usage: present --out DIRECTORY".into());
    };
    if flag != "--out" {
        return Err("usage: present --out DIRECTORY".into());
    }
    let directory = PathBuf::from(directory);
    fs::create_dir_all(&directory)?;
    let mut rng = UnwrapErr(SysRng);

    let (statement, witness) = sample::presentation(&mut rng)?;
    let artifacts = Artifacts::embedded();
    let prover = Prover::load(&artifacts)?;
    let proof = prover.prove(&statement, &witness, &mut rng, &mut |_| (), &CancelToken::new())?;

    let input = serde_json::to_string_pretty(&circom_input(&statement, &witness)?)?;
    fs::write(directory.join("input.json"), input)?;
    let inputs: Vec<_> = named_inputs(&statement, &witness).into_iter().map(|(_, value)| value).collect();
    let wires = Program::parse(&artifacts.witness_program)?.run(&inputs).map_err(|_| "the witness does not satisfy the circuit")?;
    fs::write(directory.join("witness.wtns"), wtns::write(&wires)?)?;
    fs::write(directory.join("proof.json"), serde_json::to_string_pretty(&proof.to_snarkjs())?)?;
    fs::write(directory.join("public.json"), serde_json::to_string_pretty(&statement.public_signals())?)?;
    fs::write(directory.join(ArtifactFile::VerificationKey.name()), &artifacts.verification_key)?;
    Ok(())
}
