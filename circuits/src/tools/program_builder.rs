//! Turns the constraints into a witness program: an order in which every wire follows from the ones before it.

use std::collections::{HashMap, VecDeque};

use ark_bn254::Fr;
use ark_ff::{BigInteger, Field, PrimeField, Zero};

use super::r1cs::{Constraint, ConstraintSystem, LinearCombination};
use super::symbols;
use crate::assignment::{MAGIC, NO_WIRE, VERSION};

/// Builds the program file from the constraints, the symbol file of the compiler, and the names of the native inputs in order.
///
/// # Errors
/// Says which wire no constraint defines, or which input the circuit does not know.
pub fn build(system: &ConstraintSystem, symbols: &str, input_names: &[String]) -> Result<Vec<u8>, String> {
    let input_wires = locate_inputs(symbols, input_names)?;
    let mut solver = Solver::new(system);
    for wire in input_wires.iter().flatten() {
        solver.learn(*wire);
    }
    let steps = solver.solve()?;

    let mut tables = Tables::default();
    let rows: Vec<_> = steps
        .iter()
        .map(|step| {
            let constraint = &system.constraints[step.constraint];
            let (target, product) = step.target.map_or((None, constraint.c.clone()), |wire| {
                let (factor, rest) = solve_for(wire, &constraint.c);
                (Some((wire, factor)), rest)
            });
            (
                step.constraint,
                tables.combination(&constraint.a),
                tables.combination(&constraint.b),
                tables.combination(&product),
                target.map(|(wire, factor)| (wire, tables.coefficient(factor))),
            )
        })
        .collect();

    let mut file = MAGIC.to_vec();
    let mut number = |value: usize| u32::try_from(value).map(|value| file.extend(value.to_le_bytes()));
    let counts = [VERSION as usize, system.wires, system.public_signals, input_wires.len(), tables.coefficients.len(), tables.combinations.len(), rows.len()];
    for count in counts {
        number(count).map_err(|_| "too many elements")?;
    }
    let short = |value: usize| u16::try_from(value).map_err(|_| "a table has more than 65,535 elements".to_owned());
    for wire in input_wires {
        file.extend(wire.map_or(Ok(NO_WIRE), short)?.to_le_bytes());
    }
    for coefficient in &tables.coefficients {
        file.extend(coefficient.into_bigint().to_bytes_le());
    }
    for combination in &tables.combinations {
        file.extend(short(combination.len())?.to_le_bytes());
        for (wire, coefficient) in combination {
            file.extend(short(*wire)?.to_le_bytes());
            file.extend(short(*coefficient)?.to_le_bytes());
        }
    }
    for (constraint, a, b, c, target) in rows {
        let (wire, factor) = target.map_or(Ok((NO_WIRE, 0)), |(wire, factor)| short(wire).map(|wire| (wire, factor)))?;
        for value in [constraint, a, b, c, usize::from(wire), factor] {
            file.extend(short(value)?.to_le_bytes());
        }
    }
    Ok(file)
}

/// The wire of every named input; `None` where the compiler replaced it by an expression.
fn locate_inputs(symbols: &str, names: &[String]) -> Result<Vec<Option<usize>>, String> {
    let wires = symbols::parse(symbols)?;
    names.iter().map(|name| wires.get(name.as_str()).copied().ok_or(format!("the circuit has no signal {name}"))).collect()
}

/// `c = factor⁻¹ * wire + rest`: the factor to multiply `a * b - rest` with, and the rest.
fn solve_for(wire: usize, combination: &[(usize, Fr)]) -> (Fr, LinearCombination) {
    let coefficient: Fr = combination.iter().filter(|(other, _)| *other == wire).map(|(_, factor)| factor).sum();
    let rest = combination.iter().filter(|(other, _)| *other != wire).copied().collect();
    (coefficient.inverse().unwrap_or_default(), rest)
}

struct Step {
    constraint: usize,
    /// The wire this constraint defines; none if it only checks.
    target: Option<usize>,
}

struct Solver<'a> {
    system: &'a ConstraintSystem,
    known: Vec<bool>,
    unknown_in: Vec<usize>,
    occurrences: Vec<Vec<usize>>,
    ready: VecDeque<usize>,
}

impl<'a> Solver<'a> {
    fn new(system: &'a ConstraintSystem) -> Self {
        let mut occurrences = vec![Vec::new(); system.wires];
        let mut unknown_in = Vec::new();
        let mut ready = VecDeque::new();
        for (index, constraint) in system.constraints.iter().enumerate() {
            let wires = wires_of(constraint);
            unknown_in.push(wires.len());
            if wires.len() <= 1 {
                ready.push_back(index);
            }
            for wire in wires {
                occurrences[wire].push(index);
            }
        }
        let mut solver = Self { system, known: vec![false; system.wires], unknown_in, occurrences, ready };
        solver.learn(0);
        solver
    }

    fn learn(&mut self, wire: usize) {
        if core::mem::replace(&mut self.known[wire], true) {
            return;
        }
        for index in &self.occurrences[wire] {
            self.unknown_in[*index] -= 1;
            if self.unknown_in[*index] <= 1 {
                self.ready.push_back(*index);
            }
        }
    }

    fn solve(&mut self) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        let mut done = vec![false; self.system.constraints.len()];
        while let Some(index) = self.ready.pop_front() {
            let constraint = &self.system.constraints[index];
            let unknown = wires_of(constraint).into_iter().find(|wire| !self.known[*wire]);
            let reads = |combination: &[(usize, Fr)], wire| combination.iter().any(|(other, _)| *other == wire);
            // A wire inside a factor would need a division; it must come from somewhere else.
            let blocked = unknown.is_some_and(|wire| reads(&constraint.a, wire) || reads(&constraint.b, wire));
            if blocked || core::mem::replace(&mut done[index], true) {
                continue;
            }
            if let Some(wire) = unknown {
                self.learn(wire);
            }
            steps.push(Step { constraint: index, target: unknown });
        }
        match (self.known.iter().position(|known| !known), done.iter().position(|done| !done)) {
            (Some(wire), _) => Err(format!("no constraint defines wire {wire}: it must be a named input")),
            (None, Some(index)) => Err(format!("constraint {index} was never reached")),
            (None, None) => Ok(steps),
        }
    }
}

fn wires_of(constraint: &Constraint) -> Vec<usize> {
    let mut wires: Vec<_> = [&constraint.a, &constraint.b, &constraint.c].into_iter().flatten().map(|(wire, _)| *wire).collect();
    wires.sort_unstable();
    wires.dedup();
    wires
}

/// Coefficients and combinations, each stored once.
#[derive(Default)]
struct Tables {
    coefficients: Vec<Fr>,
    coefficient_index: HashMap<Fr, usize>,
    combinations: Vec<Vec<(usize, usize)>>,
    combination_index: HashMap<Vec<(usize, usize)>, usize>,
}

impl Tables {
    fn coefficient(&mut self, value: Fr) -> usize {
        *self.coefficient_index.entry(value).or_insert_with(|| {
            self.coefficients.push(value);
            self.coefficients.len() - 1
        })
    }

    fn combination(&mut self, terms: &[(usize, Fr)]) -> usize {
        let mut terms: Vec<_> = terms.iter().filter(|(_, factor)| !factor.is_zero()).map(|(wire, factor)| (*wire, self.coefficient(*factor))).collect();
        terms.sort_unstable();
        *self.combination_index.entry(terms.clone()).or_insert_with(|| {
            self.combinations.push(terms);
            self.combinations.len() - 1
        })
    }
}
