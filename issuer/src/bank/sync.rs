//! Reading a bank's data whole, whatever goes wrong on the way: the same for every scheme.
//!
//! Each page is handed to [`Staging`] as it is read, and an account's cursor moves only after its last page, so a read that broke off goes
//! on where it was. Ranges a bank refuses, or whose page links lead astray, are halved. Rows are merged by what they say
//! ([`super::merge`]). Where the bank states balances and they do not lead from row to row, a row is missing: the account is listed
//! again until they do, or until two listings in a row bring nothing new.

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::wallet::BankLinkStatus;

use super::authorisation::BankTokens;
use super::client::{Access, Refusal};
use super::data::{Account, AccountHistory, BankSnapshot, Transaction};
use super::error::BankError;
use super::merge::History;
use super::pages::PageWalk;
use super::provider::{BankFuture, BankProvider, ReadObserver, ReadProgress, ReadWindow};

/// A refused range of this many days or less is not refused for its length.
const LEAST_REFUSED_DAYS: i32 = 31;
/// Listings in a row that bring nothing new, after which an account is believed although its balances do not add up.
const LISTINGS_WITHOUT_NEWS: u32 = 2;
/// Days before the cursor that are read again: banks book late and into the past.
const OVERLAP_DAYS: i64 = 10;

/// A page as it was read.
pub struct StagedPage {
    /// The account's identifier at the bank.
    pub account: String,
    /// Pages of one walk over one range have the same number; a later walk has a higher one.
    pub walk: u32,
    /// Its rows.
    pub rows: Vec<Transaction>,
}

/// Everything kept of a read that broke off.
#[derive(Default)]
pub struct Staged {
    /// The pages, in the order in which they were read.
    pub pages: Vec<StagedPage>,
    /// Accounts that were read to the last page, with the last day asked for.
    pub finished: Vec<(String, Date)>,
}

/// Keeps pages while a read goes on, and gives them back when it broke off. What is kept holds raw transactions: seal it, and clear it
/// when the claims are derived.
pub trait Staging: Send + Sync {
    /// What was kept.
    fn load(&self) -> BankFuture<'_, Staged>;

    /// Keeps a page durably.
    fn save(&self, page: StagedPage) -> BankFuture<'_, ()>;

    /// Notes durably that the account was read to the last page, up to this day.
    fn finish<'a>(&'a self, account: &'a str, through: Date) -> BankFuture<'a, ()>;
}

/// Keeps nothing: a read that breaks off begins anew.
pub struct NoStaging;

impl Staging for NoStaging {
    fn load(&self) -> BankFuture<'_, Staged> {
        Box::pin(async { Ok(Staged::default()) })
    }

    fn save(&self, _: StagedPage) -> BankFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn finish<'a>(&'a self, _: &'a str, _: Date) -> BankFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Reads accounts, holders, balances, and every booked transaction of the window once, oldest first.
///
/// # Errors
/// [`BankError`]; what was read until then is in `staging`.
pub async fn read(
    bank: &dyn BankProvider,
    tokens: &mut BankTokens,
    window: ReadWindow,
    staging: &dyn Staging,
    observer: &dyn ReadObserver,
) -> Result<BankSnapshot, BankError> {
    let progress = ReadProgress { accounts_done: 0, accounts_total: 0, transactions: 0 };
    let staged = staging.load().await?;
    Reading { bank, access: Access { tokens, observer }, staging, progress, window, walks: 0 }.everything(staged).await
}

struct Reading<'a> {
    bank: &'a dyn BankProvider,
    access: Access<'a>,
    staging: &'a dyn Staging,
    progress: ReadProgress,
    window: ReadWindow,
    /// Walks begun so far.
    walks: u32,
}

impl Reading<'_> {
    async fn everything(mut self, mut staged: Staged) -> Result<BankSnapshot, BankError> {
        let consented = match self.bank.accounts(&mut self.access).await {
            Ok(consented) => consented,
            Err(refusal) => return Err(self.explained(refusal).await),
        };
        self.progress.accounts_total = consented.accounts.len();
        let mut accounts = Vec::with_capacity(consented.accounts.len());
        for mut account in consented.accounts {
            account.transactions = self.account(&account, &mut staged).await?;
            accounts.push(account);
            self.progress.accounts_done += 1;
            self.access.observer.progress(self.progress);
        }
        let provider = self.bank.description().id.clone();
        Ok(BankSnapshot { provider, read_at: self.bank.client().now(), accounts, consenting_party: consented.consenting_party })
    }

    /// One account, from what is staged and what is missing.
    async fn account(&mut self, account: &AccountHistory, staged: &mut Staged) -> Result<Vec<Transaction>, BankError> {
        let id = &account.account.id;
        let mut history = History::default();
        let (own, others): (Vec<_>, Vec<_>) = std::mem::take(&mut staged.pages).into_iter().partition(|page| page.account == *id);
        staged.pages = others;
        let mut pages = own.into_iter().peekable();
        while let Some(first) = pages.next() {
            self.walks = self.walks.max(first.walk + 1);
            let mut listing = history.listing();
            listing.page(first.rows);
            while let Some(page) = pages.next_if(|page| page.walk == first.walk) {
                listing.page(page.rows);
            }
        }
        let through = staged.finished.iter().filter(|(account, _)| account == id).map(|(_, through)| *through).max();
        let missing = match through {
            Some(through) if through >= self.window.to => None,
            Some(through) => Some(ReadWindow { from: self.window.from.max(through.saturating_sub(OVERLAP_DAYS.days())), to: self.window.to }),
            None => Some(self.window),
        };
        if let Some(range) = missing {
            self.list_until_whole(account, range, &mut history).await?;
            self.staging.finish(id, self.window.to).await?;
        }
        history.retain(|row| (self.window.from..=self.window.to).contains(&row.booked_on));
        let rows = history.into_rows();
        self.progress.transactions += rows.len();
        Ok(rows)
    }

    async fn list_until_whole(&mut self, account: &AccountHistory, range: ReadWindow, history: &mut History) -> Result<(), BankError> {
        let closing = account.balance.map(|balance| balance.minor);
        let mut without_news = 0;
        loop {
            let before = history.len();
            self.list(&account.account, range, history).await?;
            without_news = if history.len() > before { 0 } else { without_news + 1 };
            if history.balances_chain(closing) || without_news >= LISTINGS_WITHOUT_NEWS {
                return Ok(());
            }
        }
    }

    /// Everything the bank lists for the range, over all its pages, and in smaller ranges where it must be.
    async fn list(&mut self, account: &Account, range: ReadWindow, history: &mut History) -> Result<(), BankError> {
        let mut requests = 0;
        let mut served = false;
        let mut ranges = vec![range];
        while let Some(range) = ranges.pop() {
            let pages = match (self.pages(account, range, &mut requests).await, halves(range)) {
                (Ok(pages), _) => pages,
                (Err(Refusal::Failed(BankError::BadPageLink(_))), Some(halves)) => {
                    ranges.extend(halves);
                    continue;
                }
                (Err(Refusal::Request), Some(halves)) if days(range) > LEAST_REFUSED_DAYS => {
                    ranges.extend(halves);
                    continue;
                }
                // Further back than this bank goes: the newest range is popped first, so newer ranges were served.
                (Err(Refusal::Request), _) if served => continue,
                (Err(refusal), _) => return Err(self.explained(refusal).await),
            };
            served = true;
            // Ranges share no day, so each may count its equal rows for itself.
            let mut listing = history.listing();
            for page in pages {
                listing.page(page);
            }
        }
        Ok(())
    }

    async fn pages(&mut self, account: &Account, range: ReadWindow, requests: &mut usize) -> Result<Vec<Vec<Transaction>>, Refusal> {
        let limits = self.bank.client().limits();
        let number = self.walks;
        self.walks += 1;
        let first = self.bank.transactions_address(account, range);
        let mut walk = PageWalk::begin(&first, limits.pages);
        let mut next = Some(first);
        let mut pages = Vec::new();
        let mut count = 0;
        while let Some(url) = next {
            *requests += 1;
            if *requests > limits.pages {
                return Err(BankError::TooLarge("pages of one resource").into());
            }
            let mut page = self.bank.transactions(&mut self.access, url).await?;
            // A bank that ignores the asked range must not add a row to two of them.
            page.rows.retain(|row| (range.from..=range.to).contains(&row.booked_on));
            count += page.rows.len();
            if self.progress.transactions + count > limits.transactions {
                return Err(BankError::TooLarge("transactions").into());
            }
            self.access.observer.progress(ReadProgress { transactions: self.progress.transactions + count, ..self.progress });
            walk.shows(&page.rows)?;
            next = walk.next(page.next.as_deref(), page.total_pages)?;
            self.staging.save(StagedPage { account: account.id.clone(), walk: number, rows: page.rows.clone() }).await?;
            pages.push(page.rows);
        }
        Ok(pages)
    }

    /// The reason behind a refusal: the consent's own state says whether it was withdrawn, has ended, or never covered this.
    async fn explained(&self, refusal: Refusal) -> BankError {
        if !matches!(refusal, Refusal::Token | Refusal::Consent) {
            return refusal.into();
        }
        match self.bank.status(&self.access.tokens.consent_id).await {
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
