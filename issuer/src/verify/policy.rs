//! The policy in force: `verifier_policy_v1` unless the operator gives another.

use passid_api::policy::VerifierPolicy;

/// The policy's document.
const BUILT_IN: &str = include_str!("../../policies/verifier_policy_v1.json");

/// `verifier_policy_v1`.
pub fn built_in() -> VerifierPolicy {
    // The document is part of the program; a test reads it.
    VerifierPolicy::from_json(BUILT_IN).unwrap_or_else(|error| unreachable!("the built-in policy: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_is_the_one_the_contract_names() {
        assert_eq!(built_in().version, passid_api::POLICY_VERSION);
    }
}
