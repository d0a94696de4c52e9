//! Our wires against the ones of circom's own witness generator, value by value. Behind `oracle`, because it brings a WebAssembly JIT.
#![cfg(feature = "oracle")]

use std::fs;
use std::path::Path;

use ark_bn254::Fr;
use ark_circom::{CircomBuilder, CircomConfig};
use passid_circuits::tools::soundness::{Circuit, Inputs};
use passid_circuits::tools::{circom_input, sample};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

/// ark-circom reads lists of numbers, but not lists of lists.
fn flat(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.iter().flat_map(flat).collect(),
        value => vec![value.clone()],
    }
}

#[test]
fn every_wire_is_the_one_circom_computes() {
    let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts");
    let circuit = Circuit::load(include_bytes!("../artifacts/claims_v1.r1cs"), include_str!("../artifacts/claims_v1.sym")).expect("committed");
    let directory = tempfile::tempdir().expect("directory");
    for seed in 0..3 {
        let (statement, witness) = sample::presentation(&mut StdRng::seed_from_u64(seed)).expect("valid");
        let ours = circuit.solve(&Inputs::honest(&statement, &witness)).expect("satisfied");

        let mut input = circom_input(&statement, &witness).expect("in range");
        input["children"] = flat(&input["children"]).into();
        let file = directory.path().join("input.json");
        fs::write(&file, input.to_string()).expect("written");
        let config = CircomConfig::<Fr>::new(artifacts.join("claims_v1.wasm"), artifacts.join("claims_v1.r1cs")).expect("committed");
        let mut builder = CircomBuilder::new(config);
        builder.load_input_json(&file).expect("readable");
        let theirs = builder.build().expect("satisfied").witness.expect("computed");
        assert!(ours == theirs, "seed {seed}");
    }
}
