//! An institution's workspace: onboarding, its users' sign-ins, its keys.

pub mod browser;
pub mod cors;
#[cfg(test)]
mod history_tests;
pub mod http;
pub mod input;
pub mod keys;
pub mod onboard;
pub mod origins;
pub mod password;
pub mod sign_in;
pub mod team;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use passid_api::ids::InstitutionId;
use passid_api::time::Timestamp;

use crate::audit::{self, Action};
use crate::store::{self, Store, StoreError};

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
pub async fn approve(store: &Store, id: InstitutionId, now: Timestamp) -> Result<(), ApproveError> {
    store
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
