//! Reading accounts, owners, balances, and pages of transactions.

use reqwest::Method;
use serde::de::DeserializeOwned;
use url::Url;

use super::BerlinGroup;
use super::convert;
use super::wire::{Accounts, Balances, Link, PageLinks, Transactions};
use crate::bank::client::{Access, Refusal};
use crate::bank::data::{AccountHistory, Party};
use crate::bank::error::BankError;
use crate::bank::provider::{Consented, TransactionPage};

/// Accounts that are gone; blocked ones still tell.
const DELETED: &str = "deleted";

impl BerlinGroup {
    pub(super) async fn read_accounts(&self, access: &mut Access<'_>) -> Result<Consented, Refusal> {
        let mut url = self.config.resource_base.join(&["accounts"]);
        url.query_pairs_mut().append_pair("withBalance", "true");
        let list: Accounts = self.get(access, url).await?;
        if list.accounts.len() > self.client.limits().accounts {
            return Err(BankError::TooLarge("accounts of one consent").into());
        }
        let mut histories = Vec::with_capacity(list.accounts.len());
        for mut wire in list.accounts.into_iter().filter(|account| account.status.as_deref() != Some(DELETED)) {
            let holders = wire.owner_name.take().map(|names| convert::owners(&names)).unwrap_or_default();
            let listed = wire.balances.take();
            let account = convert::account(wire)?;
            // A bank may leave them out of the list although it was asked.
            let balances = match listed {
                Some(balances) => balances,
                None => self.balances(access, &account.id).await?,
            };
            let balance = convert::balance(&balances, &account, self.client.now())?;
            histories.push(AccountHistory { account, holders, balance, transactions: Vec::new() });
        }
        // The scheme names the owners of accounts, not who agreed.
        let consenting_party: Option<Party> = None;
        Ok(Consented { accounts: histories, consenting_party })
    }

    async fn balances(&self, access: &mut Access<'_>, account: &str) -> Result<Vec<super::wire::Balance>, Refusal> {
        match self.get::<Balances>(access, self.config.resource_base.join(&["accounts", account, "balances"])).await {
            Ok(found) => Ok(found.balances),
            Err(Refusal::Request) => Ok(Vec::new()),
            Err(refusal) => Err(refusal),
        }
    }

    pub(super) async fn read_transactions(&self, access: &mut Access<'_>, url: Url) -> Result<TransactionPage, Refusal> {
        let page: Transactions = self.get(access, url.clone()).await?;
        // What is too much for one answer is only offered for download: a shorter range is not.
        let report = page.transactions.ok_or(Refusal::Request)?;
        let rows = report.booked.into_iter().map(convert::transaction).collect::<Result<Vec<_>, _>>()?;
        let total_pages = promises_more(&report.links, &url).then_some(u64::MAX);
        Ok(TransactionPage { rows, next: report.links.next.and_then(|link| link.href), total_pages })
    }

    async fn get<T: DeserializeOwned + Send>(&self, access: &mut Access<'_>, url: Url) -> Result<T, Refusal> {
        let renew = |tokens| async move { self.config.server.renewed(&self.client, &tokens).await };
        let (consent, holder) = (access.tokens.consent_id.clone(), access.observer.holder_address());
        self.client.read(access, renew, |token| self.request(Method::GET, &url, Some(token), holder).header("Consent-ID", &consent)).await
    }
}

/// Whether a page without a link to the next is not the last: the scheme counts no pages, but links the first and the last.
fn promises_more(links: &PageLinks, this: &Url) -> bool {
    let address = |link: &Option<Link>| link.as_ref().and_then(|link| this.join(link.href.as_deref()?).ok());
    match (address(&links.next), address(&links.last)) {
        (None, Some(last)) => last != *this && address(&links.first).is_some_and(|first| first != last),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ends_before_the_linked_last_one_promises_more() {
        let this = Url::parse("https://bank.example/psd2/v1/accounts/1/transactions?dateFrom=2026-01-01").unwrap();
        let second = this.join("?page=2").unwrap();
        for (links, page, more) in [
            (r#"{"first":{"href":"?page=1"},"last":{"href":"?page=2"}}"#, &this, true),
            (r#"{"first":{"href":"?page=1"},"next":{"href":"?page=2"},"last":{"href":"?page=2"}}"#, &this, false),
            (r#"{"first":{"href":"?page=1"},"last":{"href":"/psd2/v1/accounts/1/transactions?page=2"}}"#, &second, false),
            (r#"{"first":{"href":"?page=1"},"last":{"href":"?page=1"}}"#, &this, false),
            (r#"{"last":{"href":"?page=1"}}"#, &this, false),
            ("{}", &this, false),
        ] {
            assert_eq!(promises_more(&serde_json::from_str(links).unwrap(), page), more, "{links}");
        }
    }
}
