//! Random valid presentations, for tests, benchmarks and the `present` example.

use rand::{CryptoRng, RngExt};

use crate::tree::{CAPACITY, DEPTH, MerklePath};
use crate::{
    CLAIM_BITS, CLAIM_SLOTS, Claims, CredentialHeader, FieldElement, Operator, Predicate, PresentationRequest, SecretElement, Statement, Witness, WitnessError,
};

/// A credential with random claims somewhere in a tree of random neighbours.
///
/// # Errors
/// None in practice: the values are drawn in range.
pub fn witness(rng: &mut impl CryptoRng) -> Result<Witness, WitnessError> {
    let values = core::array::from_fn::<u64, CLAIM_SLOTS, _>(|_| rng.random::<u64>() >> (64 - CLAIM_BITS));
    let data_timestamp = 1_700_000_000 + rng.random_range(0..50_000_000);
    Ok(Witness {
        claims: Claims::new(values)?,
        header: CredentialHeader { schema: 1, data_timestamp, expires_at: data_timestamp + 90 * 86_400 },
        blinding: SecretElement::random(rng),
        holder_secret: SecretElement::random(rng),
        path: MerklePath {
            leaf_index: rng.random_range(0..CAPACITY),
            siblings: core::array::from_fn::<_, DEPTH, _>(|_| core::array::from_fn(|_| FieldElement::random(rng))),
        },
    })
}

/// A request with a random mask and one predicate of each kind that the witness satisfies.
pub fn request(rng: &mut impl CryptoRng, witness: &Witness) -> PresentationRequest {
    let claims = witness.claims.values();
    let mut predicate = |operator: Operator| {
        let slot = rng.random_range(0..16u8);
        let claim = claims[usize::from(slot)];
        let bound = match operator {
            Operator::AtLeast => rng.random_range(0..=claim),
            Operator::AtMost => rng.random_range(claim..1 << CLAIM_BITS),
            Operator::Equal => claim,
            Operator::NotEqual => claim ^ 1,
        };
        Some(Predicate { slot, operator, bound })
    };
    let predicates = [predicate(Operator::AtLeast), predicate(Operator::AtMost), predicate(Operator::Equal), predicate(Operator::NotEqual)];
    let presented_at = witness.header.data_timestamp + rng.random_range(0..86_400);
    PresentationRequest {
        context: FieldElement::random(rng),
        schema: witness.header.schema,
        mask: rng.random(),
        predicates,
        presented_at,
        max_data_age: 86_400,
        min_expiry: presented_at + 3_600,
        institution_scope: FieldElement::random(rng),
    }
}

/// A random valid presentation.
///
/// # Errors
/// None in practice: the request is made from the witness.
pub fn presentation(rng: &mut impl CryptoRng) -> Result<(Statement, Witness), WitnessError> {
    let witness = witness(rng)?;
    let request = request(rng, &witness);
    Ok((Statement::for_witness(&request, &witness)?, witness))
}
