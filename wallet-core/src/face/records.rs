//! Plain records that cross to the app, made from the core's types.

use std::collections::HashMap;

use crate::consent::{ClaimLine, ConsentReview, PredicateLine};
use crate::credential::{CredentialView, Renewal};
use crate::history::HistoryEntry;
use crate::identity::Registration;
use crate::presentation::Shared;
use crate::share::{NewShare, Share};
use crate::words::Text;

/// A sentence: look `key` up in the app's language, fill in `parameters`, or show `english`.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TextRecord {
    /// Stable name of the sentence.
    pub key: String,
    /// What stands in its gaps.
    pub parameters: HashMap<String, String>,
    /// The sentence in English.
    pub english: String,
}

impl From<Text> for TextRecord {
    fn from(text: Text) -> Self {
        Self { key: text.key, parameters: text.parameters.into_iter().collect(), english: text.english }
    }
}

/// The wallet's account.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AccountRecord {
    /// Its identifier at the issuer.
    pub user_id: String,
    /// The issuer's identifier.
    pub issuer: String,
    /// `sandbox` or `live`.
    pub environment: String,
}

impl From<Registration> for AccountRecord {
    fn from(registration: Registration) -> Self {
        Self { user_id: registration.user_id.to_string(), issuer: registration.issuer, environment: registration.environment.to_string() }
    }
}

/// A bank that can be linked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BankRecord {
    /// Its identifier.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// A bank connection.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct BankLinkRecord {
    /// Its identifier.
    pub link_id: String,
    /// Where it stands, such as `authorised`.
    pub status: String,
    /// Where to send the person's browser; only while awaiting. One use; do not log it.
    pub authorization_url: Option<String>,
    /// When the consent ends.
    pub expires_at: i64,
}

impl From<passid_api::wallet::BankLink> for BankLinkRecord {
    fn from(link: passid_api::wallet::BankLink) -> Self {
        Self {
            link_id: link.link_id.to_string(),
            status: link.status.to_string(),
            authorization_url: link.authorization_url,
            expires_at: link.expires_at.seconds(),
        }
    }
}

/// A credential, for its holder's eyes.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct CredentialRecord {
    /// Its identifier.
    pub id: String,
    /// `active`, `expired` or `revoked`.
    pub state: String,
    /// When it was issued.
    pub issued_at: i64,
    /// When the bank data was read.
    pub data_timestamp: i64,
    /// When it ends.
    pub expires_at: i64,
    /// The claims by name, a JSON object.
    pub claims_json: String,
    /// Sanctions lists screened; none means none was.
    pub sanctions_lists: Vec<String>,
}

impl From<CredentialView> for CredentialRecord {
    fn from(view: CredentialView) -> Self {
        Self {
            id: view.id.to_string(),
            state: view.state.to_string(),
            issued_at: view.issued_at.seconds(),
            data_timestamp: view.data_timestamp.seconds(),
            expires_at: view.expires_at.seconds(),
            claims_json: serde_json::Value::Object(view.claims).to_string(),
            sanctions_lists: view.sanctions_lists,
        }
    }
}

/// What became of a renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum RenewalOutcome {
    /// The credential is good for longer; ask again at `due_at`.
    NotDue,
    /// There is a new credential.
    Renewed,
    /// The bank connection has ended: link the bank again.
    LinkBank,
}

/// A renewal.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct RenewalRecord {
    /// What became of it.
    pub outcome: RenewalOutcome,
    /// When the next is due, where nothing was done.
    pub due_at: Option<i64>,
    /// The new credential, where there is one.
    pub credential: Option<CredentialRecord>,
}

impl From<Renewal> for RenewalRecord {
    fn from(renewal: Renewal) -> Self {
        match renewal {
            Renewal::NotDue { due_at } => Self { outcome: RenewalOutcome::NotDue, due_at: Some(due_at.seconds()), credential: None },
            Renewal::Renewed(credential) => Self { outcome: RenewalOutcome::Renewed, due_at: None, credential: Some((*credential).into()) },
            Renewal::LinkBank => Self { outcome: RenewalOutcome::LinkBank, due_at: None, credential: None },
        }
    }
}

/// A line of what is disclosed.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClaimRecord {
    /// The permission's name; none for what every presentation discloses.
    pub permission: Option<String>,
    /// In plain words.
    pub text: TextRecord,
    /// What the verifier would read, a JSON object; empty without a credential.
    pub values_json: String,
}

impl From<ClaimLine> for ClaimRecord {
    fn from(line: ClaimLine) -> Self {
        Self {
            permission: line.permission.map(|permission| permission.to_string()),
            text: line.text.into(),
            values_json: serde_json::Value::Object(line.values).to_string(),
        }
    }
}

/// A condition that is proved without its claim.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct PredicateRecord {
    /// In plain words.
    pub text: TextRecord,
    /// Whether the credential meets it; none without a credential.
    pub met: Option<bool>,
}

impl From<PredicateLine> for PredicateRecord {
    fn from(line: PredicateLine) -> Self {
        Self { text: line.text.into(), met: line.met }
    }
}

/// Everything a person decides on.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReviewRecord {
    /// Which request; pass it to `approve` or `decline`.
    pub session: String,
    /// The institution's identifier.
    pub verifier_id: String,
    /// Its registered name.
    pub verifier_name: String,
    /// The name given for this request, when it differs.
    pub verifier_display_name: Option<String>,
    /// Whether the operator has approved it.
    pub verifier_approved: bool,
    /// `sandbox` or `live`.
    pub environment: String,
    /// What is disclosed.
    pub claims: Vec<ClaimRecord>,
    /// What is proved without being disclosed.
    pub predicates: Vec<PredicateRecord>,
    /// Always true.
    pub one_time: bool,
    /// When it ends.
    pub expires_at: i64,
    /// Seconds left, counted by the issuer.
    pub seconds_left: i64,
    /// What to know before agreeing. While there is one, approval must not be pre-selected.
    pub warnings: Vec<TextRecord>,
    /// Why approving would fail now.
    pub obstacle: Option<TextRecord>,
    /// Pass it to `approve`.
    pub request_hash: String,
}

impl From<ConsentReview> for ReviewRecord {
    fn from(review: ConsentReview) -> Self {
        Self {
            session: review.session.to_string(),
            verifier_id: review.verifier.id.to_string(),
            verifier_name: review.verifier.name,
            verifier_display_name: review.verifier.display_name,
            verifier_approved: review.verifier.approved,
            environment: review.environment.to_string(),
            claims: review.claims.into_iter().map(Into::into).collect(),
            predicates: review.predicates.into_iter().map(Into::into).collect(),
            one_time: review.one_time,
            expires_at: review.expires_at.seconds(),
            seconds_left: review.seconds_left,
            warnings: review.warnings.into_iter().map(|warning| warning.text().into()).collect(),
            obstacle: review.obstacle.map(|obstacle| obstacle.text().into()),
            request_hash: review.request_hash.to_string(),
        }
    }
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SharedRecord {
    /// The verification the institution sees, where known.
    pub verification_id: Option<String>,
    /// Milliseconds the proof took.
    pub prove_milliseconds: u64,
    /// Milliseconds all of it took.
    pub total_milliseconds: u64,
}

fn milliseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl From<Shared> for SharedRecord {
    fn from(shared: Shared) -> Self {
        Self {
            verification_id: shared.verification_id.map(|id| id.to_string()),
            prove_milliseconds: milliseconds(shared.timings.prove),
            total_milliseconds: milliseconds(shared.timings.total()),
        }
    }
}

/// What to offer in a share.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShareRequest {
    /// Names of permissions, such as `income_verified`.
    pub permissions: Vec<String>,
    /// The one institution that may redeem it; any when left out.
    pub audience: Option<String>,
    /// Seconds it can be redeemed, 60 to 86,400.
    pub lifetime_seconds: u32,
}

/// A share just made; show the codes, do not log them.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewShareRecord {
    /// Its identifier.
    pub id: String,
    /// For reading aloud, in groups of four.
    pub code: String,
    /// The code in the spelling alphabet, one line per group.
    pub spelled: Vec<String>,
    /// For copying.
    pub token: String,
    /// When it ends.
    pub expires_at: i64,
}

impl From<NewShare> for NewShareRecord {
    fn from(share: NewShare) -> Self {
        Self {
            id: share.id.to_string(),
            code: share.code.to_string(),
            spelled: share.spelled,
            token: share.token.to_string(),
            expires_at: share.expires_at.seconds(),
        }
    }
}

/// A share of this wallet.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShareRecord {
    /// Its identifier.
    pub id: String,
    /// `active`, `used`, `revoked` or `expired`.
    pub state: String,
    /// What it discloses, by name.
    pub permissions: Vec<String>,
    /// The code, while it can be redeemed.
    pub code: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When it was redeemed.
    pub used_at: Option<i64>,
    /// Who redeemed it.
    pub used_by: Option<String>,
}

impl From<Share> for ShareRecord {
    fn from(share: Share) -> Self {
        Self {
            id: share.id.to_string(),
            state: share.state.to_string(),
            permissions: share.permissions.iter().map(|permission| permission.to_string()).collect(),
            code: share.code.map(|code| code.to_string()),
            created_at: share.created_at.seconds(),
            expires_at: share.expires_at.seconds(),
            used_at: share.used_at.map(passid_api::time::Timestamp::seconds),
            used_by: share.used_by,
        }
    }
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryRecord {
    /// Its number, for deleting.
    pub id: i64,
    /// When it began.
    pub at: i64,
    /// `session` or `share`.
    pub way: String,
    /// The verifier's name, where there is one.
    pub verifier: Option<String>,
    /// What was disclosed, by name.
    pub permissions: Vec<String>,
    /// What came of it, such as `shared`.
    pub outcome: String,
    /// Stable code of the reason, where it did not happen.
    pub reason: Option<String>,
}

impl From<HistoryEntry> for HistoryRecord {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            id: entry.id,
            at: entry.at.seconds(),
            way: entry.way.to_string(),
            verifier: entry.verifier,
            permissions: entry.permissions.iter().map(|permission| permission.to_string()).collect(),
            outcome: entry.outcome.to_string(),
            reason: entry.reason,
        }
    }
}
