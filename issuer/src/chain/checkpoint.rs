//! Signed checkpoints: how long a log was and what its newest digest was, in the form transparency logs use (C2SP `tlog-checkpoint`
//! inside a signed note). A chain alone cannot show that its end was not cut off; whoever keeps a checkpoint can.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use passid_api::jws::{JwsError, KeyPurpose, KeySet};
use passid_api::signed_note;
use passid_api::time::Timestamp;

use super::Head;
use crate::credential::keys::KeyRing;
use crate::store::StoreError;

/// A checkpoint, read and verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many entries the log had.
    pub entries: u64,
    /// The newest one's digest.
    pub digest: [u8; 32],
}

/// Why a checkpoint could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be signed.
    #[error("a checkpoint could not be signed: {0}")]
    Sign(#[from] JwsError),
}

/// Signs where the log called `origin` ends: the same name whatever address the issuer has.
///
/// # Errors
/// [`JwsError`].
pub(crate) fn sign(keys: &KeyRing, origin: &str, head: &Head, now: Timestamp) -> Result<String, JwsError> {
    let text = format!("{origin}\n{}\n{}\n{now}\n", head.sequence, STANDARD.encode(head.digest));
    signed_note::sign(&keys.audit(), origin, &text)
}

/// Reads a checkpoint of the log called `origin` that one of the keys signed.
///
/// # Errors
/// [`JwsError`].
pub fn read(keys: &KeySet, origin: &str, note: &str) -> Result<Checkpoint, JwsError> {
    let text = signed_note::read(keys, KeyPurpose::Audit, origin, note)?;
    let mut lines = text.lines();
    let (named, entries, digest) = (lines.next(), lines.next(), lines.next());
    if named != Some(origin) {
        return Err(JwsError::Malformed);
    }
    let entries = entries.and_then(|text| text.parse().ok()).ok_or(JwsError::Malformed)?;
    let digest = digest.and_then(|text| STANDARD.decode(text).ok()).and_then(|bytes| bytes.try_into().ok()).ok_or(JwsError::Malformed)?;
    Ok(Checkpoint { entries, digest })
}

/// Reads the notes kept by the issuer and those kept elsewhere, shortest log first.
///
/// # Errors
/// [`JwsError`] of the first that does not read.
pub(crate) fn read_all<'a>(keys: &KeySet, origin: &str, notes: impl IntoIterator<Item = &'a str>) -> Result<Vec<Checkpoint>, JwsError> {
    let mut checkpoints = notes.into_iter().map(|note| read(keys, origin, note)).collect::<Result<Vec<_>, _>>()?;
    checkpoints.sort_by_key(|checkpoint| checkpoint.entries);
    Ok(checkpoints)
}
