//! A condition on a claim that is proved without disclosing the claim.

use serde::{Deserialize, Serialize};

use crate::claims::{CLAIM_BITS, CLAIM_SLOTS};

/// How many predicates one statement can hold.
pub const PREDICATE_COUNT: usize = 4;

/// How a claim is compared with the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// claim ≥ bound
    AtLeast,
    /// claim ≤ bound
    AtMost,
    /// claim = bound
    Equal,
    /// claim ≠ bound
    NotEqual,
}

/// `claim[slot] operator bound`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// Which claim, 0 to 15.
    pub slot: u8,
    /// The comparison.
    pub operator: Operator,
    /// What the claim is compared with, below 2^48, in the claim's own unit.
    pub bound: u64,
}

impl Predicate {
    /// Whether a claim of this value meets the predicate.
    pub const fn holds_for(&self, claim: u64) -> bool {
        match self.operator {
            Operator::AtLeast => claim >= self.bound,
            Operator::AtMost => claim <= self.bound,
            Operator::Equal => claim == self.bound,
            Operator::NotEqual => claim != self.bound,
        }
    }

    pub(crate) const fn slot_is_valid(&self) -> bool {
        (self.slot as usize) < CLAIM_SLOTS
    }

    pub(crate) const fn bound_is_valid(&self) -> bool {
        self.bound >> CLAIM_BITS == 0
    }

    /// The 56 bits the circuit reads: bound, slot, then one flag per operator, so that four zero flags switch a predicate off.
    pub(crate) fn pack(&self) -> u64 {
        let flag = match self.operator {
            Operator::AtLeast => 0,
            Operator::AtMost => 1,
            Operator::Equal => 2,
            Operator::NotEqual => 3,
        };
        self.bound | u64::from(self.slot) << CLAIM_BITS | 1 << (CLAIM_BITS + 4 + flag)
    }
}
