//! Reading accounts, holders, balances, and pages of transactions.

use serde::de::DeserializeOwned;
use url::Url;

use super::Obie;
use super::convert;
use super::wire::{Accounts, Balances, Page, Parties, Transactions};
use crate::bank::client::{Access, Refusal};
use crate::bank::data::{Account, AccountHistory, Party};
use crate::bank::error::BankError;
use crate::bank::pages::PageWalk;
use crate::bank::provider::{Consented, TransactionPage};
use reqwest::Method;

impl Obie {
    pub(super) async fn read_accounts(&self, access: &mut Access<'_>) -> Result<Consented, Refusal> {
        let accounts = self.list_accounts(access).await?;
        let consenting_party = self.party(access, &["party"]).await?;
        let mut histories = Vec::with_capacity(accounts.len());
        for account in accounts {
            let holders = self.holders(access, &account.id).await?;
            let balances: Option<Page<Balances>> = self.optional(access, &["accounts", &account.id, "balances"]).await?;
            let balance = balances.map_or(Ok(None), |page| convert::balance(&page.data.balance, &account, self.client.now()))?;
            histories.push(AccountHistory { account, holders, balance, transactions: Vec::new() });
        }
        Ok(Consented { accounts: histories, consenting_party })
    }

    async fn list_accounts(&self, access: &mut Access<'_>) -> Result<Vec<Account>, Refusal> {
        let limits = self.client.limits();
        let first = self.config.resource_base.join(&["accounts"]);
        let mut walk = PageWalk::begin(&first, limits.pages);
        let mut next = Some(first);
        let mut accounts = Vec::new();
        while let Some(url) = next {
            let page: Page<Accounts> = self.get(access, url).await?;
            for account in page.data.account {
                accounts.push(convert::account(account)?);
            }
            if accounts.len() > limits.accounts {
                return Err(BankError::TooLarge("accounts of one consent").into());
            }
            next = walk.next(page.links.next.as_deref(), page.meta.total_pages)?;
        }
        Ok(accounts)
    }

    /// All holders of a joint account where the bank lists them (`/parties`), else the one it names (`/party`).
    async fn holders(&self, access: &mut Access<'_>, account: &str) -> Result<Vec<Party>, Refusal> {
        let listed: Option<Page<Parties>> = self.optional(access, &["accounts", account, "parties"]).await?;
        let listed: Vec<Party> = listed.into_iter().flat_map(|page| page.data.party).filter_map(convert::party).collect();
        if !listed.is_empty() {
            return Ok(listed);
        }
        Ok(self.party(access, &["accounts", account, "party"]).await?.into_iter().collect())
    }

    async fn party(&self, access: &mut Access<'_>, path: &[&str]) -> Result<Option<Party>, Refusal> {
        let page: Option<Page<Parties>> = self.optional(access, path).await?;
        Ok(page.and_then(|page| page.data.party.into_iter().find_map(convert::party)))
    }

    pub(super) async fn read_transactions(&self, access: &mut Access<'_>, url: Url) -> Result<TransactionPage, Refusal> {
        let page: Page<Transactions> = self.get(access, url).await?;
        let mut rows = Vec::with_capacity(page.data.transaction.len());
        for wire in page.data.transaction {
            rows.extend(convert::transaction(wire)?);
        }
        Ok(TransactionPage { rows, next: page.links.next, total_pages: page.meta.total_pages })
    }

    /// A resource a bank may keep to itself.
    async fn optional<T: DeserializeOwned + Send>(&self, access: &mut Access<'_>, path: &[&str]) -> Result<Option<T>, Refusal> {
        match self.get(access, self.config.resource_base.join(path)).await {
            Ok(value) => Ok(Some(value)),
            Err(Refusal::Consent | Refusal::Request) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    async fn get<T: DeserializeOwned + Send>(&self, access: &mut Access<'_>, url: Url) -> Result<T, Refusal> {
        let renew = |tokens| async move { self.config.server.renewed(&self.client, &tokens).await };
        let holder = access.observer.holder_address();
        self.client.read(access, renew, |token| self.request(Method::GET, &url, token, holder)).await
    }
}
