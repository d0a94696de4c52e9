//! The constraints as circom writes them (`.r1cs`), for the program builder and the soundness tests.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField, Zero};

use crate::binary::{Malformed, Reader, SectionFile};

/// A sum of wires with coefficients, by wire.
pub type LinearCombination = Vec<(usize, Fr)>;

/// One constraint: `a * b = c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Left factor.
    pub a: LinearCombination,
    /// Right factor.
    pub b: LinearCombination,
    /// Product.
    pub c: LinearCombination,
}

/// All constraints of a circuit. Wire 0 is the constant one, the public signals follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintSystem {
    /// Wires, the constant included.
    pub wires: usize,
    /// Public signals.
    pub public_signals: usize,
    /// Private inputs, the wires after the public signals.
    pub private_inputs: usize,
    /// The constraints in the compiler's order.
    pub constraints: Vec<Constraint>,
}

/// The value of a linear combination.
pub fn evaluate(combination: &[(usize, Fr)], wires: &[Fr]) -> Fr {
    combination.iter().map(|(wire, factor)| wires[*wire] * factor).sum()
}

impl Constraint {
    /// Whether these wires satisfy the constraint.
    pub fn is_satisfied(&self, wires: &[Fr]) -> bool {
        evaluate(&self.a, wires) * evaluate(&self.b, wires) == evaluate(&self.c, wires)
    }
}

impl ConstraintSystem {
    /// Reads a `.r1cs` file over the scalar field of BN254.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file.
    pub fn parse(bytes: &[u8]) -> Result<Self, &'static str> {
        Self::read(bytes).map_err(|Malformed(reason)| reason)
    }

    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let file = SectionFile::parse(bytes, *b"r1cs", 1)?;
        let mut header = file.section(1)?;
        if header.u32()? != 32 || header.limbs()? != Fr::MODULUS.0 {
            return Err(Malformed("it is over another field"));
        }
        let wires = header.index()?;
        let public_outputs = header.index()?;
        let public_inputs = header.index()?;
        let private_inputs = header.index()?;
        header.u64()?;
        let count = header.index()?;
        header.end()?;

        let mut rows = file.section(2)?;
        let mut constraints = Vec::new();
        for _ in 0..count {
            constraints.push(Constraint {
                a: read_combination(&mut rows, wires)?,
                b: read_combination(&mut rows, wires)?,
                c: read_combination(&mut rows, wires)?,
            });
        }
        rows.end()?;
        Ok(Self { wires, public_signals: public_outputs + public_inputs, private_inputs, constraints })
    }

    /// The first constraint these wires do not satisfy.
    pub fn first_unsatisfied(&self, wires: &[Fr]) -> Option<usize> {
        self.constraints.iter().position(|constraint| !constraint.is_satisfied(wires))
    }
}

fn read_combination(reader: &mut Reader<'_>, wires: usize) -> Result<LinearCombination, Malformed> {
    let terms = reader.index()?;
    let mut combination = Vec::new();
    for _ in 0..terms {
        let wire = reader.index()?;
        let factor = Fr::from_bigint(BigInt(reader.limbs()?)).ok_or(Malformed("a coefficient is not canonical"))?;
        if wire >= wires {
            return Err(Malformed("a wire does not exist"));
        }
        if !factor.is_zero() {
            combination.push((wire, factor));
        }
    }
    Ok(combination)
}
