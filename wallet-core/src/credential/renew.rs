//! Renewing a credential before it ends, so that no request meets an expired one.

use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;
use passid_api::wallet::CredentialState;

use super::store::StoredCredential;
use super::{CredentialError, CredentialView};
use crate::error::WalletError;
use crate::wallet::Wallet;

/// A credential is renewed in the last quarter of its life, and in its last week at the earliest: fresh data is worth more than one
/// reading of the bank saved, and a phone that is opened once a week still finds the time.
const RENEW_IN_LAST: i64 = 4;
const RENEW_BEFORE_SECONDS: i64 = 7 * 86_400;

/// What became of a renewal.
#[derive(Debug, Clone, PartialEq)]
pub enum Renewal {
    /// The credential is good for longer. Ask again at this time.
    NotDue {
        /// When the renewal is due.
        due_at: Timestamp,
    },
    /// There is a new credential; it replaces the one before.
    Renewed(Box<CredentialView>),
    /// The bank connection behind it has ended, or is not known any more: the person links their bank again.
    LinkBank,
}

fn due_at(credential: &StoredCredential) -> Timestamp {
    let life = credential.expires_at.seconds() - credential.issued_at;
    credential.expires_at.plus_seconds(-(life / RENEW_IN_LAST).clamp(0, RENEW_BEFORE_SECONDS))
}

impl Wallet {
    /// Renews the newest credential from the same bank connection, when it is due. Call it after opening and once a day in the background.
    ///
    /// If the answer is lost, call again: the issuer makes another one.
    ///
    /// # Errors
    /// [`CredentialError::None`] when there is nothing to renew, and what [`Wallet::request_credential`] says.
    pub async fn renew_credential(&self) -> Result<Renewal, WalletError> {
        let core = &self.core;
        // An attempt under way keeps the credential it began with.
        let alone = core.presenting.lock().await;
        let account = core.registered_account().await?;
        let stored = core.stored_credentials(&account).await?;
        let newest = stored.into_iter().find(|stored| stored.state != CredentialState::Revoked).ok_or(CredentialError::None)?;
        let due_at = due_at(&newest);
        if core.clock.now() < due_at {
            return Ok(Renewal::NotDue { due_at });
        }
        let Some((link, destination)) = newest.source else { return Ok(Renewal::LinkBank) };
        let received = self.request_credential(link, destination).await;
        drop(alone);
        match received {
            Ok(received) => Ok(Renewal::Renewed(Box::new(received.credential))),
            Err(WalletError::Issuer(error)) if matches!(error.problem(), Some(ProblemCode::NotFound | ProblemCode::BankLinkNotReady)) => Ok(Renewal::LinkBank),
            Err(error) => Err(error),
        }
    }
}
