//! Commands for whoever runs the issuer.

use passid_api::ids::InstitutionId;
use passid_api::time::{Clock, SystemClock};
use passid_issuer::{audit, institution, store::Store};

use crate::arguments::{AuditCommand, WorkspaceCommand};
use crate::failure::Failure;
use crate::serve::database;

fn parse(text: &str) -> Result<InstitutionId, Failure> {
    text.parse().map_err(|error| Failure::Operator(format!("{text}: {error}")))
}

/// `passid workspace approve`.
#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(crate) async fn workspace(command: WorkspaceCommand) -> Result<(), Failure> {
    let WorkspaceCommand::Approve { institution, store: options } = command;
    let id = parse(&institution)?;
    let store = Store::open(&database(&options)).await?;
    let approved = institution::approve(&store, id, SystemClock.now()).await;
    store.close().await;
    approved.map_err(|error| Failure::Operator(error.to_string()))?;
    println!("{id} may verify live credentials");
    Ok(())
}

/// `passid audit verify`.
#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(crate) async fn audit(command: AuditCommand) -> Result<(), Failure> {
    let AuditCommand::Verify { institution, store: options } = command;
    let id = parse(&institution)?;
    let store = Store::open(&database(&options)).await?;
    let checked = audit::verify(&mut store.reader().await?, id).await;
    store.close().await;
    let entries = checked.map_err(|error| Failure::Operator(error.to_string()))?;
    println!("{id}: {entries} entries, the chain is whole");
    Ok(())
}
