//! What can go wrong between the issuer and a bank. No variant carries anything a bank or a holder wrote.

/// A failed exchange with a bank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    /// The address is neither https nor http to this machine: correct the configuration.
    #[error("a bank address must be https, or http to this machine")]
    InsecureAddress,
    /// The configuration is incomplete or malformed: correct it.
    #[error("the bank connection is configured wrongly: {0}")]
    Configuration(&'static str),
    /// The bank does not accept the issuer's certificate, or got none: register another one, or configure it.
    #[error("the bank does not accept the issuer's certificate")]
    CertificateRefused,
    /// The bank did not answer in time or at all: try again later.
    #[error("the bank could not be reached")]
    Unreachable,
    /// The bank has a fault of its own: try again later.
    #[error("the bank answered with its own fault ({status})")]
    BankFault {
        /// The HTTP status.
        status: u16,
    },
    /// Too many requests: wait that long.
    #[error("the bank asks to wait {retry_after_seconds} s")]
    RateLimited {
        /// Seconds to wait, at most a day.
        retry_after_seconds: u32,
    },
    /// The holder did not agree: offer to begin again.
    #[error("the holder refused at the bank")]
    Refused,
    /// The state or issuer that came back is not the one sent: drop the response.
    #[error("the bank's response does not belong to this linking")]
    ResponseMismatch,
    /// The linking took too long: begin again.
    #[error("the linking has expired; begin again")]
    LinkingExpired,
    /// The code, refresh token or client was not accepted: the holder must link again.
    #[error("the bank did not accept the authorisation; link again")]
    AuthorisationLost,
    /// The consent was withdrawn: the holder must link again.
    #[error("the consent was withdrawn")]
    ConsentRevoked,
    /// The consent has ended: the holder must link again.
    #[error("the consent has ended")]
    ConsentExpired,
    /// The consent does not cover what was asked: the holder must link again and allow it.
    #[error("the consent does not cover this data")]
    NotPermitted,
    /// The bank's answer is not what its scheme says: report it to the bank.
    #[error("the bank's answer is not in the scheme's form: {0}")]
    MalformedAnswer(&'static str),
    /// A page link leads elsewhere, nowhere or in a circle: report it to the bank.
    #[error("the bank's page links cannot be followed: {0}")]
    BadPageLink(&'static str),
    /// An answer, a page count or a row count exceeds its limit.
    #[error("the bank's answer exceeds a limit: {0}")]
    TooLarge(&'static str),
    /// Renewed tokens could not be stored, so reading stopped: the holder may have to link again.
    #[error("renewed tokens could not be stored")]
    TokensNotStored,
    /// A page that was read could not be kept, so reading stopped: try again later.
    #[error("what was read could not be kept")]
    PageNotStored,
}

impl BankError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InsecureAddress => "bank_insecure_address",
            Self::Configuration(_) => "bank_configuration",
            Self::CertificateRefused => "bank_certificate_refused",
            Self::Unreachable => "bank_unreachable",
            Self::BankFault { .. } => "bank_fault",
            Self::RateLimited { .. } => "bank_rate_limited",
            Self::Refused => "bank_refused",
            Self::ResponseMismatch => "bank_response_mismatch",
            Self::LinkingExpired => "bank_linking_expired",
            Self::AuthorisationLost => "bank_authorisation_lost",
            Self::ConsentRevoked => "bank_consent_revoked",
            Self::ConsentExpired => "bank_consent_expired",
            Self::NotPermitted => "bank_not_permitted",
            Self::MalformedAnswer(_) => "bank_malformed_answer",
            Self::BadPageLink(_) => "bank_bad_page_link",
            Self::TooLarge(_) => "bank_too_large",
            Self::TokensNotStored => "bank_tokens_not_stored",
            Self::PageNotStored => "bank_page_not_stored",
        }
    }

    /// Whether the same call may succeed later without the holder doing anything.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable | Self::BankFault { .. } | Self::RateLimited { .. } | Self::BadPageLink(_))
    }
}
