//! Why an agreement did not come about.

/// The person's agreement is missing, or is to something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// Something differs from what was shown. Review again and show it anew.
    #[error("the request is not what was shown; look at it again")]
    RequestChanged,
    /// The request hash is not 64 hexadecimal digits. Pass on the review's.
    #[error("a request hash is 64 lower-case hexadecimal digits")]
    MalformedHash,
}

impl ConsentError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RequestChanged => "request_changed",
            Self::MalformedHash => "request_hash_malformed",
        }
    }
}
