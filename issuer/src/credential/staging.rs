//! Pages of a read under way, sealed in the database, so that a read that broke off goes on where it was. They are raw transactions:
//! they go when the claims are derived.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};

use passid_api::ids::BankLinkId;
use zeroize::Zeroizing;

use crate::bank::error::BankError;
use crate::bank::file::kept;
use crate::bank::provider::BankFuture;
use crate::bank::sync::{Staged, StagedPage, Staging};
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::bank_syncs::{self, StoredPage};
use crate::store::{StoreError, bank_syncs as store};

/// Seconds after which a read that broke off is begun anew, and what it left is cleared.
const STALE_SECONDS: i64 = 86_400;

/// The pages of one link.
pub(super) struct SealedStaging {
    service: Service,
    link: BankLinkId,
    next: AtomicI64,
}

impl SealedStaging {
    pub(super) const fn new(service: Service, link: BankLinkId) -> Self {
        Self { service, link, next: AtomicI64::new(0) }
    }

    fn context(&self, position: i64) -> String {
        format!("{}/{position}", self.link)
    }

    fn digest(&self, account: &str) -> [u8; 32] {
        self.service.sealer.digest(Purpose::StagedTransactions, format!("{}/{account}", self.link).as_bytes())
    }

    /// Forgets the pages: the claims are derived, or nothing may be read any more.
    pub(super) async fn clear(&self) -> Result<(), StoreError> {
        let link = self.link;
        self.service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::clear(connection, link).await })).await
    }

    async fn load_all(&self) -> Result<Staged, StoreError> {
        let before = self.service.clock.now().plus_seconds(-STALE_SECONDS);
        self.service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { bank_syncs::clear_older(connection, before).await })).await?;
        let mut reader = self.service.store.reader().await?;
        let stored = store::pages(&mut reader, self.link).await?;
        let cursors = store::cursors(&mut reader, self.link).await?;
        drop(reader);
        let mut staged = Staged::default();
        let mut names: HashMap<Vec<u8>, String> = HashMap::new();
        for page in stored {
            self.next.fetch_max(page.position + 1, Ordering::Relaxed);
            let context = self.context(page.position);
            let plain = self.service.sealer.open(Purpose::StagedTransactions, &context, &page.sealed).map_err(|_| StoreError::Corrupt("staged page"))?;
            let page = opened(&plain).ok_or(StoreError::Corrupt("staged page"))?;
            names.entry(self.digest(&page.account).to_vec()).or_insert_with(|| page.account.clone());
            staged.pages.push(page);
        }
        // An account without pages has nothing to go on from; it is read again.
        for (digest, through) in cursors {
            if let (Some(account), Ok(day)) = (names.get(&digest), through.parse()) {
                staged.finished.push((account.clone(), day));
            }
        }
        Ok(staged)
    }

    async fn save_page(&self, page: StagedPage) -> Result<(), StoreError> {
        const UNWRITABLE: StoreError = StoreError::Corrupt("staged page");
        let position = self.next.fetch_add(1, Ordering::Relaxed);
        let head = serde_json::to_vec(&(&page.account, page.walk)).map_err(|_| UNWRITABLE)?;
        let rows = kept::page_to_bytes(page.rows).map_err(|_| UNWRITABLE)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(head.len() + rows.len() + 1));
        plain.extend_from_slice(&head);
        plain.push(b'\n');
        plain.extend_from_slice(&rows);
        let context = self.context(position);
        let sealed = self.service.with_random(|random| self.service.sealer.seal(Purpose::StagedTransactions, &context, &plain, random)).map_err(|_| UNWRITABLE)?;
        let (link, now) = (self.link, self.service.clock.now());
        let page = StoredPage { position, sealed };
        self.service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::insert_page(connection, link, page, now).await })).await
    }
}

fn opened(plain: &[u8]) -> Option<StagedPage> {
    let (head, rows) = plain.split_at(plain.iter().position(|byte| *byte == b'\n')?);
    let (account, walk): (String, u32) = serde_json::from_slice(head).ok()?;
    Some(StagedPage { account, walk, rows: kept::page_from_bytes(rows)? })
}

impl Staging for SealedStaging {
    fn load(&self) -> BankFuture<'_, Staged> {
        Box::pin(async move { self.load_all().await.map_err(|_| BankError::PageNotStored) })
    }

    fn save(&self, page: StagedPage) -> BankFuture<'_, ()> {
        Box::pin(async move { self.save_page(page).await.map_err(|_| BankError::PageNotStored) })
    }

    fn finish<'a>(&'a self, account: &'a str, through: jiff::civil::Date) -> BankFuture<'a, ()> {
        Box::pin(async move {
            let (link, digest, through) = (self.link, self.digest(account), through.to_string());
            let moved = self
                .service
                .store
                .write::<(), StoreError, _>(move |connection| Box::pin(async move { store::set_cursor(connection, link, digest, through).await }));
            moved.await.map_err(|_| BankError::PageNotStored)
        })
    }
}
