//! The consumer: the real wallet core, and the hand that clicks on the bank's page.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use passid_api::claims::encoding::Country;
use passid_api::environment::Environment;
use passid_api::time::SystemClock;
use passid_api::wallet::BankLinkStatus;
use passid_issuer::sandbox::bank::{PROVIDER_ID, visitor};
use passid_wallet_core::credential::ReceivedCredential;
use passid_wallet_core::issuer::IssuerAddress;
use passid_wallet_core::keystore::FileKeystore;
use passid_wallet_core::random::Random;
use passid_wallet_core::{Wallet, WalletConfig, WalletError};
use reqwest::Client;

use super::options::Persona;

/// Who the consumer is at the bank.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// What they log in with.
    pub(super) customer: String,
    /// Their name as they write it.
    pub(super) name: String,
    /// The country whose institutions they turn to.
    pub(super) destination: &'static str,
}

impl Persona {
    pub(super) const fn customer(self) -> &'static str {
        match self {
            Self::Amara => "amara",
            Self::Tobenna => "tobenna",
            Self::Efua => "efua",
        }
    }

    pub(super) const fn destination(self) -> &'static str {
        match self {
            Self::Amara => "GB",
            Self::Tobenna => "US",
            Self::Efua => "EU",
        }
    }
}

/// What can go wrong on the consumer's side.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConsumerError {
    /// The wallet failed.
    #[error("the wallet: {error} ({})", error.code())]
    Wallet {
        /// What it says.
        #[from]
        error: WalletError,
    },
    /// The bank's page could not be used.
    #[error("the bank's page: {0}")]
    Bank(#[from] visitor::VisitError),
    /// The browser could not follow the bank's redirect.
    #[error("the way back from the bank: {0}")]
    Browser(#[from] reqwest::Error),
    /// This machine gives the wallet no HTTP client.
    #[error(transparent)]
    Client(#[from] passid_wallet_core::issuer::NoHttpClient),
    /// The bank was not linked.
    #[error("the bank link is {0}")]
    NotLinked(BankLinkStatus),
    /// Something of the demo's own making is not of the right form.
    #[error("{0}")]
    Setup(String),
}

/// Where one person's wallet is kept, one for each issuer address: a wallet belongs to its issuer.
pub(super) fn wallet_directory(data: &Path, person: &Person, issuer: &url::Url) -> PathBuf {
    let port = issuer.port().unwrap_or_default();
    data.join("wallets").join(format!("{}-{port}", person.customer))
}

/// Opens the wallet, making it on first use, and registers it.
pub(super) async fn open(directory: &Path, issuer: &url::Url, http: Client) -> Result<Wallet, ConsumerError> {
    let setup = |error: &dyn std::fmt::Display| ConsumerError::Setup(error.to_string());
    let random = Arc::new(Random::system().map_err(|error| setup(&error))?);
    let address: IssuerAddress = issuer.as_str().parse().map_err(|error| setup(&error))?;
    let config = WalletConfig {
        data_directory: directory.join("vault"),
        issuer: address,
        environment: Environment::Sandbox,
        keystore: Arc::new(FileKeystore::new(directory.join("keystore"), Arc::clone(&random))),
        clock: Arc::new(SystemClock),
        random,
        http,
    };
    let wallet = Wallet::open(config).await?;
    wallet.register().await?;
    Ok(wallet)
}

/// Links the bank through the OAuth2 flow, the redirects included, as the person's browser would.
pub(super) async fn link_bank(wallet: &Wallet, browser: &Client, person: &Person) -> Result<passid_api::ids::BankLinkId, ConsumerError> {
    let link = wallet.link_bank(PROVIDER_ID, &person.name).await?;
    let address = link.authorization_url.as_deref().ok_or(ConsumerError::NotLinked(link.status))?;
    let back = visitor::approve(browser, address, &person.customer).await?;
    browser.get(back).send().await?.error_for_status()?;
    let status = wallet.bank_link(link.link_id).await?.status;
    if status == BankLinkStatus::Authorised { Ok(link.link_id) } else { Err(ConsumerError::NotLinked(status)) }
}

/// Asks for a credential, which the wallet checks in full before it keeps it.
pub(super) async fn receive_credential(wallet: &Wallet, link: passid_api::ids::BankLinkId, person: &Person) -> Result<ReceivedCredential, ConsumerError> {
    let destination: Country = person.destination.parse().map_err(|error: passid_api::claims::encoding::OutOfRange| ConsumerError::Setup(error.to_string()))?;
    Ok(wallet.request_credential(link, destination).await?)
}
