//! Prints Poseidon hashes of every domain as JSON, for `tests/poseidon.mjs` to compare with an independent implementation.

use passid_circuits::tools::poseidon_cases;
use rand::SeedableRng;
use rand::rngs::StdRng;

#[expect(clippy::print_stdout, reason = "the output is the product")]
fn main() {
    println!("{}", poseidon_cases(&mut StdRng::seed_from_u64(1), 20));
}
