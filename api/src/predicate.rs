//! Facts about a claim without the claim: `income_monthly ≥ 250000`.

use serde::{Deserialize, Serialize};

use crate::claims::{CLAIM_LIMIT, Slot};

/// How many predicates one presentation can carry.
pub const MAX_PREDICATES: usize = 4;

crate::text_enum! {
    /// The comparison of a claim with a bound.
    pub enum Operator as "operator" {
        /// The claim is at least the bound.
        AtLeast = ">=",
        /// The claim is at most the bound.
        AtMost = "<=",
        /// The claim equals the bound.
        Equal = "=",
        /// The claim differs from the bound.
        NotEqual = "!=",
    }
}

/// One comparison, on the claim's own encoding (money in minor units).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// The claim compared.
    pub claim: Slot,
    /// The comparison.
    pub operator: Operator,
    /// The bound, below 2^48.
    #[cfg_attr(feature = "json-schema", schemars(range(max = 281_474_976_710_655_u64)))]
    pub bound: u64,
}

/// A list of predicates that cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPredicates {
    /// Ask for at most four.
    #[error("at most {MAX_PREDICATES} predicates can be asked for at once")]
    TooMany,
    /// Choose a bound below 2^48.
    #[error("the bound of predicate {0} is not below 2^48")]
    BoundTooLarge(usize),
    /// Compare claims that are one number.
    #[error("predicate {0} compares a claim that packs several values; compare a claim that is one number")]
    NotComparable(usize),
}

/// Checks a list as it arrives from an institution.
///
/// # Errors
/// [`InvalidPredicates`] naming the first predicate that cannot be proved.
pub fn validate(predicates: &[Predicate]) -> Result<(), InvalidPredicates> {
    if predicates.len() > MAX_PREDICATES {
        return Err(InvalidPredicates::TooMany);
    }
    for (index, predicate) in predicates.iter().enumerate() {
        if predicate.bound >= CLAIM_LIMIT {
            return Err(InvalidPredicates::BoundTooLarge(index));
        }
        if !predicate.claim.is_single_number() {
            return Err(InvalidPredicates::NotComparable(index));
        }
    }
    Ok(())
}
