//! The audit log of each workspace: what changed, in order, every entry hashed with the one before, so that an entry changed,
//! removed or inserted later is noticed; and signed checkpoints, so that entries cut off its end are.

mod chain;
pub mod checkpoint;
pub mod http;
pub mod worker;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use passid_api::ids::InstitutionId;
use passid_api::jws::KeySet;
use passid_api::time::Timestamp;

pub use crate::chain::ChainError;
use crate::chain::checkpoint::{Checkpoint, read_all};
use crate::chain::{Head, PAGE, START, Walk};
use crate::store::{self, Connection, StoreError};

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
        /// Somebody was invited.
        MemberInvited = "member.invited",
        /// An invitation was withdrawn.
        InvitationWithdrawn = "invitation.withdrawn",
        /// Somebody accepted an invitation.
        MemberJoined = "member.joined",
        /// A user got another role.
        MemberRoleChanged = "member.role_changed",
        /// A user was removed; its sign-ins ended.
        MemberRemoved = "member.removed",
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

/// What is to be appended. `subject` and `actor` are identifiers, never personal data.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Whose chain.
    pub institution: InstitutionId,
    /// What happened.
    pub action: Action,
    /// To what.
    pub subject: String,
    /// By whom.
    pub actor: String,
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
    append_each(connection, &[&Entry { institution, action, subject: subject.to_owned(), actor: actor.to_owned() }], now).await
}

/// Appends entries in the caller's transaction, those of a workspace in their order. As [`append`] it comes last, but to any number of
/// workspaces.
///
/// # Errors
/// [`StoreError`].
pub async fn append_each(connection: &mut Connection, entries: &[&Entry], now: Timestamp) -> Result<(), StoreError> {
    let mut counts = BTreeMap::new();
    for entry in entries {
        *counts.entry(entry.institution).or_insert(0) += 1;
    }
    let mut heads = store::audit::take_next(connection, &counts, START).await?;
    for (institution, head) in &mut heads {
        head.sequence -= counts.get(institution).copied().unwrap_or_default();
    }
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let head = heads.get_mut(&entry.institution).ok_or(StoreError::Corrupt("audit head"))?;
        head.sequence += 1;
        let (action, subject, actor) = (entry.action.as_str(), entry.subject.as_str(), entry.actor.as_str());
        head.digest = chain::Entry { sequence: head.sequence, action, subject, actor, created_at: now }.digest(entry.institution, head.digest);
        let row = store::audit::AuditRow {
            sequence: head.sequence,
            action: action.to_owned(),
            subject: subject.to_owned(),
            actor: actor.to_owned(),
            created_at: now,
            digest: head.digest,
        };
        rows.push((entry.institution, row));
    }
    store::audit::insert(connection, &rows, &heads).await
}

/// Recomputes the workspace's chain from its beginning and returns the number of its entries.
///
/// # Errors
/// [`ChainError::BrokenAt`] with the first entry that does not follow from those before.
pub async fn verify(connection: &mut Connection, institution: InstitutionId) -> Result<u64, ChainError> {
    verify_against(connection, institution, &[]).await
}

/// [`verify`], and holds the log against its own checkpoints and those somebody else kept. Returns the number of its entries and of
/// the checkpoints it agrees with.
///
/// # Errors
/// [`ChainError`].
pub async fn verify_with_checkpoints(
    connection: &mut Connection,
    institution: InstitutionId,
    keys: &KeySet,
    kept_elsewhere: &[String],
) -> Result<(u64, usize), ChainError> {
    let mut notes = kept_elsewhere.to_vec();
    let mut after = 0;
    loop {
        let page = store::audit::checkpoints(connection, institution, after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        notes.extend(page.into_iter().map(|(_, note)| note));
    }
    let checkpoints = read_all(keys, &checkpoint::origin(institution), notes.iter().map(String::as_str))?;
    let entries = verify_against(connection, institution, &checkpoints).await?;
    Ok((entries, checkpoints.len()))
}

/// Checkpoints are sorted by length.
async fn verify_against(connection: &mut Connection, institution: InstitutionId, checkpoints: &[Checkpoint]) -> Result<u64, ChainError> {
    // The head first: what is appended meanwhile only makes the log longer than it.
    let head = store::audit::head(connection, institution).await?;
    let end = head.as_ref().map_or(0, |head| head.sequence);
    let mut walk = Walk::begin(checkpoints);
    while walk.count() < end {
        let page = store::audit::list(connection, institution, walk.count(), PAGE).await?;
        // What stands behind the head is no part of the chain yet; where an entry up to it should be, its absence is a break.
        if page.first().is_none_or(|row| row.sequence != walk.count() + 1) {
            return Err(walk.broken());
        }
        for row in page.iter().take_while(|row| row.sequence <= end) {
            let entry = chain::Entry { sequence: row.sequence, action: &row.action, subject: &row.subject, actor: &row.actor, created_at: row.created_at };
            walk.follow(Head { sequence: row.sequence, digest: row.digest }, |before| entry.digest(institution, before))?;
        }
    }
    match head {
        Some(head) => walk.end(head.digest),
        // The first entry may have been appended since; then there is a head by now.
        None if store::audit::list(connection, institution, 0, 1).await?.is_empty() || store::audit::head(connection, institution).await?.is_some() => {
            walk.end(START)
        }
        None => Err(walk.broken()),
    }
}
