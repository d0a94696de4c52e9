//! Why the issuer did not do what was asked.

use passid_api::jws::JwsError;
use passid_api::problem::{Problem, ProblemCode};

/// The issuer could not be reached, refused, or answered what cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// No connection, or it broke before an answer came. What was asked may have happened: ask again with the same idempotency key.
    #[error("the issuer cannot be reached")]
    Unreachable,
    /// The issuer refused; its code says what to do.
    #[error("{}", .0.title)]
    Problem(Box<Problem>),
    /// A failure without the documented form: something between wallet and issuer answered. Try again later.
    #[error("the issuer answered with status {0}")]
    Status(u16),
    /// The answer is not of the documented form or too large. Update the app; if it persists, report it.
    #[error("the issuer's answer is not of the documented form")]
    Malformed,
    /// Another issuer answers at the address than at the first contact. Do not continue; check the address.
    #[error("another issuer answers at this address than before")]
    IssuerChanged,
    /// A signed document cannot be trusted. Do not use it.
    #[error("a signed document of the issuer cannot be trusted: {0}")]
    Signature(#[from] JwsError),
    /// A document is signed for the other environment. Do not use it.
    #[error("a document of the issuer belongs to the other environment")]
    OtherEnvironment,
}

impl IssuerError {
    /// A stable name for machines; the issuer's own code for a refusal.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable => "issuer_unreachable",
            Self::Problem(problem) => problem.code.as_str(),
            Self::Status(_) => "issuer_status",
            Self::Malformed => "issuer_malformed_answer",
            Self::IssuerChanged => "issuer_changed",
            Self::Signature(_) => "issuer_signature",
            Self::OtherEnvironment => "issuer_other_environment",
        }
    }

    /// The issuer's code, when it refused.
    pub fn problem(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the request may have had its effect although no answer says so.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Unreachable | Self::Malformed | Self::Status(500..) => true,
            Self::Problem(problem) => problem.status >= 500 || matches!(problem.code, ProblemCode::RequestInProgress),
            _ => false,
        }
    }
}
