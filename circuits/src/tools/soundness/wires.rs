//! One wire of a satisfying witness changed at a time: a circuit that still holds does not constrain that wire.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::Circuit;

/// Whether a constraint says that this wire times something is a constant other than zero, so that the wire cannot be zero whatever
/// the other wires are. For wires whose zero no test can reach, such as a hash.
pub fn refuses_zero(circuit: &Circuit, name: &str) -> bool {
    let is_wire = |combination: &[(usize, Fr)]| matches!(combination, [(wire, _)] if circuit.names[*wire] == name);
    let is_constant = |combination: &[(usize, Fr)]| matches!(combination, [(0, value)] if *value != Fr::ZERO);
    circuit.system.constraints.iter().any(|constraint| (is_wire(&constraint.a) || is_wire(&constraint.b)) && is_constant(&constraint.c))
}

/// The wires that can be changed alone without violating a constraint, with the change that went unnoticed.
pub fn unconstrained(circuit: &Circuit, wires: &[Fr], random: Fr) -> Vec<(String, &'static str)> {
    let mut readers = vec![Vec::new(); circuit.system.wires];
    for (index, constraint) in circuit.system.constraints.iter().enumerate() {
        for (wire, _) in [&constraint.a, &constraint.b, &constraint.c].into_iter().flatten() {
            if readers[*wire].last() != Some(&index) {
                readers[*wire].push(index);
            }
        }
    }
    let mut changed = wires.to_vec();
    let mut found = Vec::new();
    // Wire 0 is the constant one, which the verifier fixes.
    for wire in 1..circuit.system.wires {
        let original = wires[wire];
        let replacements = [
            ("plus one", original + Fr::ONE),
            ("minus one", original - Fr::ONE),
            ("negated", -original),
            ("zeroed", Fr::ZERO),
            ("one minus", Fr::ONE - original),
            ("random", random),
        ];
        for (name, value) in replacements {
            if value == original {
                continue;
            }
            changed[wire] = value;
            if readers[wire].iter().all(|index| circuit.system.constraints[*index].is_satisfied(&changed)) {
                found.push((circuit.names[wire].clone(), name));
            }
        }
        changed[wire] = original;
    }
    found
}
