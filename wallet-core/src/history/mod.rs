//! What was shared, with whom, when, and what came of it: names of claims, never their values.

mod store;
#[cfg(test)]
mod tests;

use passid_api::claims::Slot;
use passid_api::environment::Environment;
use passid_api::ids::InstitutionId;
use passid_api::permission::PermissionSet;
use passid_api::time::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::store::{begin, conclude, is_kept, list, restore, set_kept, share_used};
use crate::error::WalletError;
use crate::vault::VaultError;
use crate::wallet::Wallet;

passid_api::text_enum! {
    /// In which way something was shared.
    pub enum Way as "way" {
        /// An institution asked.
        Session = "session",
        /// The person offered.
        Share = "share",
    }
}

passid_api::text_enum! {
    /// What came of it.
    pub enum Outcome as "outcome" {
        /// Under way, or interrupted and not yet looked after.
        Started = "started",
        /// The institution can read it, or the share can be redeemed.
        Shared = "shared",
        /// An institution redeemed the share.
        Used = "used",
        /// The person declined.
        Declined = "declined",
        /// It did not happen.
        Failed = "failed",
        /// It is not known whether it arrived.
        Unknown = "unknown",
        /// The person withdrew the share.
        Revoked = "revoked",
    }
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Its number, for deleting.
    pub id: i64,
    /// When it began.
    pub at: Timestamp,
    /// In which way.
    pub way: Way,
    /// The verifier's identifier, where there is one.
    pub verifier_id: Option<InstitutionId>,
    /// The verifier's name as it was shown.
    pub verifier: Option<String>,
    /// What was disclosed, by name.
    pub permissions: PermissionSet,
    /// Claims about which a condition was proved, by name; not the conditions.
    pub predicates: Vec<Slot>,
    /// Sandbox or live.
    pub environment: Environment,
    /// The session, verification or share.
    pub reference: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Stable code of the reason, where it did not happen.
    pub reason: Option<String>,
}

/// What the history's line about an attempt begins with.
#[derive(Clone)]
pub(crate) struct NewEntry {
    pub(crate) way: Way,
    pub(crate) verifier_id: Option<InstitutionId>,
    pub(crate) verifier: Option<String>,
    pub(crate) permissions: PermissionSet,
    pub(crate) predicates: Vec<Slot>,
    pub(crate) environment: Environment,
    pub(crate) reference: Option<String>,
}

/// Which lines to show.
#[derive(Debug, Clone, Default)]
pub struct HistoryFilter {
    /// Only of this verifier.
    pub verifier: Option<InstitutionId>,
    /// Only with this outcome.
    pub outcome: Option<Outcome>,
    /// Only from this time on.
    pub since: Option<Timestamp>,
    /// At most so many, the newest; all when left out.
    pub limit: Option<u32>,
}

impl Wallet {
    /// The history, newest first.
    ///
    /// # Errors
    /// [`WalletError::Vault`].
    pub async fn history(&self, filter: HistoryFilter) -> Result<Vec<HistoryEntry>, WalletError> {
        Ok(self.core.vault.read(move |tables| store::list(tables, &filter)).await?)
    }

    /// The whole history as a JSON document, for the person to keep elsewhere.
    ///
    /// # Errors
    /// [`WalletError::Vault`].
    pub async fn export_history(&self) -> Result<String, WalletError> {
        let entries = self.history(HistoryFilter::default()).await?;
        let document = serde_json::json!({"format": "passid-history/1", "exported_at": self.core.clock.now(), "entries": entries});
        Ok(serde_json::to_string_pretty(&document).map_err(|_| VaultError::MALFORMED_VALUE)?)
    }

    /// Deletes one line, or with `None` all of them. What is under way stays safe: attempts are kept apart.
    ///
    /// # Errors
    /// [`WalletError::Vault`].
    pub async fn delete_history(&self, id: Option<i64>) -> Result<u64, WalletError> {
        Ok(self.core.vault.write(move |tables| store::delete(tables, id)).await?)
    }

    /// Switches the keeping of a history on or off. Lines already there stay until deleted.
    ///
    /// # Errors
    /// [`WalletError::Vault`].
    pub async fn keep_history(&self, keep: bool) -> Result<(), WalletError> {
        Ok(self.core.vault.write(move |tables| store::set_kept(tables, keep)).await?)
    }
}
