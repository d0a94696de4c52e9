//! Running a witness program on inputs the native check would refuse.

use ark_bn254::Fr;

use crate::assignment::program::{RunError, WitnessProgram};
use crate::curve::to_library;

/// A witness program, for tests that feed it what the native check would refuse.
pub struct Program(WitnessProgram);

impl Program {
    /// Reads a program file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        WitnessProgram::parse(bytes).map(Self)
    }

    /// Constraints of the circuit.
    pub fn constraints(&self) -> usize {
        self.0.constraints()
    }

    /// All wires that follow from these inputs.
    ///
    /// # Errors
    /// The first constraint that does not hold; none when the number of inputs is wrong.
    pub fn run(&self, inputs: &[Fr]) -> Result<Vec<Fr>, Option<usize>> {
        match self.0.run(inputs) {
            Ok(assignment) => Ok(assignment.wires.iter().map(to_library).collect()),
            Err(RunError::Unsatisfied(constraint)) => Err(Some(constraint)),
            Err(RunError::InputCount) => Err(None),
        }
    }
}
