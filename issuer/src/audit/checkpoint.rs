//! Signed checkpoints of workspaces' logs ([`crate::chain::checkpoint`]): made when a log has grown, kept, handed out.

use passid_api::ids::InstitutionId;

use crate::chain::checkpoint::{CheckpointError, sign};
use crate::service::Service;
use crate::store::{self, Connection};

/// Workspaces whose log grew that are signed for in one turn.
const PER_TURN: u32 = 256;

/// The log's name in a checkpoint and its signature.
pub(super) fn origin(institution: InstitutionId) -> String {
    format!("passid/audit/{institution}")
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
    let note = sign(&service.keys, &origin(institution), &head, now)?;
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
