//! Why a link, a code or a session was not taken.

/// A request that cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The text is neither a request link nor a code. Ask the institution to show it again.
    #[error("this is neither a PASSID request link nor a code")]
    Malformed,
    /// There is no such request any more: mistyped, answered, or over. Ask the institution for a new one.
    #[error("there is no such request, or it is over")]
    NotFound,
    /// The link names another institution than the one that asks. Do not answer; it may be forged.
    #[error("the link names another institution than the one that asks")]
    OtherInstitution,
    /// The request belongs to the other environment. Open the wallet of that environment.
    #[error("the request belongs to the other environment")]
    OtherEnvironment,
    /// The answer is not of the documented form. Do not answer; update the app.
    #[error("the request is not of the documented form")]
    Unusable,
    /// The time to answer is over. Ask the institution for a new request.
    #[error("the time to answer this request is over")]
    Expired,
    /// This device's clock is wrong by minutes, so a proof made now would be refused. Set the clock.
    #[error("this device's clock is wrong; set it and try again")]
    ClockWrong,
}

impl RequestError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "request_malformed",
            Self::NotFound => "request_not_found",
            Self::OtherInstitution => "request_other_institution",
            Self::OtherEnvironment => "request_other_environment",
            Self::Unusable => "request_unusable",
            Self::Expired => "request_expired",
            Self::ClockWrong => "clock_wrong",
        }
    }
}
