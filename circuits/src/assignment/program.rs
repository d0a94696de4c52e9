//! The witness program: every wire of the circuit in an order in which it follows from the ones before, run over the field itself.
//!
//! The program is the constraint system, reordered. A row either defines the one wire it does not know yet or checks wires that are
//! all known, so a finished run has satisfied every constraint: a wrong input cannot yield a witness.

use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField};
use zeroize::Zeroizing;

use super::{MAGIC, NO_WIRE, VERSION};
use crate::binary::{Malformed, Reader};
use crate::curve::{Fr, from_library};

/// A loaded program.
pub(crate) struct WitnessProgram {
    wires: usize,
    public_signals: usize,
    input_wires: Vec<u16>,
    coefficients: Vec<Fr>,
    /// Terms of all combinations, one after another.
    terms: Vec<Term>,
    /// Where each combination's terms begin; one more entry than combinations.
    starts: Vec<u32>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy)]
struct Term {
    wire: u16,
    coefficient: u16,
}

struct Row {
    constraint: u16,
    left: u16,
    right: u16,
    product: u16,
    target: u16,
    factor: u16,
}

/// A satisfying assignment and the factors of every constraint, in the circuit's order. Wiped when dropped.
pub(crate) struct Assignment {
    /// All wires; wire 0 is one, then the public signals.
    pub(crate) wires: Zeroizing<Vec<Fr>>,
    /// Value of `a` per constraint.
    pub(crate) left: Zeroizing<Vec<Fr>>,
    /// Value of `b` per constraint.
    pub(crate) right: Zeroizing<Vec<Fr>>,
}

/// Why a run found no witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunError {
    /// Another number of inputs than the program has.
    InputCount,
    /// This constraint does not hold.
    Unsatisfied(usize),
}

impl WitnessProgram {
    /// Reads a program file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        Self::read(bytes).map_err(|Malformed(reason)| reason)
    }

    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        if reader.array()? != MAGIC || reader.u32()? != VERSION {
            return Err(Malformed("it is another kind of file"));
        }
        let wires = reader.index()?;
        let public_signals = reader.index()?;
        let [inputs, coefficient_count, combinations, row_count] = [reader.index()?, reader.index()?, reader.index()?, reader.index()?];
        if wires > usize::from(NO_WIRE) || public_signals >= wires {
            return Err(Malformed("it has too many wires"));
        }

        let input_wires = reader.take(inputs.checked_mul(2).ok_or(Malformed("a number is too large"))?)?;
        let input_wires: Vec<u16> = input_wires.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        if input_wires.iter().any(|wire| *wire != NO_WIRE && usize::from(*wire) >= wires) {
            return Err(Malformed("a wire does not exist"));
        }
        let mut coefficients = Vec::new();
        for _ in 0..coefficient_count {
            let value = Fr::from_bigint(BigInt(reader.limbs()?)).ok_or(Malformed("a coefficient is not canonical"))?;
            coefficients.push(value);
        }
        let mut terms = Vec::new();
        let mut starts = vec![0];
        for _ in 0..combinations {
            for _ in 0..reader.u16()? {
                let term = Term { wire: reader.u16()?, coefficient: reader.u16()? };
                if usize::from(term.wire) >= wires || usize::from(term.coefficient) >= coefficients.len() {
                    return Err(Malformed("a term points outside its tables"));
                }
                terms.push(term);
            }
            starts.push(u32::try_from(terms.len()).map_err(|_| Malformed("it has too many terms"))?);
        }
        let mut rows = Vec::new();
        for _ in 0..row_count {
            let row = Row {
                constraint: reader.u16()?,
                left: reader.u16()?,
                right: reader.u16()?,
                product: reader.u16()?,
                target: reader.u16()?,
                factor: reader.u16()?,
            };
            let combination_exists = [row.left, row.right, row.product].iter().all(|index| usize::from(*index) < combinations);
            let target_exists = row.target == NO_WIRE || (usize::from(row.target) < wires && usize::from(row.factor) < coefficients.len());
            if !combination_exists || !target_exists || usize::from(row.constraint) >= row_count {
                return Err(Malformed("a row points outside its tables"));
            }
            rows.push(row);
        }
        reader.end()?;
        Ok(Self { wires, public_signals, input_wires, coefficients, terms, starts, rows })
    }

    /// Constraints of the circuit.
    pub(crate) fn constraints(&self) -> usize {
        self.rows.len()
    }

    /// Wires of the circuit, the constant one included.
    pub(crate) const fn wires(&self) -> usize {
        self.wires
    }

    /// Public signals of the circuit.
    pub(crate) const fn public_signals(&self) -> usize {
        self.public_signals
    }

    /// Inputs the program takes.
    #[cfg(feature = "tools")]
    pub(crate) const fn inputs(&self) -> usize {
        self.input_wires.len()
    }

    /// Computes all wires from the inputs.
    ///
    /// # Errors
    /// [`RunError::Unsatisfied`] names the first constraint that does not hold.
    pub(crate) fn run(&self, inputs: &[ark_bn254::Fr]) -> Result<Assignment, RunError> {
        if inputs.len() != self.input_wires.len() {
            return Err(RunError::InputCount);
        }
        let mut wires = Zeroizing::new(vec![Fr::ZERO; self.wires]);
        let mut left = Zeroizing::new(vec![Fr::ZERO; self.rows.len()]);
        let mut right = Zeroizing::new(vec![Fr::ZERO; self.rows.len()]);
        wires[0] = Fr::ONE;
        for (wire, value) in self.input_wires.iter().zip(inputs) {
            if *wire != NO_WIRE {
                wires[usize::from(*wire)] = from_library(value);
            }
        }
        for row in &self.rows {
            let a = self.evaluate(row.left, &wires);
            let b = if row.right == row.left { a } else { self.evaluate(row.right, &wires) };
            let constraint = usize::from(row.constraint);
            left[constraint] = a;
            right[constraint] = b;
            let remainder = a * b - self.evaluate(row.product, &wires);
            if row.target == NO_WIRE {
                if remainder != Fr::ZERO {
                    return Err(RunError::Unsatisfied(constraint));
                }
            } else {
                wires[usize::from(row.target)] = remainder * self.coefficients[usize::from(row.factor)];
            }
        }
        Ok(Assignment { wires, left, right })
    }

    fn evaluate(&self, combination: u16, wires: &[Fr]) -> Fr {
        let index = usize::from(combination);
        let (start, end) = (self.starts[index] as usize, self.starts[index + 1] as usize);
        let mut sum = Fr::ZERO;
        for term in &self.terms[start..end] {
            let coefficient = &self.coefficients[usize::from(term.coefficient)];
            let wire = &wires[usize::from(term.wire)];
            sum += if coefficient == &Fr::ONE { *wire } else { *wire * coefficient };
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::assignment::inputs;
    use crate::tools::sample;

    const FILE: &[u8] = include_bytes!("../../artifacts/claims_v1.program");

    #[test]
    fn a_file_cut_anywhere_or_longer_is_refused() {
        for length in (0..FILE.len()).step_by(9_973).chain(0..500) {
            assert!(WitnessProgram::parse(&FILE[..length]).is_err(), "{length}");
        }
        assert!(WitnessProgram::parse(&[FILE, &[0]].concat()).is_err());
    }

    #[test]
    fn every_changed_input_is_an_error_in_every_build() {
        let program = WitnessProgram::parse(FILE).expect("committed");
        let (statement, witness) = sample::presentation(&mut StdRng::seed_from_u64(1)).expect("valid");
        let honest = inputs::inputs(&statement, &witness);
        assert!(program.run(&honest).is_ok());
        // Inputs the circuit replaced by an expression have no wire, so changing them changes nothing.
        let changeable = program.input_wires.iter().enumerate().filter(|(_, wire)| **wire != NO_WIRE);
        for (index, _) in changeable.step_by(7) {
            let mut changed = honest.clone();
            changed[index] += ark_bn254::Fr::ONE;
            assert!(matches!(program.run(&changed), Err(RunError::Unsatisfied(_))), "input {index}");
        }
        assert_eq!(program.run(&honest[1..]).err(), Some(RunError::InputCount));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn changed_files_never_panic(offset in 0..FILE.len(), byte: u8) {
            let mut bytes = FILE.to_vec();
            bytes[offset] = byte;
            if let Ok(program) = WitnessProgram::parse(&bytes) {
                let _ = program.run(&vec![ark_bn254::Fr::ONE; program.input_wires.len()]);
            }
        }
    }
}
