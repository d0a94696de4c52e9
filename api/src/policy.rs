//! The verifier's policy: which presentations the hosted verifier accepts, as data that anyone can read.

use serde::{Deserialize, Serialize};

crate::text_enum! {
    /// A signature that must verify before a presentation is accepted.
    pub enum RequiredSignature as "signature" {
        /// The issuer's Ed25519 signature over the tree head whose root the proof is for.
        TreeHead = "tree_head",
    }
}

/// A policy. Its version is in every answer that rests on it; another policy takes another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VerifierPolicy {
    /// Its name.
    pub version: String,
    /// Seconds a tree head may be old although credentials were revoked since, so that a busy tree does not starve honest wallets.
    pub max_head_age_seconds: u32,
    /// Seconds the bank data may be old when a presentation is relied on.
    pub max_data_age_seconds: u32,
    /// Seconds by which a wallet's clock may differ from the server's.
    pub max_clock_skew_seconds: u32,
    /// Signatures that must verify.
    pub required_signatures: Vec<RequiredSignature>,
}

/// Why a document is not a policy that can be applied.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPolicy {
    /// Write it in the documented form.
    #[error("not a verifier policy: {0}")]
    Form(#[from] serde_json::Error),
    /// Name the policy with lower-case letters, digits and underscores, at most 64 characters.
    #[error("a policy's version is 1 to 64 lower-case letters, digits and underscores")]
    Version,
    /// List `tree_head`: without it nothing ties a proof to the issuer.
    #[error("a policy must require the tree head's signature")]
    TreeHeadNotRequired,
    /// Choose ages the product can keep: heads at most a day, data at most 400 days, clocks at most an hour.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

impl VerifierPolicy {
    /// Reads a policy from its JSON document.
    ///
    /// # Errors
    /// [`InvalidPolicy`].
    pub fn from_json(text: &str) -> Result<Self, InvalidPolicy> {
        let policy: Self = serde_json::from_str(text)?;
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if policy.version.is_empty() || policy.version.len() > 64 || !policy.version.bytes().all(is_word) {
            return Err(InvalidPolicy::Version);
        }
        if !policy.required_signatures.contains(&RequiredSignature::TreeHead) {
            return Err(InvalidPolicy::TreeHeadNotRequired);
        }
        let limits = [
            (policy.max_head_age_seconds, 86_400, "max_head_age_seconds"),
            (policy.max_data_age_seconds, 400 * 86_400, "max_data_age_seconds"),
            (policy.max_clock_skew_seconds, 3_600, "max_clock_skew_seconds"),
        ];
        match limits.into_iter().find(|(value, limit, _)| value > limit) {
            Some((.., name)) => Err(InvalidPolicy::OutOfRange(name)),
            None => Ok(policy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"version":"p_1","max_head_age_seconds":60,"max_data_age_seconds":100,"max_clock_skew_seconds":5,"required_signatures":["tree_head"]}"#;

    #[test]
    fn policies_that_would_accept_anything_are_refused() {
        assert!(VerifierPolicy::from_json(GOOD).is_ok());
        let cases = [
            GOOD.replace("[\"tree_head\"]", "[]"),
            GOOD.replace("\"p_1\"", "\"\""),
            GOOD.replace("\"p_1\"", "\"P 1\""),
            GOOD.replace(":60", ":86401"),
            GOOD.replace(":100", ":-1"),
            GOOD.replace(":5,", ":5,\"lenient\":true,"),
        ];
        for text in cases {
            assert!(VerifierPolicy::from_json(&text).is_err(), "{text}");
        }
    }
}
