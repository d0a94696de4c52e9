//! Reading everything one consent shows.
//!
//! A window whose pages cannot be followed, or that the bank refuses as too long, is read again in halves: disjoint ranges of whole
//! days, so nothing is counted twice and nothing is lost.

use std::collections::HashSet;

use jiff::ToSpan;
use serde::de::DeserializeOwned;
use url::Url;

use super::Obie;
use super::convert;
use super::http::Refusal;
use super::pages::PageWalk;
use super::wire::{Accounts, Balances, Page, Parties, Transactions};
use crate::bank::authorisation::BankTokens;
use crate::bank::data::{Account, AccountHistory, BankSnapshot, Transaction};
use crate::bank::error::BankError;
use crate::bank::provider::{ReadObserver, ReadProgress, ReadWindow};
use passid_api::wallet::BankLinkStatus;

/// An access token this close to its end is renewed first.
const RENEWAL_MARGIN_SECONDS: i64 = 30;
/// A refused range of this many days or less is not refused for its length.
const LEAST_REFUSED_DAYS: i32 = 31;

/// One read under way.
struct Reading<'a> {
    bank: &'a Obie,
    tokens: &'a mut BankTokens,
    observer: &'a dyn ReadObserver,
    progress: ReadProgress,
}

impl Obie {
    pub(super) async fn read_everything(&self, tokens: &mut BankTokens, window: ReadWindow, observer: &dyn ReadObserver) -> Result<BankSnapshot, BankError> {
        let progress = ReadProgress { accounts_done: 0, accounts_total: 0, transactions: 0 };
        Reading { bank: self, tokens, observer, progress }.everything(window).await
    }
}

impl Reading<'_> {
    async fn everything(mut self, window: ReadWindow) -> Result<BankSnapshot, BankError> {
        let accounts = self.accounts().await?;
        self.progress.accounts_total = accounts.len();
        let consenting_party = self.party(&["party"]).await?;
        let mut histories = Vec::with_capacity(accounts.len());
        for account in accounts {
            let holders = self.party(&["accounts", &account.id, "party"]).await?.into_iter().collect();
            let balances: Option<Page<Balances>> = self.optional(&["accounts", &account.id, "balances"]).await?;
            let balance = balances.map_or(Ok(None), |page| convert::balance(&page.data.balance, &account, self.bank.clock.now()))?;
            let transactions = self.transactions(&account, window).await?;
            histories.push(AccountHistory { account, holders, balance, transactions });
            self.progress.accounts_done += 1;
            self.observer.progress(self.progress);
        }
        let provider = self.bank.config.description.id.clone();
        Ok(BankSnapshot { provider, read_at: self.bank.clock.now(), accounts: histories, consenting_party })
    }

    async fn accounts(&mut self) -> Result<Vec<Account>, BankError> {
        let first = self.bank.config.resource_base.join(&["accounts"]);
        let mut walk = PageWalk::begin(&first, self.bank.config.limits.pages);
        let mut next = Some(first);
        let mut accounts = Vec::new();
        while let Some(url) = next {
            let page: Page<Accounts> = self.required(url).await?;
            for account in page.data.account {
                accounts.push(convert::account(account)?);
            }
            if accounts.len() > self.bank.config.limits.accounts {
                return Err(BankError::TooLarge("accounts of one consent"));
            }
            next = walk.next(&page.links, &page.meta)?;
        }
        Ok(accounts)
    }

    async fn party(&mut self, path: &[&str]) -> Result<Option<crate::bank::data::Party>, BankError> {
        let page: Option<Page<Parties>> = self.optional(path).await?;
        Ok(page.and_then(|page| page.data.party).and_then(convert::party))
    }

    /// Every booked transaction of the window, oldest first, each once.
    async fn transactions(&mut self, account: &Account, window: ReadWindow) -> Result<Vec<Transaction>, BankError> {
        let mut requests = 0;
        let mut served = false;
        let mut windows = vec![window];
        let mut found: Vec<Transaction> = Vec::new();
        while let Some(window) = windows.pop() {
            let rows = match (self.window(account, window, &mut requests).await, halves(window)) {
                (Ok(rows), _) => rows,
                (Err(Refusal::Failed(BankError::BadPageLink(_))), Some(halves)) => {
                    windows.extend(halves);
                    continue;
                }
                (Err(Refusal::Request), Some(halves)) if days(window) > LEAST_REFUSED_DAYS => {
                    windows.extend(halves);
                    continue;
                }
                // Further back than this bank goes: the window is popped newest first, so newer ranges were served.
                (Err(Refusal::Request), _) if served => continue,
                (Err(refusal), _) => return Err(self.explained(refusal).await),
            };
            served = true;
            found.extend(rows);
        }
        let mut seen = HashSet::new();
        found.retain(|transaction| transaction.id.as_ref().is_none_or(|id| seen.insert(id.clone())));
        found.sort_by(|one, other| (one.booked_on, &one.id).cmp(&(other.booked_on, &other.id)));
        Ok(found)
    }

    async fn window(&mut self, account: &Account, window: ReadWindow, requests: &mut usize) -> Result<Vec<Transaction>, Refusal> {
        let limits = self.bank.config.limits;
        let mut first = self.bank.config.resource_base.join(&["accounts", &account.id, "transactions"]);
        first
            .query_pairs_mut()
            .append_pair("fromBookingDateTime", &format!("{}T00:00:00", window.from))
            .append_pair("toBookingDateTime", &format!("{}T23:59:59", window.to));
        let mut walk = PageWalk::begin(&first, limits.pages);
        let mut next = Some(first);
        let mut rows = Vec::new();
        let before = self.progress.transactions;
        while let Some(url) = next {
            *requests += 1;
            if *requests > limits.pages {
                return Err(BankError::TooLarge("pages of one resource").into());
            }
            let page: Page<Transactions> = self.get(url).await?;
            for wire in page.data.transaction {
                // A bank that ignores the asked range must not add a row to two of them.
                rows.extend(convert::transaction(wire)?.filter(|row| (window.from..=window.to).contains(&row.booked_on)));
            }
            self.progress.transactions = before + rows.len();
            if self.progress.transactions > limits.transactions {
                return Err(BankError::TooLarge("transactions").into());
            }
            self.observer.progress(self.progress);
            next = match walk.next(&page.links, &page.meta) {
                Ok(next) => next,
                Err(error) => {
                    self.progress.transactions = before;
                    return Err(error.into());
                }
            };
        }
        Ok(rows)
    }

    /// A resource nothing can be said without.
    async fn required<T: DeserializeOwned>(&mut self, url: Url) -> Result<T, BankError> {
        match self.get(url).await {
            Ok(value) => Ok(value),
            Err(refusal) => Err(self.explained(refusal).await),
        }
    }

    /// A resource a bank may keep to itself.
    async fn optional<T: DeserializeOwned>(&mut self, path: &[&str]) -> Result<Option<T>, BankError> {
        match self.get(self.bank.config.resource_base.join(path)).await {
            Ok(value) => Ok(Some(value)),
            Err(Refusal::Consent | Refusal::Request) => Ok(None),
            Err(refusal) => Err(self.explained(refusal).await),
        }
    }

    async fn get<T: DeserializeOwned>(&mut self, url: Url) -> Result<T, Refusal> {
        let renewal_due = self.tokens.access_expires_at.plus_seconds(-RENEWAL_MARGIN_SECONDS) <= self.bank.clock.now();
        if renewal_due && self.tokens.refresh_token.is_some() {
            self.renew().await?;
        }
        // A bank may drop a fresh token too; what it refuses again and again is refused.
        for _ in 1..self.bank.config.limits.attempts {
            match self.attempt(&url).await {
                Err(Refusal::Token) if self.tokens.refresh_token.is_some() => self.renew().await?,
                outcome => return outcome,
            }
        }
        self.attempt(&url).await
    }

    async fn attempt<T: DeserializeOwned>(&self, url: &Url) -> Result<T, Refusal> {
        let bank = self.bank;
        let token = self.tokens.access_token.expose();
        bank.patiently(|| bank.get(url.clone(), token)).await
    }

    /// Exchanges the tokens and has them stored before they are used: the old refresh token is dead.
    async fn renew(&mut self) -> Result<(), Refusal> {
        let renewed = match self.bank.renewed(self.tokens).await {
            Ok(renewed) => renewed,
            Err(BankError::AuthorisationLost) => return Err(Refusal::Token),
            Err(error) => return Err(error.into()),
        };
        *self.tokens = renewed;
        Ok(self.observer.tokens_rotated(self.tokens).await?)
    }

    /// The reason behind a refusal: the consent's own state says whether it was withdrawn, has ended, or never covered this.
    async fn explained(&self, refusal: Refusal) -> BankError {
        if !matches!(refusal, Refusal::Token | Refusal::Consent) {
            return refusal.into();
        }
        match self.bank.consent_status(&self.tokens.consent_id).await {
            Ok(BankLinkStatus::Revoked) => BankError::ConsentRevoked,
            Ok(BankLinkStatus::Expired) => BankError::ConsentExpired,
            Ok(BankLinkStatus::Rejected) => BankError::Refused,
            Ok(BankLinkStatus::Authorised | BankLinkStatus::AwaitingAuthorisation) => refusal.into(),
            Err(error) => error,
        }
    }
}

/// Days of a window, both ends included.
fn days(window: ReadWindow) -> i32 {
    window.to.since(window.from).map_or(0, |span| span.get_days()) + 1
}

/// The older and the newer half; none for a single day. The newer comes last, so that it is popped first.
fn halves(window: ReadWindow) -> Option<[ReadWindow; 2]> {
    let length = days(window);
    (length > 1).then(|| {
        let middle = window.from.saturating_add((length / 2).days());
        [ReadWindow { from: window.from, to: middle.saturating_sub(1.day()) }, ReadWindow { from: middle, to: window.to }]
    })
}
