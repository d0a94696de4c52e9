//! Uniqueness of the witness: with the inputs fixed, the linearised constraints must determine every other wire.
//!
//! The Jacobian of `a·b − c` at a satisfying point has full column rank if its columns can be eliminated one by one: find a row with a
//! single column left whose entry is not zero, drop the column, repeat. Constraints that solve forward always can.

use std::collections::{BTreeMap, VecDeque};

use ark_bn254::Fr;
use ark_ff::Zero;

use super::Circuit;
use crate::tools::r1cs::{Constraint, ConstraintSystem, evaluate};
use crate::tools::symbols;

/// Signals of the circuit a prover or verifier chooses; every other wire must follow from them. Root, disclosed values, nullifier and
/// reference are not among them: a verifier compares them, so they count as results.
pub const FREE: [&str; 11] = [
    "main.context",
    "main.predicates",
    "main.policy",
    "main.institutionScope",
    "main.claims[",
    "main.dataTimestamp",
    "main.expiresAt",
    "main.blinding",
    "main.holderSecret",
    "main.children[",
    "one",
];

/// The names of the wires the linearised constraints leave undetermined at this satisfying point.
pub fn undetermined(circuit: &Circuit, wires: &[Fr]) -> Vec<String> {
    let is_free = |name: &str| FREE.iter().any(|free| name == *free || (free.ends_with('[') && name.starts_with(free)));
    let free: Vec<bool> = circuit.names.iter().map(|name| is_free(name)).collect();
    undetermined_wires(&circuit.system, &free, wires).into_iter().map(|wire| circuit.names[wire].clone()).collect()
}

/// The wires of a template compiled alone that its inputs, given by name, leave undetermined at this satisfying point.
///
/// # Errors
/// What is wrong with the symbol file.
pub fn undetermined_by(system: &ConstraintSystem, symbols: &str, inputs: &[String], wires: &[Fr]) -> Result<Vec<usize>, String> {
    let mut free = vec![false; system.wires];
    free[0] = true;
    for (name, wire) in symbols::parse(symbols)? {
        let input = name.strip_prefix("main.").and_then(|name| name.split('[').next());
        if let (Some(input), Some(wire)) = (input, wire.and_then(|wire| free.get_mut(wire))) {
            *wire |= inputs.iter().any(|known| known == input);
        }
    }
    Ok(undetermined_wires(system, &free, wires))
}

fn undetermined_wires(system: &ConstraintSystem, free: &[bool], wires: &[Fr]) -> Vec<usize> {
    let mut rows: Vec<BTreeMap<usize, Fr>> = system.constraints.iter().map(|constraint| gradient(constraint, wires)).collect();
    let mut readers = vec![Vec::new(); system.wires];
    for (index, row) in rows.iter_mut().enumerate() {
        row.retain(|wire, entry| !entry.is_zero() && !free[*wire]);
        for wire in row.keys() {
            readers[*wire].push(index);
        }
    }
    let mut determined = free.to_vec();
    let mut single: VecDeque<usize> = (0..rows.len()).filter(|index| rows[*index].len() == 1).collect();
    while let Some(index) = single.pop_front() {
        let Some(wire) = rows[index].keys().next().copied() else { continue };
        determined[wire] = true;
        for reader in &readers[wire] {
            rows[*reader].remove(&wire);
            if rows[*reader].len() == 1 {
                single.push_back(*reader);
            }
        }
    }
    let undetermined = determined.iter().enumerate().filter(|(_, determined)| !**determined);
    undetermined.map(|(wire, _)| wire).collect()
}

/// The derivative of `a·b − c` by every wire.
fn gradient(constraint: &Constraint, wires: &[Fr]) -> BTreeMap<usize, Fr> {
    let (a, b) = (evaluate(&constraint.a, wires), evaluate(&constraint.b, wires));
    let mut gradient = BTreeMap::new();
    let mut add = |wire: usize, value: Fr| *gradient.entry(wire).or_insert_with(Fr::zero) += value;
    for (wire, factor) in &constraint.a {
        add(*wire, b * factor);
    }
    for (wire, factor) in &constraint.b {
        add(*wire, a * factor);
    }
    for (wire, factor) in &constraint.c {
        add(*wire, -*factor);
    }
    gradient
}
