//! The Poseidon hash with circom's parameters, keyed by a domain tag, as `circuits/templates/poseidon.circom` computes it.

use std::sync::OnceLock;

use ark_ff::{AdditiveGroup, Field, PrimeField};

use crate::curve::{Fr, from_library, to_library};

/// What a hash is for. The tag is the first state element, where plain Poseidon has zero, so that no value hashed for one purpose
/// can stand for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    /// The commitment to a holder secret.
    Holder,
    /// The commitment to a whole credential: the leaf of the tree.
    Credential,
    /// The nullifier of one presentation.
    Nullifier,
    /// The holder's reference at one institution.
    Applicant,
    /// An inner node of the credential tree.
    TreeNode,
}

impl Domain {
    /// The tag as text; its ASCII bytes read as a big-endian number are the field element.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::Holder => "passid/v1/holder",
            Self::Credential => "passid/v1/credential",
            Self::Nullifier => "passid/v1/nullifier",
            Self::Applicant => "passid/v1/applicant",
            Self::TreeNode => "passid/v1/tree-node",
        }
    }

    fn element(self) -> Fr {
        self.tag().bytes().fold(Fr::ZERO, |value, byte| value * Fr::from(256u64) + Fr::from(byte))
    }
}

/// Hashes `N` elements under a domain tag: the permutation of width `N + 1`, first element of the result.
pub(crate) fn hash<const N: usize>(domain: Domain, inputs: &[ark_bn254::Fr; N]) -> ark_bn254::Fr {
    let mut state = Vec::with_capacity(N + 1);
    state.push(domain.element());
    state.extend(inputs.iter().map(from_library));
    permute(parameters(N + 1), &mut state);
    to_library(&state.first().copied().unwrap_or_default())
}

const FULL_ROUNDS: usize = 8;

/// The widths this crate hashes with and their partial rounds, in the order of the file.
const WIDTHS: [(usize, usize); 4] = [(2, 56), (3, 57), (5, 60), (8, 64)];

/// Written by `tools/poseidon_constants.mjs`: per width the round constants and the matrix by rows, 32 bytes each, little-endian.
const CONSTANTS: &[u8] = include_bytes!("poseidon_constants.bin");

struct Parameters {
    width: usize,
    partial_rounds: usize,
    round_constants: Vec<Fr>,
    matrix: Vec<Fr>,
}

fn parameters(width: usize) -> &'static Parameters {
    static ALL: OnceLock<[Parameters; WIDTHS.len()]> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut elements = CONSTANTS.chunks_exact(32).map(Fr::from_le_bytes_mod_order);
        WIDTHS.map(|(width, partial_rounds)| Parameters {
            width,
            partial_rounds,
            round_constants: elements.by_ref().take(width * (FULL_ROUNDS + partial_rounds)).collect(),
            matrix: elements.by_ref().take(width * width).collect(),
        })
    });
    // Another width would be a defect of this file, which the tests of every hash would show.
    all.iter().find(|parameters| parameters.width == width).unwrap_or(&all[0])
}

fn permute(parameters: &Parameters, state: &mut Vec<Fr>) {
    let mut mixed = state.clone();
    for (round, constants) in parameters.round_constants.chunks_exact(parameters.width).enumerate() {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element += constant;
        }
        let full = round < FULL_ROUNDS / 2 || round >= FULL_ROUNDS / 2 + parameters.partial_rounds;
        let substituted = if full { state.len() } else { 1 };
        for element in state.iter_mut().take(substituted) {
            *element *= element.square().square();
        }
        for (target, row) in mixed.iter_mut().zip(parameters.matrix.chunks_exact(parameters.width)) {
            *target = sum_of_products(row, state);
        }
        core::mem::swap(state, &mut mixed);
    }
}

/// `Σ leftᵢ·rightᵢ`, two at a time, because two products share a reduction.
fn sum_of_products(left: &[Fr], right: &[Fr]) -> Fr {
    let ((left, last_left), (right, last_right)) = (left.as_chunks::<2>(), right.as_chunks::<2>());
    let pairs: Fr = left.iter().zip(right).map(|(left, right)| Fr::sum_of_products(left, right)).sum();
    last_left.iter().zip(last_right).fold(pairs, |sum, (left, right)| sum + *left * right)
}

#[cfg(test)]
mod tests {
    use ark_bn254::Fr;
    use ark_ff::{AdditiveGroup, Field, UniformRand};
    use light_poseidon::{Poseidon, PoseidonHasher};

    use super::{Domain, hash};
    use crate::curve::to_library;

    fn compare<const N: usize>(domain: Domain) {
        let mut rng = ark_std::test_rng();
        let mut theirs = Poseidon::<Fr>::with_domain_tag_circom(N, to_library(&domain.element())).expect("a width it knows");
        for inputs in [[Fr::ZERO; N], [-Fr::ONE; N], core::array::from_fn(|_| Fr::rand(&mut rng))] {
            assert_eq!(hash(domain, &inputs), theirs.hash(&inputs).expect("hash"));
        }
    }

    #[test]
    fn every_width_equals_an_independent_implementation() {
        compare::<1>(Domain::Holder);
        compare::<7>(Domain::Credential);
        compare::<2>(Domain::Nullifier);
        compare::<2>(Domain::Applicant);
        compare::<4>(Domain::TreeNode);
    }

    /// Frozen: commitments and trees out there are made of it.
    #[test]
    fn a_tree_node_is_frozen() {
        let inputs = [1u64, 2, 3, 4].map(Fr::from);
        assert_eq!(hash(Domain::TreeNode, &inputs).to_string(), "7111112519177355282140343648661946966362002359955782504532135397149646791919");
    }
}
