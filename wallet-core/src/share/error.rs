//! Why a share was not made or withdrawn.

/// A share that cannot be made or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShareError {
    /// The lifetime is not between a minute and a day. Choose another.
    #[error("a share lives between a minute and a day")]
    Lifetime,
    /// The conditions cannot be proved: too many, too large, or about a claim that is not one number. Choose others.
    #[error("these conditions cannot be proved")]
    Predicates,
    /// The credential does not meet a condition. Choose others; nobody was told.
    #[error("your credential does not meet a condition")]
    ConditionNotMet,
    /// The share is used, expired or revoked: there is nothing to withdraw.
    #[error("the share can no longer be withdrawn")]
    Over,
}

impl ShareError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lifetime => "share_lifetime",
            Self::Predicates => "share_predicates",
            Self::ConditionNotMet => "share_condition_not_met",
            Self::Over => "share_over",
        }
    }
}
