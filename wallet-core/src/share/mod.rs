//! Shares: a person offers claims, and whoever they give the code to redeems them once.

mod error;
mod spelling;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use passid_api::agreement::{Agreement, Purpose, ShareNonce};
use passid_api::codes::{ShareCode, ShareToken};
use passid_api::ids::{InstitutionId, ShareId};
use passid_api::permission::PermissionSet;
use passid_api::predicate::{self, Predicate};
use passid_api::problem::ProblemCode;
use passid_api::share::{CreateShare, DEFAULT_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS, RevokeShare, ShareCreated, ShareHistory, ShareState};
use passid_api::time::Timestamp;
use serde::Serialize;

pub use self::error::ShareError;
use crate::consent::{ApprovalSubject, ClaimLine, PredicateLine, UserApproval, claim_lines, predicate_lines};
use crate::core::Core;
use crate::credential::{VerifiedCredential, age_in_hours};
use crate::error::WalletError;
use crate::history::{self, NewEntry, Outcome, Way};
use crate::identity::{Account, HolderSecret};
use crate::issuer::{Call, IdempotencyKey};
use crate::presentation::{Answered, AttemptKind, Plan, PresentationControl, PresentationError, PresentationTimings};
use crate::wallet::Wallet;

/// Where shares are made.
pub(crate) const CREATE_PATH: &str = "/api/v1/bridge/share/create";
const REVOKE_PATH: &str = "/api/v1/bridge/share/revoke";
/// Shortest life of a share, seconds: a code is read aloud and typed first.
const MIN_LIFETIME_SECONDS: u32 = 60;

/// What to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareOptions {
    /// What is disclosed.
    pub permissions: PermissionSet,
    /// What is proved without being disclosed; at most four.
    pub predicates: Vec<Predicate>,
    /// The one institution that may redeem it; any when left out.
    pub audience: Option<InstitutionId>,
    /// Seconds it can be redeemed, 60 to 86,400.
    pub lifetime_seconds: u32,
}

impl ShareOptions {
    /// These permissions, for any institution, for ten minutes.
    pub const fn new(permissions: PermissionSet) -> Self {
        Self { permissions, predicates: Vec::new(), audience: None, lifetime_seconds: DEFAULT_LIFETIME_SECONDS }
    }
}

/// What a share would disclose, for the person to look at before they approve. `Debug` prints no claim's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShareProposal {
    /// What is disclosed.
    pub claims: Vec<ClaimLine>,
    /// What is proved without being disclosed.
    pub predicates: Vec<PredicateLine>,
    /// The one institution that may redeem it.
    pub audience: Option<InstitutionId>,
    /// Seconds it can be redeemed.
    pub lifetime_seconds: u32,
}

/// A share just made. `Debug` prints no codes.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// Its identifier.
    pub id: ShareId,
    /// For reading aloud.
    pub code: ShareCode,
    /// The code in the spelling alphabet, one line per group.
    pub spelled: Vec<String>,
    /// For copying.
    pub token: ShareToken,
    /// When it ends.
    pub expires_at: Timestamp,
    /// How long the parts took.
    pub timings: PresentationTimings,
}

/// A share of this wallet. `Debug` prints no codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Its identifier.
    pub id: ShareId,
    /// Where it stands, as far as this wallet knows.
    pub state: ShareState,
    /// What it discloses.
    pub permissions: PermissionSet,
    /// The one institution that may redeem it.
    pub audience: Option<InstitutionId>,
    /// For reading aloud, while it can be redeemed.
    pub code: Option<ShareCode>,
    /// For copying, while it can be redeemed.
    pub token: Option<ShareToken>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub used_at: Option<Timestamp>,
    /// Who redeemed it.
    pub used_by: Option<String>,
}

impl Wallet {
    /// What a share with these options would disclose. Nothing leaves the device.
    ///
    /// # Errors
    /// [`ShareError`] for options that cannot be, [`WalletError::Credential`] without a valid credential.
    pub async fn propose_share(&self, options: &ShareOptions) -> Result<ShareProposal, WalletError> {
        let account = self.core.registered_account().await?;
        let credential = self.core.active_credential(&account).await?;
        self.core.proposal(options, &credential)
    }

    /// Makes a one-time share: the person opens the holder secret, the wallet proves, the issuer keeps the proof until someone redeems it.
    ///
    /// # Errors
    /// As [`Wallet::propose_share`] and [`Wallet::approve`].
    pub async fn create_share(&self, options: ShareOptions, approval: Arc<dyn UserApproval>, control: PresentationControl) -> Result<NewShare, WalletError> {
        let core = &self.core;
        let _alone = core.presenting.lock().await;
        let account = core.registered_account().await?;
        let credential = core.active_credential(&account).await?;
        let proposal = core.proposal(&options, &credential)?;
        let lock = account.consent_lock(core);
        let asking = move || approval.approve(ApprovalSubject::Share(&proposal), &lock);
        let secret = tokio::task::spawn_blocking(asking).await.map_err(|_| PresentationError::Interrupted)?.map(HolderSecret::into_secret)?;

        let ShareOptions { permissions, predicates, audience, lifetime_seconds } = options;
        let nonce = core.random.with(|generator| ShareNonce::generate(generator));
        let expires_at = core.clock.now().plus_seconds(i64::from(lifetime_seconds));
        let plan = Plan {
            kind: AttemptKind::Share,
            subject: String::from(nonce),
            path: CREATE_PATH.to_owned(),
            agreement: Agreement {
                environment: core.environment,
                purpose: Purpose::Share { audience, nonce },
                permissions: permissions.clone(),
                predicates: predicates.clone(),
                expires_at,
            },
            deadline: expires_at,
            entry: NewEntry {
                way: Way::Share,
                verifier_id: audience,
                verifier: None,
                permissions: permissions.clone(),
                predicates: predicates.iter().map(|predicate| predicate.claim).collect(),
                environment: core.environment,
                reference: None,
            },
        };
        let request =
            |presentation| CreateShare { permissions: permissions.clone(), predicates: predicates.clone(), audience, nonce, expires_at, presentation };
        let sent = std::sync::Mutex::new(None);
        let body = |presentation| {
            let request = request(presentation);
            let bytes = serde_json::to_vec(&request);
            *sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(request);
            bytes
        };
        let answered: Option<Answered<ShareCreated>> = core.present(&account, &credential, &secret, &plan, &control, body).await?;
        let request = sent.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (Some(Answered { attempt, answer, timings }), Some(request)) = (answered, request) else {
            return Err(PresentationError::AlreadyShared.into());
        };
        let share = NewShare {
            id: answer.share_id,
            spelled: spelling::spelled(&answer.code),
            code: answer.code,
            token: answer.token,
            expires_at: answer.expires_at,
            timings,
        };
        core.created(&account, attempt, &request, answer).await?;
        Ok(share)
    }

    /// This wallet's shares, newest first, from the vault alone.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Vault`].
    pub async fn shares(&self) -> Result<Vec<Share>, WalletError> {
        let account = self.core.registered_account().await?;
        let (id, now) = (account.id, self.core.clock.now());
        Ok(self
            .core
            .vault
            .write(move |tables| {
                store::expire(tables, id, now)?;
                store::list(tables, id)
            })
            .await?)
    }

    /// Asks the issuer which shares were used, by whom and when, and remembers it.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Issuer`].
    pub async fn refresh_shares(&self) -> Result<Vec<Share>, WalletError> {
        let core = &self.core;
        let account = core.registered_account().await?;
        let user = account.user.ok_or(WalletError::NotRegistered)?;
        let history: ShareHistory = core.send(Call::get(&format!("/api/v1/bridge/share/user/{user}"))).await?;
        let id = account.id;
        core.vault
            .write(move |tables| {
                for view in &history.data {
                    store::update(tables, id, view)?;
                    let outcome = match view.status {
                        ShareState::Used => Outcome::Used,
                        ShareState::Revoked => Outcome::Revoked,
                        ShareState::Active | ShareState::Expired => continue,
                    };
                    let by = view.used_by.as_deref().map(crate::words::displayable);
                    history::share_used(tables, view.share_id, outcome, by.as_deref())?;
                }
                Ok::<_, crate::vault::VaultError>(())
            })
            .await?;
        self.shares().await
    }

    /// Withdraws a share that nobody has redeemed yet.
    ///
    /// # Errors
    /// [`ShareError::Over`] when it is used, expired or revoked; [`WalletError::Issuer`].
    pub async fn revoke_share(&self, share: ShareId) -> Result<(), WalletError> {
        let core = &self.core;
        let account = core.registered_account().await?;
        let key = IdempotencyKey::generate(&core.random);
        let revoked: Result<serde_json::Value, WalletError> = core.send(Call::post_json(REVOKE_PATH, &key, &RevokeShare { share_id: share })?).await;
        match revoked {
            Err(WalletError::Issuer(error)) if matches!(error.problem(), Some(ProblemCode::Conflict | ProblemCode::Gone)) => {
                return Err(ShareError::Over.into());
            }
            revoked => revoked?,
        };
        core.vault
            .write(move |tables| {
                store::set_state(tables, account.id, share, ShareState::Revoked)?;
                history::share_used(tables, share, Outcome::Revoked, None)
            })
            .await
            .map_err(|error: crate::vault::VaultError| error.into())
    }
}

impl Core {
    fn proposal(&self, options: &ShareOptions, credential: &VerifiedCredential) -> Result<ShareProposal, WalletError> {
        if !(MIN_LIFETIME_SECONDS..=MAX_LIFETIME_SECONDS).contains(&options.lifetime_seconds) {
            return Err(ShareError::Lifetime.into());
        }
        predicate::validate(&options.predicates).map_err(|_| ShareError::Predicates)?;
        let predicates = predicate_lines(&options.predicates, Some(credential));
        if predicates.iter().any(|line| line.met == Some(false)) {
            return Err(ShareError::ConditionNotMet.into());
        }
        let hours = age_in_hours(credential.document.data_timestamp, self.clock.now());
        Ok(ShareProposal {
            claims: claim_lines(&options.permissions, Some(credential), hours)?,
            predicates,
            audience: options.audience,
            lifetime_seconds: options.lifetime_seconds,
        })
    }

    /// Stores a share the issuer made, and ends its attempt, in one step.
    pub(crate) async fn created(&self, account: &Account, attempt: i64, request: &CreateShare, created: ShareCreated) -> Result<(), WalletError> {
        let (account, request, now) = (account.id, request.clone(), self.clock.now());
        let reference = created.share_id.to_string();
        self.vault
            .write(move |tables| {
                store::insert(tables, account, &request, &created, now)?;
                crate::presentation::set_shared(tables, attempt, now)?;
                history::conclude(tables, attempt, Outcome::Shared, None, Some(&reference))
            })
            .await
            .map_err(|error: crate::vault::VaultError| error.into())
    }
}
