//! Signed checkpoints: how long a workspace's log was and what its newest digest was, in the form transparency logs use (C2SP
//! `tlog-checkpoint` inside a signed note). A chain alone cannot show that its end was not cut off; whoever keeps a checkpoint can.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use passid_api::ids::InstitutionId;
use passid_api::jws::{JwsError, KeyPurpose, KeySet};
use passid_api::signed_note;
use passid_api::time::Timestamp;

use crate::credential::keys::KeyRing;
use crate::service::Service;
use crate::store::audit::AuditHead;
use crate::store::{self, Connection, StoreError};

/// Workspaces whose log grew that are signed for in one turn.
const PER_TURN: u32 = 256;

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

/// The log's name in a checkpoint and its signature: the same whatever address the issuer has.
fn origin(institution: InstitutionId) -> String {
    format!("passid/audit/{institution}")
}

fn sign(keys: &KeyRing, institution: InstitutionId, head: &AuditHead, now: Timestamp) -> Result<String, JwsError> {
    let origin = origin(institution);
    let text = format!("{origin}\n{}\n{}\n{now}\n", head.sequence, STANDARD.encode(head.digest));
    signed_note::sign(&keys.audit(), &origin, &text)
}

/// Reads a checkpoint of this workspace that one of the keys signed.
///
/// # Errors
/// [`JwsError`].
pub fn read(keys: &KeySet, institution: InstitutionId, note: &str) -> Result<Checkpoint, JwsError> {
    let origin = origin(institution);
    let text = signed_note::read(keys, KeyPurpose::Audit, &origin, note)?;
    let mut lines = text.lines();
    let (named, entries, digest) = (lines.next(), lines.next(), lines.next());
    if named != Some(origin.as_str()) {
        return Err(JwsError::Malformed);
    }
    let entries = entries.and_then(|text| text.parse().ok()).ok_or(JwsError::Malformed)?;
    let digest = digest.and_then(|text| STANDARD.decode(text).ok()).and_then(|bytes| bytes.try_into().ok()).ok_or(JwsError::Malformed)?;
    Ok(Checkpoint { entries, digest })
}

/// Signs where the workspace's log stands now, keeps the note and returns it. `None` before the first entry.
///
/// # Errors
/// [`CheckpointError`].
pub async fn make(service: &Service, institution: InstitutionId) -> Result<Option<String>, CheckpointError> {
    let inside = service.clone();
    service.store.write(move |connection| Box::pin(async move { write(&inside, connection, institution).await })).await
}

async fn write(service: &Service, connection: &mut Connection, institution: InstitutionId) -> Result<Option<String>, CheckpointError> {
    let Some(head) = store::audit::head(connection, institution).await? else { return Ok(None) };
    if let Some(note) = store::audit::checkpoint_at(connection, institution, head.sequence).await? {
        return Ok(Some(note));
    }
    let now = service.clock.now();
    let note = sign(&service.keys, institution, &head, now)?;
    store::audit::insert_checkpoint(connection, institution, head.sequence, &note, now).await?;
    Ok(Some(note))
}

/// Signs for workspaces whose log has grown since their last checkpoint, and returns for how many.
///
/// # Errors
/// [`CheckpointError`].
pub async fn make_due(service: &Service) -> Result<usize, CheckpointError> {
    let grown = store::audit::grown_logs(&mut service.store.reader().await?, PER_TURN).await?;
    for institution in &grown {
        make(service, *institution).await?;
    }
    Ok(grown.len())
}
