//! Attacks on a compiled circuit. The tests run them on the committed one, the mutants runner on circuits with a constraint removed.

pub mod corruptions;
pub mod jacobian;
pub mod wires;

use ark_bn254::Fr;

use super::program_builder;
use super::r1cs::ConstraintSystem;
use super::symbols;
use super::{Program, input_names, named_inputs};
use crate::{Statement, Witness};

/// A compiled circuit with the names of its wires.
pub struct Circuit {
    /// The constraints.
    pub system: ConstraintSystem,
    /// One name per wire.
    pub names: Vec<String>,
    program: Program,
}

/// The native inputs of the circuit, by the name of their signal.
#[derive(Clone)]
pub struct Inputs {
    names: Vec<String>,
    values: Vec<Fr>,
}

impl Inputs {
    /// What an honest prover would feed the circuit; nothing is checked.
    pub fn honest(statement: &Statement, witness: &Witness) -> Self {
        let (names, values) = named_inputs(statement, witness).into_iter().unzip();
        Self { names, values }
    }

    /// The value of a signal; zero if there is none of this name.
    pub fn get(&self, name: &str) -> Fr {
        self.position(name).map(|index| self.values[index]).unwrap_or_default()
    }

    /// Replaces the value of a signal.
    pub fn set(&mut self, name: &str, value: Fr) {
        if let Some(index) = self.position(name) {
            self.values[index] = value;
        }
    }

    /// Adds to the value of a signal.
    pub fn add(&mut self, name: &str, value: Fr) {
        self.set(name, self.get(name) + value);
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

impl Circuit {
    /// Reads a compiled circuit (`.r1cs` and `.sym`).
    ///
    /// # Errors
    /// What is wrong with the files, or which wire no constraint defines: that wire is free, and the circuit unsound.
    pub fn load(constraints: &[u8], symbols: &str) -> Result<Self, String> {
        let system = ConstraintSystem::parse(constraints)?;
        let mut names = vec![String::from("one"); system.wires];
        for (name, wire) in symbols::parse(symbols)? {
            if let Some(target) = wire.and_then(|wire| names.get_mut(wire)) {
                name.clone_into(target);
            }
        }
        let inputs = input_names().map_err(|error| error.to_string())?;
        let program = program_builder::build(&system, symbols, &inputs)?;
        Ok(Self { system, names, program: Program::parse(&program)? })
    }

    /// All wires that follow from the inputs.
    ///
    /// # Errors
    /// The first constraint that does not hold.
    pub fn solve(&self, inputs: &Inputs) -> Result<Vec<Fr>, usize> {
        self.program.run(&inputs.values).map_err(|constraint| constraint.unwrap_or(usize::MAX))
    }

    /// The names of the wires a constraint reads.
    pub fn describe(&self, constraint: usize) -> Vec<&str> {
        let Some(constraint) = self.system.constraints.get(constraint) else { return Vec::new() };
        [&constraint.a, &constraint.b, &constraint.c].into_iter().flatten().filter_map(|(wire, _)| self.names.get(*wire).map(String::as_str)).collect()
    }
}
