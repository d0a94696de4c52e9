//! Whether the inputs of a compiled template determine all its other wires; `tests/templates.mjs` calls it on each template alone.
//!
//! `cargo run --release -p passid-circuits --example unique -- FILE.r1cs FILE.sym FILE.wtns INPUT…` exits 0 when the witness satisfies the
//! constraints and their Jacobian at this point has full rank over all wires that are not inputs, 1 when not.

use std::error::Error;
use std::fs;

use passid_circuits::tools::r1cs::ConstraintSystem;
use passid_circuits::tools::soundness::jacobian;
use passid_circuits::tools::wtns;

#[expect(clippy::print_stdout, reason = "the output is the product")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [constraints, symbols, witness, inputs @ ..] = arguments.as_slice() else { return Err("usage: unique FILE.r1cs FILE.sym FILE.wtns INPUT…".into()) };
    let system = ConstraintSystem::parse(&fs::read(constraints)?)?;
    let wires = wtns::read(&fs::read(witness)?)?;
    if wires.len() != system.wires {
        return Err("the witness has another number of wires".into());
    }
    if let Some(constraint) = system.first_unsatisfied(&wires) {
        return Err(format!("constraint {constraint} does not hold").into());
    }
    let undetermined = jacobian::undetermined_by(&system, &fs::read_to_string(symbols)?, inputs, &wires)?;
    if !undetermined.is_empty() {
        return Err(format!("wires {undetermined:?} do not follow from the inputs").into());
    }
    println!("{} constraints determine all {} wires", system.constraints.len(), system.wires);
    Ok(())
}
