//! What a person sees before they decide.

use passid_api::environment::Environment;
use passid_api::ids::{CredentialId, InstitutionId, SessionId};
use passid_api::permission::Permission;
use passid_api::time::Timestamp;
use serde::Serialize;

use super::hash::RequestHash;
use super::lines::{ClaimLine, PredicateLine, claim_lines, predicate_lines};
use crate::core::Core;
use crate::credential::{CredentialError, VerifiedCredential, age_in_hours};
use crate::error::WalletError;
use crate::request::{FoundRequest, RequestInput};
use crate::wallet::Wallet;
use crate::words::{Text, displayable};

/// Seconds below which the time left is worth a warning: reading and proving take a while.
const SHORT_TIME_SECONDS: i64 = 60;

/// Who asks, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verifier {
    /// Its identifier; part of what the proof is bound to.
    pub id: InstitutionId,
    /// The registered name, made safe to show.
    pub name: String,
    /// The name given for this request, when it differs.
    pub display_name: Option<String>,
    /// Whether the operator has approved the workspace.
    pub approved: bool,
}

passid_api::text_enum! {
    /// Something a person should know before they agree. An app must not pre-select approval while there is one.
    pub enum Warning as "warning" {
        /// The operator has not approved this institution.
        UnapprovedInstitution = "unapproved_institution",
        /// The name shown for this request is not the institution's registered one.
        OtherName = "other_name",
        /// Invented people and banks: not for real decisions.
        Sandbox = "sandbox",
        /// The exact score is asked for, which most decisions do not need.
        ScoreAsked = "score_asked",
        /// Less than a minute is left.
        LittleTime = "little_time",
        /// This device's clock is wrong; a proof made now would be refused.
        ClockWrong = "clock_wrong",
    }
}

impl Warning {
    /// The sentence.
    pub fn text(self) -> Text {
        let english = match self {
            Self::UnapprovedInstitution => "This institution has not been approved. Share only if you know and trust it.",
            Self::OtherName => "The name shown for this request is not the institution's registered name.",
            Self::Sandbox => "This is the sandbox: people and banks are invented.",
            Self::ScoreAsked => "It asks for your exact score, not only for what your bank data shows.",
            Self::LittleTime => "Less than a minute is left to answer.",
            Self::ClockWrong => "This device's clock is wrong. Set it before you share.",
        };
        Text::new(format!("warning.{self}"), english, &[])
    }
}

passid_api::text_enum! {
    /// Why approving would fail now. The institution learns none of this.
    pub enum Obstacle as "obstacle" {
        /// The wallet is not registered.
        NotRegistered = "not_registered",
        /// There is no credential yet: link a bank.
        NoCredential = "no_credential",
        /// The credential has ended, or ends before the request does: refresh it.
        CredentialExpired = "credential_expired",
        /// A condition is not met.
        ConditionNotMet = "condition_not_met",
    }
}

impl Obstacle {
    /// The sentence.
    pub fn text(self) -> Text {
        let english = match self {
            Self::NotRegistered => "This wallet is not set up yet.",
            Self::NoCredential => "You have no credential yet. Link your bank first.",
            Self::CredentialExpired => "Your credential has ended. Refresh it first.",
            Self::ConditionNotMet => "Your credential does not meet every condition asked for. Nothing about this is told to the institution.",
        };
        Text::new(format!("obstacle.{self}"), english, &[])
    }
}

/// Everything a person decides on. It is all or nothing: lines cannot be struck out. `Debug` prints no claim's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsentReview {
    /// Which request.
    pub session: SessionId,
    /// Who asks.
    pub verifier: Verifier,
    /// Sandbox or live.
    pub environment: Environment,
    /// What is disclosed.
    pub claims: Vec<ClaimLine>,
    /// What is proved without being disclosed.
    pub predicates: Vec<PredicateLine>,
    /// Whether the answer can be used once only; always true.
    pub one_time: bool,
    /// When the request ends, by the issuer's clock.
    pub expires_at: Timestamp,
    /// Seconds left when the review was made, counted by the issuer.
    pub seconds_left: i64,
    /// What to know before agreeing.
    pub warnings: Vec<Warning>,
    /// Why approving would fail now, if it would.
    pub obstacle: Option<Obstacle>,
    /// The credential that would be used.
    pub credential: Option<CredentialId>,
    /// Pass it on to [`Wallet::approve`].
    pub request_hash: RequestHash,
}

impl Wallet {
    /// Looks at a request given as a link, a QR image's text or a typed code. Nothing is shared, and the institution does not learn of it.
    ///
    /// # Errors
    /// [`WalletError::Request`] when the text or what it stands for is not acceptable, [`WalletError::Issuer`].
    pub async fn review(&self, text: &str) -> Result<ConsentReview, WalletError> {
        let input: RequestInput = text.parse()?;
        let found = self.core.look_up(input).await?;
        let credential = match self.core.registered_account().await {
            Ok(account) => self.core.active_credential(&account).await,
            Err(error) => Err(error),
        };
        let (credential, obstacle) = match credential {
            Ok(credential) => (Some(credential), None),
            Err(WalletError::NotRegistered) => (None, Some(Obstacle::NotRegistered)),
            Err(WalletError::Credential(CredentialError::None)) => (None, Some(Obstacle::NoCredential)),
            Err(WalletError::Credential(CredentialError::Expired)) => (None, Some(Obstacle::CredentialExpired)),
            Err(error) => return Err(error),
        };
        let mut review = self.core.review_of(&found, credential.as_ref())?;
        review.obstacle = obstacle.or(review.obstacle);
        Ok(review)
    }
}

impl Core {
    /// The review of a request, with the credential that would answer it.
    pub(crate) fn review_of(&self, found: &FoundRequest, credential: Option<&VerifiedCredential>) -> Result<ConsentReview, WalletError> {
        let now = self.clock.now();
        let session = &found.session;
        let hours = credential.map_or(1, |credential| age_in_hours(credential.document.data_timestamp, now));
        let predicates = predicate_lines(&session.predicates, credential);
        let ends_too_early = credential.is_some_and(|credential| credential.document.expires_at < session.expires_at);
        let obstacle = if ends_too_early {
            Some(Obstacle::CredentialExpired)
        } else if predicates.iter().any(|line| line.met == Some(false)) {
            Some(Obstacle::ConditionNotMet)
        } else {
            None
        };
        let institution = &session.institution;
        let credential_id = credential.map(|credential| credential.document.jti);
        Ok(ConsentReview {
            session: session.request_id,
            verifier: Verifier {
                id: institution.id,
                name: displayable(&institution.name),
                display_name: institution.display_name.as_deref().map(displayable),
                approved: institution.approved,
            },
            environment: session.environment,
            claims: claim_lines(&session.permissions, credential, hours)?,
            predicates,
            one_time: true,
            expires_at: session.expires_at,
            seconds_left: found.seconds_left(now),
            warnings: warnings(found, now),
            obstacle,
            credential: credential_id,
            request_hash: RequestHash::new(&found.agreement(), institution, credential_id),
        })
    }
}

fn warnings(found: &FoundRequest, now: Timestamp) -> Vec<Warning> {
    let session = &found.session;
    let other_name = session.institution.display_name.as_ref().is_some_and(|name| *name != session.institution.name);
    [
        (Warning::UnapprovedInstitution, !session.institution.approved),
        (Warning::OtherName, other_name),
        (Warning::Sandbox, session.environment == Environment::Sandbox),
        (Warning::ScoreAsked, session.permissions.iter().any(|permission| permission == Permission::FullScore)),
        (Warning::LittleTime, found.seconds_left(now) < SHORT_TIME_SECONDS),
        (Warning::ClockWrong, found.clock_is_wrong),
    ]
    .into_iter()
    .filter_map(|(warning, applies)| applies.then_some(warning))
    .collect()
}
