//! Hashes with what went into them, for comparison with independent implementations.

use ark_bn254::Fr;
use rand::CryptoRng;
use serde_json::{Value, json};

use crate::FieldElement;
use crate::poseidon::{Domain, hash};

/// `count` random hashes of every domain, each `{domain, inputs, hash}`, and one with the smallest and one with the largest inputs.
pub fn poseidon_cases(rng: &mut impl CryptoRng, count: usize) -> Value {
    let mut cases = Vec::new();
    let mut inputs: Vec<[Fr; 7]> = (0..count).map(|_| core::array::from_fn(|_| *FieldElement::random(rng).as_fr())).collect();
    inputs.push([Fr::from(0u64); 7]);
    inputs.push([-Fr::from(1u64); 7]);
    for input in &inputs {
        cases.push(case::<1>(Domain::Holder, input));
        cases.push(case::<7>(Domain::Credential, input));
        cases.push(case::<2>(Domain::Nullifier, input));
        cases.push(case::<2>(Domain::Applicant, input));
        cases.push(case::<4>(Domain::TreeNode, input));
    }
    cases.into()
}

fn case<const N: usize>(domain: Domain, inputs: &[Fr; 7]) -> Value {
    let inputs: [Fr; N] = core::array::from_fn(|index| inputs[index]);
    json!({
        "domain": domain.tag(),
        "inputs": inputs.map(FieldElement::from).to_vec(),
        "hash": FieldElement::from(hash(domain, &inputs)),
    })
}
