//! Attacks a compiled circuit and says what it found; `mutants/run` calls it on circuits with a constraint removed.
//!
//! `cargo run --release -p passid-circuits --example attack -- CIRCUIT.r1cs CIRCUIT.sym` exits 0 when every attack failed, 1 when one
//! succeeded (printing which), 2 when the files cannot be read.

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use ark_bn254::Fr;
use passid_circuits::tools::sample;
use passid_circuits::tools::soundness::corruptions::{self, Scene};
use passid_circuits::tools::soundness::{Circuit, Inputs, jacobian, wires};
use rand::SeedableRng;
use rand::rngs::StdRng;

fn first_weakness(constraints: &[u8], symbols: &str) -> Result<Option<String>, Box<dyn Error>> {
    let circuit = match Circuit::load(constraints, symbols) {
        Ok(circuit) => circuit,
        Err(reason) => return Ok(Some(format!("solving: {reason}"))),
    };
    for corruption in corruptions::all()? {
        if circuit.solve(&corruption.inputs).is_ok() {
            return Ok(Some(format!("corruption: {}", corruption.name)));
        }
    }
    if !wires::refuses_zero(&circuit, "main.commitment") {
        return Ok(Some("zero: nothing refuses a commitment of zero".to_owned()));
    }
    let scene = Scene::new()?;
    let without_predicates = Inputs::honest(&scene.statement()?, &scene.witness);
    let (statement, witness) = sample::presentation(&mut StdRng::seed_from_u64(1))?;
    for inputs in [Inputs::honest(&statement, &witness), without_predicates] {
        let Ok(satisfying) = circuit.solve(&inputs) else { return Ok(Some("an honest witness is refused".to_owned())) };
        if let Some(wire) = jacobian::undetermined(&circuit, &satisfying).first() {
            return Ok(Some(format!("uniqueness: {wire} is not determined")));
        }
        if let Some((wire, change)) = wires::unconstrained(&circuit, &satisfying, Fr::from(7u64)).first() {
            return Ok(Some(format!("wire: {wire} {change}")));
        }
    }
    Ok(None)
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the output is the product")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [constraints, symbols] = arguments.as_slice() else {
        eprintln!("usage: attack CIRCUIT.r1cs CIRCUIT.sym");
        return ExitCode::from(2);
    };
    let files = fs::read(constraints).and_then(|constraints| Ok((constraints, fs::read_to_string(symbols)?)));
    match files.map_err(Into::into).and_then(|(constraints, symbols)| first_weakness(&constraints, &symbols)) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(weakness)) => {
            println!("{weakness}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
