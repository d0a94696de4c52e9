//! Linking a bank: the issuer opens the consent, the person's browser grants it, the wallet only watches.

use passid_api::ids::BankLinkId;
use passid_api::issuer::{BankProvider, IssuerDescription};
use passid_api::wallet::{BankLink, CreateBankLink};

use crate::error::WalletError;
use crate::issuer::{Call, IdempotencyKey};
use crate::wallet::Wallet;

impl Wallet {
    /// The banks that can be linked in this wallet's environment.
    ///
    /// # Errors
    /// [`WalletError::Issuer`].
    pub async fn banks(&self) -> Result<Vec<BankProvider>, WalletError> {
        let description: IssuerDescription = self.core.issuer.send(Call::get("/.well-known/passid-issuer")).await?;
        Ok(description.bank_providers.into_iter().filter(|bank| bank.environment == self.core.environment).collect())
    }

    /// Begins linking a bank. Send the person's browser to the answer's `authorization_url`, then ask [`Wallet::bank_link`].
    ///
    /// `declared_name` is the person's name as they write it; the issuer compares it with the bank's.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Issuer`].
    pub async fn link_bank(&self, provider: &str, declared_name: &str) -> Result<BankLink, WalletError> {
        let request = CreateBankLink { provider: provider.to_owned(), declared_name: declared_name.to_owned() };
        let key = IdempotencyKey::generate(&self.core.random);
        self.core.send(Call::post_json("/v1/wallet/bank-links", &key, &request)?).await
    }

    /// Where a bank connection stands.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`], [`WalletError::Issuer`].
    pub async fn bank_link(&self, link: BankLinkId) -> Result<BankLink, WalletError> {
        self.core.send(Call::get(&format!("/v1/wallet/bank-links/{link}"))).await
    }
}
