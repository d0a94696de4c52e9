//! The wallet object the app holds.

use std::path::PathBuf;
use std::sync::Arc;

use passid_api::permission::PermissionSet;
use passid_api::time::SystemClock;

use super::attempt::{AttemptHandle, AttemptListener, control};
use super::failure::WalletFailure;
use super::keystore::{ForeignKeystore, PlatformKeystore};
use super::records::{
    AccountRecord, BankLinkRecord, BankRecord, CredentialRecord, HistoryRecord, NewShareRecord, RenewalRecord, ReviewRecord, ShareRecord, ShareRequest,
    SharedRecord,
};
use crate::consent::KeystoreApproval;
use crate::history::HistoryFilter;
use crate::issuer::http_client_with_pins;
use crate::random::Random;
use crate::share::ShareOptions;
use crate::{Wallet, WalletConfig};

/// How to open a wallet; from the app's own configuration, never from a link.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WalletSettings {
    /// The app's private directory for the vault. Exclude it from the system's backups.
    pub data_directory: String,
    /// The issuer's address, `https://…`.
    pub issuer: String,
    /// `sandbox` or `live`.
    pub environment: String,
    /// Public keys of which the issuer's certificate chain must show one, `sha256/BASE64`; none means the web's trust alone.
    #[uniffi(default = [])]
    pub certificate_pins: Vec<String>,
}

/// An open wallet. Close it when the app goes to the background.
#[derive(Debug, uniffi::Object)]
pub struct MobileWallet(pub(super) Wallet);

fn parse<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, WalletFailure> {
    text.parse().map_err(|_| WalletFailure::input(what))
}

fn http_client(pins: &[String]) -> Result<reqwest::Client, WalletFailure> {
    let pins = pins.iter().map(|pin| parse(pin, "certificate pin")).collect::<Result<_, _>>()?;
    http_client_with_pins(pins).map_err(|_| WalletFailure::Issuer {
        code: "http_client".to_owned(),
        explanation: "no HTTP client can be made".to_owned(),
        retry_after: None,
    })
}

/// Opens the wallet, making it where there is none. Call `resume_attempts` next.
///
/// # Errors
/// [`WalletFailure`]; nothing that exists is ever deleted or overwritten.
#[uniffi::export(async_runtime = "tokio")]
pub async fn open_wallet(settings: WalletSettings, keystore: Arc<dyn PlatformKeystore>) -> Result<Arc<MobileWallet>, WalletFailure> {
    let random =
        Random::system().map_err(|_| WalletFailure::Keystore { code: "no_randomness".to_owned(), explanation: "the system gives no randomness".to_owned() })?;
    let http = http_client(&settings.certificate_pins)?;
    let config = WalletConfig {
        data_directory: PathBuf::from(settings.data_directory),
        issuer: parse(&settings.issuer, "issuer address")?,
        environment: parse(&settings.environment, "environment")?,
        keystore: Arc::new(ForeignKeystore(keystore)),
        clock: Arc::new(SystemClock),
        random: Arc::new(random),
        http,
    };
    Ok(Arc::new(MobileWallet(Wallet::open(config).await?)))
}

#[uniffi::export(async_runtime = "tokio")]
impl MobileWallet {
    /// Closes the vault and wipes its key; every later call fails with `vault_closed`. (Not named `close`: objects have one in Kotlin.)
    ///
    /// # Errors
    /// [`WalletFailure::Vault`].
    pub async fn lock(&self) -> Result<(), WalletFailure> {
        Ok(self.0.close().await?)
    }

    /// The same vault at another issuer, or in the other environment: its own account and credentials, one history. Locking one locks both.
    ///
    /// # Errors
    /// [`WalletFailure::Input`].
    #[expect(clippy::needless_pass_by_value, reason = "foreign calls hand over what they pass")]
    pub fn beside(&self, issuer: String, environment: String, certificate_pins: Vec<String>) -> Result<Arc<Self>, WalletFailure> {
        let http = http_client(&certificate_pins)?;
        Ok(Arc::new(Self(self.0.beside(parse(&issuer, "issuer address")?, parse(&environment, "environment")?, http))))
    }

    /// Makes keys where there are none and registers them.
    ///
    /// # Errors
    /// [`WalletFailure::Keystore`], [`WalletFailure::Issuer`].
    pub async fn register(&self) -> Result<AccountRecord, WalletFailure> {
        Ok(self.0.register().await?.into())
    }

    /// The banks that can be linked.
    ///
    /// # Errors
    /// [`WalletFailure::Issuer`].
    pub async fn banks(&self) -> Result<Vec<BankRecord>, WalletFailure> {
        Ok(self.0.banks().await?.into_iter().map(|bank| BankRecord { id: bank.id, name: bank.name }).collect())
    }

    /// Begins linking a bank; open the answer's address in the person's browser.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn link_bank(&self, provider: String, declared_name: String) -> Result<BankLinkRecord, WalletFailure> {
        Ok(self.0.link_bank(&provider, &declared_name).await?.into())
    }

    /// Where a bank connection stands.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn bank_link(&self, link_id: String) -> Result<BankLinkRecord, WalletFailure> {
        Ok(self.0.bank_link(parse(&link_id, "bank link identifier")?).await?.into())
    }

    /// Asks for a credential; may take a minute.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn request_credential(&self, link_id: String, destination: String) -> Result<CredentialRecord, WalletFailure> {
        let received = self.0.request_credential(parse(&link_id, "bank link identifier")?, parse(&destination, "country")?).await?;
        Ok(received.credential.into())
    }

    /// The credentials, newest first; with `refresh`, after asking the issuer.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn credentials(&self, refresh: bool) -> Result<Vec<CredentialRecord>, WalletFailure> {
        let credentials = if refresh { self.0.refresh_credentials().await? } else { self.0.credentials().await? };
        Ok(credentials.into_iter().map(Into::into).collect())
    }

    /// Renews the newest credential from the same bank connection when it is due; call it after opening. May take a minute.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn renew_credential(&self) -> Result<RenewalRecord, WalletFailure> {
        Ok(self.0.renew_credential().await?.into())
    }

    /// Deletes a credential from this device; the issuer is not told.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn delete_credential(&self, credential_id: String) -> Result<(), WalletFailure> {
        Ok(self.0.delete_credential(parse(&credential_id, "credential identifier")?).await?)
    }

    /// Looks at a request given as a link, a QR image's text or a code.
    ///
    /// # Errors
    /// [`WalletFailure::Request`], [`WalletFailure::Issuer`].
    pub async fn review(&self, text: String) -> Result<ReviewRecord, WalletFailure> {
        Ok(self.0.review(&text).await?.into())
    }

    /// Approves exactly what the review with this hash showed. The keystore asks for the person's presence.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn approve(
        &self,
        session: String,
        request_hash: String,
        handle: Option<Arc<AttemptHandle>>,
        listener: Option<Arc<dyn AttemptListener>>,
    ) -> Result<SharedRecord, WalletFailure> {
        let session = parse(&session, "session identifier")?;
        let request_hash = parse(&request_hash, "request hash")?;
        Ok(self.0.approve(session, request_hash, Arc::new(KeystoreApproval), control(handle, listener)).await?.into())
    }

    /// Declines a request; leave the reason out to tell nothing.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn decline(&self, session: String, reason: Option<String>) -> Result<(), WalletFailure> {
        Ok(self.0.decline(parse(&session, "session identifier")?, reason.as_deref()).await?)
    }

    /// Finds out what became of interrupted attempts: `subject` to `outcome`.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn resume_attempts(&self) -> Result<std::collections::HashMap<String, String>, WalletFailure> {
        let resumed = self.0.resume_attempts().await?;
        Ok(resumed.into_iter().map(|attempt| (attempt.subject, attempt.outcome.to_string())).collect())
    }

    /// Makes a one-time share. The keystore asks for the person's presence.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn create_share(
        &self,
        request: ShareRequest,
        handle: Option<Arc<AttemptHandle>>,
        listener: Option<Arc<dyn AttemptListener>>,
    ) -> Result<NewShareRecord, WalletFailure> {
        let options = ShareOptions {
            permissions: PermissionSet::try_from(request.permissions).map_err(|_| WalletFailure::input("list of permissions"))?,
            predicates: Vec::new(),
            audience: request.audience.map(|id| parse(&id, "institution identifier")).transpose()?,
            lifetime_seconds: request.lifetime_seconds,
        };
        Ok(self.0.create_share(options, Arc::new(KeystoreApproval), control(handle, listener)).await?.into())
    }

    /// The shares, newest first; with `refresh`, after asking the issuer which were used.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn shares(&self, refresh: bool) -> Result<Vec<ShareRecord>, WalletFailure> {
        let shares = if refresh { self.0.refresh_shares().await? } else { self.0.shares().await? };
        Ok(shares.into_iter().map(Into::into).collect())
    }

    /// Withdraws a share.
    ///
    /// # Errors
    /// [`WalletFailure`].
    pub async fn revoke_share(&self, share_id: String) -> Result<(), WalletFailure> {
        Ok(self.0.revoke_share(parse(&share_id, "share identifier")?).await?)
    }

    /// The history, newest first.
    ///
    /// # Errors
    /// [`WalletFailure::Vault`].
    pub async fn history(&self) -> Result<Vec<HistoryRecord>, WalletFailure> {
        Ok(self.0.history(HistoryFilter::default()).await?.into_iter().map(Into::into).collect())
    }

    /// The whole history as a JSON document.
    ///
    /// # Errors
    /// [`WalletFailure::Vault`].
    pub async fn export_history(&self) -> Result<String, WalletFailure> {
        Ok(self.0.export_history().await?)
    }

    /// Deletes one line of the history, or all.
    ///
    /// # Errors
    /// [`WalletFailure::Vault`].
    pub async fn delete_history(&self, id: Option<i64>) -> Result<u64, WalletFailure> {
        Ok(self.0.delete_history(id).await?)
    }

    /// Switches the keeping of a history on or off.
    ///
    /// # Errors
    /// [`WalletFailure::Vault`].
    pub async fn keep_history(&self, keep: bool) -> Result<(), WalletFailure> {
        Ok(self.0.keep_history(keep).await?)
    }
}
