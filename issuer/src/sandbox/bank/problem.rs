//! Why an answer is not the data asked for; each scheme says it in its own form.

/// An answer that is not the data asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The request is malformed; what and where.
    Malformed(&'static str, &'static str),
    /// The range of days is not to be had; what and where.
    RangeRefused(&'static str, &'static str),
    /// No valid access token.
    Unauthorised,
    /// The consent is not the token's, or not in force.
    ConsentNotValid {
        /// Whether time has ended it.
        expired: bool,
    },
    /// The token or the consent does not cover this.
    Forbidden(&'static str),
    /// No such thing for this caller.
    NotFound(&'static str),
    /// Too many requests; seconds to wait, where the bank says.
    TooMany(Option<u32>),
    /// The bank's own fault.
    Fault,
}
