//! `verifier_policy_v1`: which presentations the hosted verifier accepts.

/// The policy in force, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Seconds a tree head may be old although credentials were revoked since, so that a busy tree does not starve honest wallets.
    pub max_head_age_seconds: i64,
    /// Seconds the bank data may be old when a presentation is relied on.
    pub max_data_age_seconds: u64,
    /// Seconds by which a wallet's clock may differ from the server's.
    pub max_clock_skew_seconds: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { max_head_age_seconds: 60, max_data_age_seconds: 35 * 86_400, max_clock_skew_seconds: 120 }
    }
}
