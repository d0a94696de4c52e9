//! Credentials: asked for, checked in full, kept, watched, deleted.

mod bank;
mod error;
mod head;
mod renew;
mod store;
#[cfg(test)]
mod tests;
mod verify;
mod view;

use passid_api::claims::encoding::Country;
use passid_api::ids::{BankLinkId, CredentialId};
use passid_api::issuer::{CredentialDocument, TreePath};
use passid_api::jws::DocumentType;
use passid_api::problem::ProblemCode;
use passid_api::wallet::{CredentialRequest, CredentialState, CredentialStatus, DeclaredPerson, IssuedCredential};
use serde::Deserialize;

pub use self::error::CredentialError;
pub(crate) use self::head::VerifiedPath;
pub use self::renew::Renewal;
use self::store::StoredCredential;
use self::verify::Expected;
pub(crate) use self::verify::{MAX_CLOCK_SKEW_SECONDS, VerifiedCredential};
pub use self::view::CredentialView;
pub(crate) use self::view::age_in_hours;
use crate::core::Core;
use crate::error::WalletError;
use crate::identity::Account;
use crate::issuer::{Call, IdempotencyKey};
use crate::wallet::Wallet;

/// A credential just received.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedCredential {
    /// The credential.
    pub credential: CredentialView,
    /// Transactions the issuer read to derive it, and deleted.
    pub transactions_read: u64,
}

/// The issuer's list of credentials; its answer may grow fields around the list.
#[derive(Deserialize)]
#[serde(untagged)]
enum StatusList {
    Bare(Vec<CredentialStatus>),
    Wrapped { data: Vec<CredentialStatus> },
}

impl Wallet {
    /// Asks for a credential from a linked bank's data and checks everything about it before it is stored: signature, issuer, holder,
    /// claims, commitment, times, head and path. May take a minute: the issuer reads half a year of transactions.
    ///
    /// # Errors
    /// [`WalletError::Issuer`] when it refuses, [`WalletError::Credential`] when what came cannot be trusted; nothing is stored then.
    pub async fn request_credential(&self, link: BankLinkId, destination: Country) -> Result<ReceivedCredential, WalletError> {
        self.request_credential_declaring(link, destination, None).await
    }

    /// As [`Wallet::request_credential`], with what tells the person from people of the same name on a sanctions list. The issuer keeps it,
    /// sealed, for as long as it screens them; it is in no claim and not kept here.
    ///
    /// # Errors
    /// As [`Wallet::request_credential`].
    pub async fn request_credential_declaring(
        &self,
        link: BankLinkId,
        destination: Country,
        declared: Option<DeclaredPerson>,
    ) -> Result<ReceivedCredential, WalletError> {
        let core = &self.core;
        let account = core.registered_account().await?;
        let key = IdempotencyKey::generate(&core.random);
        let request = CredentialRequest { link_id: link, destination, declared };
        let issued: IssuedCredential = core.send(Call::post_json("/v1/wallet/credentials", &key, &request)?.slow()).await?;
        let credential = core.verify_credential(&account, &issued.credential).await?;
        credential.check_clock(core.clock.now())?;
        core.verify_path(&account, &credential, issued.path).await?;
        let (id, times) = (credential.document.jti, (credential.document.iat, credential.document.expires_at));
        let document = zeroize::Zeroizing::new(issued.credential);
        core.vault.write(move |tables| store::insert(tables, account.id, id, &document, times, &(link, destination))).await?;
        let view = CredentialView::new(&credential, CredentialState::Active, core.clock.now())?;
        Ok(ReceivedCredential { credential: view, transactions_read: issued.transactions_read })
    }

    /// This wallet's credentials, newest first, from the vault alone.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Credential`] when a stored one no longer checks out.
    pub async fn credentials(&self) -> Result<Vec<CredentialView>, WalletError> {
        let core = &self.core;
        let account = core.registered_account().await?;
        let mut views = Vec::new();
        for stored in core.stored_credentials(&account).await? {
            let credential = core.verify_credential(&account, &stored.document).await?;
            views.push(CredentialView::new(&credential, stored.state, core.clock.now())?);
        }
        Ok(views)
    }

    /// Asks the issuer where the credentials stand, and remembers it.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Issuer`].
    pub async fn refresh_credentials(&self) -> Result<Vec<CredentialView>, WalletError> {
        let core = &self.core;
        let account = core.registered_account().await?;
        let (StatusList::Bare(statuses) | StatusList::Wrapped { data: statuses }) = core.send(Call::get("/v1/wallet/credentials")).await?;
        let id = account.id;
        core.vault.write(move |tables| statuses.iter().try_for_each(|status| store::set_state(tables, id, status.credential_id, status.status))).await?;
        self.credentials().await
    }

    /// Deletes a credential from this device. The issuer is not told.
    ///
    /// # Errors
    /// [`CredentialError::Unknown`] when there is none of this identifier.
    pub async fn delete_credential(&self, id: CredentialId) -> Result<(), WalletError> {
        let account = self.core.registered_account().await?;
        let found = self.core.vault.write(move |tables| store::delete(tables, account.id, id)).await?;
        if found { Ok(()) } else { Err(CredentialError::Unknown.into()) }
    }
}

impl Core {
    async fn stored_credentials(&self, account: &Account) -> Result<Vec<StoredCredential>, WalletError> {
        let id = account.id;
        Ok(self.vault.read(move |tables| store::list(tables, id)).await?)
    }

    async fn verify_credential(&self, account: &Account, token: &str) -> Result<VerifiedCredential, WalletError> {
        let document: CredentialDocument = self.verify_document(DocumentType::Credential, token).await?;
        let expected = Expected { issuer: &account.issuer, environment: self.environment, holder_commitment: account.holder_commitment };
        Ok(VerifiedCredential::check(document, &expected)?)
    }

    /// The newest credential that can be used now.
    ///
    /// # Errors
    /// [`CredentialError::None`] when there is none, [`CredentialError::Expired`] when all have ended.
    pub(crate) async fn active_credential(&self, account: &Account) -> Result<VerifiedCredential, WalletError> {
        let now = self.clock.now();
        let stored = self.stored_credentials(account).await?;
        let active = stored.iter().filter(|stored| stored.state == CredentialState::Active);
        match active.clone().find(|stored| stored.expires_at > now) {
            Some(stored) => self.verify_credential(account, &stored.document).await,
            None if active.count() > 0 => Err(CredentialError::Expired.into()),
            None => Err(CredentialError::None.into()),
        }
    }

    /// A fresh path and head for a credential. A credential the tree no longer contains is marked as revoked.
    ///
    /// # Errors
    /// [`CredentialError::NotInTree`], and whatever else is wrong with path or head.
    pub(crate) async fn fresh_path(&self, account: &Account, credential: &VerifiedCredential) -> Result<VerifiedPath, WalletError> {
        let id = credential.document.jti;
        let path: Result<TreePath, _> = self.send(Call::get(&format!("/v1/wallet/credentials/{id}/path"))).await;
        let verified = match path {
            Ok(path) => self.verify_path(account, credential, path).await,
            Err(WalletError::Issuer(error)) if error.problem() == Some(ProblemCode::CredentialNotValid) => Err(CredentialError::NotInTree.into()),
            Err(error) => Err(error),
        };
        match verified {
            Err(WalletError::Credential(CredentialError::NotInTree)) => {
                let account = account.id;
                self.vault.write(move |tables| store::set_state(tables, account, id, CredentialState::Revoked)).await?;
                Err(CredentialError::NotInTree.into())
            }
            verified => verified,
        }
    }
}
