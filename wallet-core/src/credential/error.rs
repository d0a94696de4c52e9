//! Why a credential, its head or its path was not accepted.

/// A credential that cannot be taken or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// There is no valid credential. Link a bank and ask for one.
    #[error("there is no valid credential")]
    None,
    /// There is no such credential in this wallet.
    #[error("there is no such credential in this wallet")]
    Unknown,
    /// It names another issuer than the one asked. Do not use it.
    #[error("the document names another issuer")]
    OtherIssuer,
    /// It belongs to the other environment. Do not use it.
    #[error("the document belongs to the other environment")]
    OtherEnvironment,
    /// Its claims are of a schema this wallet does not know. Update the app.
    #[error("the credential's claims are of an unknown schema")]
    UnknownSchema,
    /// It was made for another holder. Do not use it; report it.
    #[error("the credential was made for another holder")]
    OtherHolder,
    /// A value is not of its documented form. Do not use it; report it.
    #[error("the credential is not of the documented form")]
    Malformed,
    /// Its commitment is not that of its content. Do not use it; report it.
    #[error("the credential's commitment does not match its content")]
    Commitment,
    /// Its times contradict each other or this device's clock. Check the clock; if it is right, report it.
    #[error("the document's times contradict each other or this device's clock")]
    Times,
    /// It has ended. Ask for a new one.
    #[error("the credential has expired")]
    Expired,
    /// The tree does not contain it: it was revoked or replaced. Ask for a new one.
    #[error("the credential is no longer in the issuer's tree")]
    NotInTree,
    /// The issuer showed an older tree than before. Try again; if it persists, report it: the tree must not go back.
    #[error("the issuer's tree went back")]
    TreeWentBack,
    /// The issuer showed two different trees of the same size. Report it: this must not happen.
    #[error("the issuer showed two different trees")]
    TreeForked,
}

impl CredentialError {
    /// A stable name for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "credential_none",
            Self::Unknown => "credential_unknown",
            Self::OtherIssuer => "credential_other_issuer",
            Self::OtherEnvironment => "credential_other_environment",
            Self::UnknownSchema => "credential_unknown_schema",
            Self::OtherHolder => "credential_other_holder",
            Self::Malformed => "credential_malformed",
            Self::Commitment => "credential_commitment",
            Self::Times => "credential_times",
            Self::Expired => "credential_expired",
            Self::NotInTree => "credential_not_in_tree",
            Self::TreeWentBack => "tree_went_back",
            Self::TreeForked => "tree_forked",
        }
    }
}
