//! Failures as an app handles them: an area, a stable code, a sentence.

use crate::WalletError;
use crate::issuer::IssuerError;

/// Why a call failed. `code` never changes its meaning; `explanation` is English, for logs and as a last resort on a screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum WalletFailure {
    /// The keystore: ask the person to unlock (`keystore_locked`), do nothing (`keystore_cancelled`), or begin anew from a backup
    /// (`keystore_invalidated`, `keystore_missing`).
    #[error("{code}: {explanation}")]
    Keystore {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// The encrypted store. Never delete its files; offer a backup's restoration where the code says damage.
    #[error("{code}: {explanation}")]
    Vault {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// The issuer or the way to it. `issuer_unreachable`, `unavailable` and `rate_limited` may be tried again.
    #[error("{code}: {explanation}")]
    Issuer {
        /// Stable code; the issuer's own where it refused.
        code: String,
        /// What happened.
        explanation: String,
        /// Seconds after which to try again, where the issuer said so.
        retry_after: Option<u32>,
    },
    /// The wallet is not registered: call `register`.
    #[error("{code}: {explanation}")]
    NotRegistered {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// The credential: ask for a new one, or report what the code says cannot be.
    #[error("{code}: {explanation}")]
    Credential {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// The link, code or session: show the sentence; the institution must make a new request.
    #[error("{code}: {explanation}")]
    Request {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// The agreement: review again (`request_changed`).
    #[error("{code}: {explanation}")]
    Consent {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// Proving or sending. On `outcome_unknown` call `resume_attempts` later; never approve another way.
    #[error("{code}: {explanation}")]
    Presentation {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// A share of the person's own.
    #[error("{code}: {explanation}")]
    Share {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// A backup: show the sentence; `backup_wrong_passphrase` may be typed again, `backup_wallet_in_use` needs a new wallet.
    #[error("{code}: {explanation}")]
    Backup {
        /// Stable code.
        code: String,
        /// What happened.
        explanation: String,
    },
    /// A value the app passed in is not of its form: a defect of the app.
    #[error("{code}: {explanation}")]
    Input {
        /// Stable code.
        code: String,
        /// Which value.
        explanation: String,
    },
}

impl WalletFailure {
    /// The app passed something that is not a `what`.
    pub(super) fn input(what: &str) -> Self {
        Self::Input { code: "input_malformed".to_owned(), explanation: format!("not a valid {what}") }
    }
}

impl From<WalletError> for WalletFailure {
    fn from(error: WalletError) -> Self {
        let (code, explanation) = (error.code().to_owned(), error.to_string());
        match error {
            WalletError::Keystore(_) => Self::Keystore { code, explanation },
            WalletError::Vault(_) => Self::Vault { code, explanation },
            WalletError::Issuer(error) => {
                let retry_after = match error {
                    IssuerError::Problem(problem) => problem.retry_after,
                    _ => None,
                };
                Self::Issuer { code, explanation, retry_after }
            }
            WalletError::NotRegistered => Self::NotRegistered { code, explanation },
            WalletError::Credential(_) => Self::Credential { code, explanation },
            WalletError::Request(_) => Self::Request { code, explanation },
            WalletError::Consent(_) => Self::Consent { code, explanation },
            WalletError::Presentation(_) => Self::Presentation { code, explanation },
            WalletError::Share(_) => Self::Share { code, explanation },
            WalletError::Backup(_) => Self::Backup { code, explanation },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keystore::KeystoreError;
    use crate::presentation::PresentationError;

    #[test]
    fn areas_and_codes_survive_the_crossing() {
        let failure = WalletFailure::from(WalletError::Keystore(KeystoreError::Locked));
        assert!(matches!(&failure, WalletFailure::Keystore { code, .. } if code == "keystore_locked"));
        let failure = WalletFailure::from(WalletError::Presentation(PresentationError::Unknown));
        assert!(matches!(&failure, WalletFailure::Presentation { code, .. } if code == "outcome_unknown"));
        let problem =
            passid_api::problem::Problem { retry_after: Some(7), ..passid_api::problem::Problem::new(passid_api::problem::ProblemCode::RateLimited, "") };
        let failure = WalletFailure::from(WalletError::Issuer(IssuerError::Problem(Box::new(problem))));
        assert!(matches!(&failure, WalletFailure::Issuer { code, retry_after: Some(7), .. } if code == "rate_limited"));
    }
}
