//! How a person approves: by letting the keystore open the holder's secret.

use super::review::ConsentReview;
use crate::identity::{ConsentLock, HolderSecret};
use crate::keystore::KeystoreError;
use crate::share::ShareProposal;

/// What is to be approved.
#[derive(Debug, Clone, Copy)]
pub enum ApprovalSubject<'a> {
    /// An institution's request.
    Request(&'a ConsentReview),
    /// A share of the person's own.
    Share(&'a ShareProposal),
    /// A backup that keeps the holder secret: whoever opens it can prove as this person.
    BackupOfHolderSecret,
}

/// Asks the person. An implementation may show a prompt of its own first, and must end with [`ConsentLock::open`]: only the opened secret
/// counts, so there is no answer "yes" to forge. Called on a thread that may block.
pub trait UserApproval: Send + Sync {
    /// Opens the lock when the person agrees.
    ///
    /// # Errors
    /// [`KeystoreError::Cancelled`] when they do not, and whatever the keystore says.
    fn approve(&self, subject: ApprovalSubject<'_>, lock: &ConsentLock) -> Result<HolderSecret, KeystoreError>;
}

/// Leaves the question to the keystore: where it asks for a finger or a face, that is the approval.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeystoreApproval;

impl UserApproval for KeystoreApproval {
    fn approve(&self, _: ApprovalSubject<'_>, lock: &ConsentLock) -> Result<HolderSecret, KeystoreError> {
        lock.open()
    }
}
