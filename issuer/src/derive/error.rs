//! Why no claims could be derived at all. A single claim that cannot be derived is "not verified", not an error.

/// No credential can be made from this snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeriveError {
    /// The consent covers no account: the holder must link again and choose one.
    #[error("no account was shared; link again and choose at least one")]
    NoAccounts,
    /// No booked transaction in any account: wait for history, or link another account.
    #[error("the shared accounts hold no booked transactions")]
    NoTransactions,
    /// Neither the holder's address nor an IBAN tells the country: the corridor cannot be stated.
    #[error("the bank does not say in which country the accounts are")]
    OriginUnknown,
    /// More transactions than are held in memory at once: leave accounts out, or shorten the window.
    #[error("more than {most} transactions of one holder; leave out accounts that say nothing about them")]
    TooManyTransactions {
        /// The most.
        most: usize,
    },
    /// A derived value does not fit its claim: a fault of the derivation, report it.
    #[error("a derived value does not fit the claim {0}")]
    OutOfRange(&'static str),
}

impl DeriveError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAccounts => "derive_no_accounts",
            Self::NoTransactions => "derive_no_transactions",
            Self::OriginUnknown => "derive_origin_unknown",
            Self::TooManyTransactions { .. } => "derive_too_many_transactions",
            Self::OutOfRange(_) => "derive_out_of_range",
        }
    }
}
