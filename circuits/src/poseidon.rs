//! The Poseidon hash with circom's parameters, keyed by a domain tag, as `circuits/templates/poseidon.circom` computes it.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field};
use light_poseidon::{PoseidonParameters, parameters::bn254_x5::get_poseidon_parameters};

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

    pub(crate) fn element(self) -> Fr {
        self.tag().bytes().fold(Fr::ZERO, |value, byte| value * Fr::from(256u64) + Fr::from(byte))
    }
}

/// Hashes `N` elements under a domain tag: the permutation of width `N + 1`, first element of the result.
pub(crate) fn hash<const N: usize>(domain: Domain, inputs: &[Fr; N]) -> Fr {
    let mut state = Vec::with_capacity(N + 1);
    state.push(domain.element());
    state.extend_from_slice(inputs);
    permute(parameters(N + 1), &mut state);
    state.first().copied().unwrap_or_default()
}

fn parameters(width: usize) -> &'static PoseidonParameters<Fr> {
    static CACHE: [OnceLock<PoseidonParameters<Fr>>; 9] = [const { OnceLock::new() }; 9];
    #[expect(clippy::expect_used, reason = "widths are the constants 2, 3, 5 and 8 of this crate's own hashes")]
    CACHE.get(width).expect("a width this crate uses").get_or_init(|| {
        let width = u8::try_from(width).expect("a small width");
        get_poseidon_parameters(width).expect("parameters exist for widths 2 to 13")
    })
}

fn permute(parameters: &PoseidonParameters<Fr>, state: &mut Vec<Fr>) {
    let half = parameters.full_rounds / 2;
    let mut mixed = state.clone();
    for (round, constants) in parameters.ark.chunks_exact(parameters.width).enumerate() {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element += constant;
        }
        let full = round < half || round >= half + parameters.partial_rounds;
        let substituted = if full { state.len() } else { 1 };
        for element in state.iter_mut().take(substituted) {
            *element *= element.square().square();
        }
        for (target, row) in mixed.iter_mut().zip(&parameters.mds) {
            *target = row.iter().zip(state.iter()).map(|(factor, element)| *factor * element).sum();
        }
        core::mem::swap(state, &mut mixed);
    }
}
