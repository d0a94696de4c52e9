//! The audit log of each workspace: what changed, in order, every entry hashed with the one before, so that an entry changed,
//! removed or inserted later is noticed.

mod chain;

#[cfg(test)]
mod tests;

use passid_api::ids::InstitutionId;
use passid_api::time::Timestamp;

use crate::store::{self, Connection, StoreError};

/// Entries read at once when a chain is checked.
const PAGE: u32 = 500;

passid_api::text_enum! {
    /// What can be recorded.
    pub enum Action as "audit action" {
        /// The workspace was made.
        InstitutionOnboarded = "institution.onboarded",
        /// The operator enabled live mode.
        InstitutionApproved = "institution.approved",
        /// A user signed in.
        UserSignedIn = "user.signed_in",
        /// A user signed out.
        UserSignedOut = "user.signed_out",
        /// A refresh token came back after its use; the sign-in was revoked.
        RefreshTokenReused = "user.refresh_token_reused",
        /// A key was made.
        KeyCreated = "key.created",
        /// A key was replaced by another and ends with its overlap.
        KeyRotated = "key.rotated",
        /// A key was revoked.
        KeyRevoked = "key.revoked",
        /// The origins that may use publishable keys changed.
        OriginsChanged = "origins.changed",
        /// A webhook endpoint was registered.
        WebhookCreated = "webhook.created",
        /// A webhook endpoint was changed or enabled again.
        WebhookUpdated = "webhook.updated",
        /// A webhook endpoint was removed.
        WebhookRemoved = "webhook.removed",
        /// A webhook endpoint answered `410` or failed too long, and was disabled.
        WebhookDisabled = "webhook.disabled",
        /// A webhook endpoint got a new secret.
        WebhookSecretRotated = "webhook.secret_rotated",
        /// A test event was sent.
        WebhookTested = "webhook.tested",
        /// One event was sent again.
        WebhookResent = "webhook.resent",
        /// Events since a time were sent again.
        WebhookReplayed = "webhook.replayed",
        /// A session was created.
        SessionCreated = "session.created",
        /// A holder fulfilled a session.
        SessionFulfilled = "session.fulfilled",
        /// A holder declined a session.
        SessionDeclined = "session.declined",
        /// A token, code or session was verified.
        VerificationCompleted = "verification.completed",
        /// A token or code was refused.
        VerificationFailed = "verification.failed",
        /// An outcome was reported.
        OutcomeReported = "outcome.reported",
    }
}

/// Why a chain is not to be trusted.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// Compare this entry and those after it with a backup: it was changed, removed or inserted.
    #[error("the audit log is broken at entry {0}")]
    BrokenAt(u64),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Appends an entry in the caller's transaction. `subject` and `actor` are identifiers, never personal data.
///
/// It locks the workspace's chain until the commit, so append last, and to one workspace only.
///
/// # Errors
/// [`StoreError`].
pub async fn append(
    connection: &mut Connection,
    institution: InstitutionId,
    action: Action,
    subject: &str,
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let next = store::audit::take_next(connection, institution, chain::START).await?;
    let entry = chain::Entry { sequence: next.sequence, action: action.as_str(), subject, actor, created_at: now };
    let digest = entry.digest(institution, next.digest);
    let row = store::audit::AuditRow {
        sequence: next.sequence,
        action: action.as_str().to_owned(),
        subject: subject.to_owned(),
        actor: actor.to_owned(),
        created_at: now,
        digest,
    };
    store::audit::insert(connection, institution, &row).await
}

/// Recomputes the workspace's chain from its beginning and returns the number of its entries.
///
/// # Errors
/// [`ChainError::BrokenAt`] with the first entry that does not follow from those before.
pub async fn verify(connection: &mut Connection, institution: InstitutionId) -> Result<u64, ChainError> {
    // The head first: what is appended meanwhile only makes the log longer than it.
    let head = store::audit::head(connection, institution).await?;
    let (mut digest, mut count) = (chain::START, 0_i64);
    let end = head.as_ref().map_or(0, |head| head.sequence);
    while count < end {
        let page = store::audit::list(connection, institution, count, PAGE).await?;
        // What stands behind the head is no part of the chain yet; where an entry up to it should be, its absence is a break.
        if page.first().is_none_or(|row| row.sequence != count + 1) {
            return Err(broken_after(count));
        }
        for row in page.iter().take_while(|row| row.sequence <= end) {
            let entry = chain::Entry { sequence: count + 1, action: &row.action, subject: &row.subject, actor: &row.actor, created_at: row.created_at };
            digest = entry.digest(institution, digest);
            if row.sequence != count + 1 || row.digest != digest {
                return Err(broken_after(count));
            }
            count += 1;
        }
    }
    match head {
        Some(head) if head.digest != digest => Err(ChainError::BrokenAt(count.unsigned_abs())),
        Some(_) => Ok(count.unsigned_abs()),
        // The first entry may have been appended since; then there is a head by now.
        None if store::audit::list(connection, institution, 0, 1).await?.is_empty() || store::audit::head(connection, institution).await?.is_some() => Ok(0),
        None => Err(ChainError::BrokenAt(1)),
    }
}

const fn broken_after(count: i64) -> ChainError {
    ChainError::BrokenAt(count.unsigned_abs() + 1)
}
