//! An institution's workspace: onboarding, its users' sign-ins, its keys.

pub mod http;
pub mod input;
pub mod keys;
pub mod onboard;
pub mod password;
pub mod sign_in;




use passid_api::ids::InstitutionId;

use crate::audit::{self, Action};
use crate::service::Service;
use crate::store::{self, StoreError};

/// Why a workspace was not approved.
#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    /// Check the identifier.
    #[error("there is no workspace {0}")]
    Unknown(InstitutionId),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The operator approves a workspace: its live keys work from now on. Approving it twice changes nothing.
///
/// # Errors
/// [`ApproveError`].
pub async fn approve(service: &Service, id: InstitutionId) -> Result<(), ApproveError> {
    let now = service.clock.now();
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                if store::institutions::enable_live(connection, id).await? {
                    audit::append(connection, id, Action::InstitutionApproved, &id.to_string(), "operator", now).await?;
                } else if store::institutions::find(connection, id).await?.is_none() {
                    return Err(ApproveError::Unknown(id));
                }
                Ok(())
            })
        })
        .await
}
