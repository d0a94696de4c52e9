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
        let sealed =
            self.service.with_random(|random| self.service.sealer.seal(Purpose::StagedTransactions, &context, &plain, random)).map_err(|_| UNWRITABLE)?;
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::bank::data::Transaction;
    use crate::params;
    use crate::store::testing::databases;
    use crate::testing::TestIssuer;
    use crate::wallet::testing::{linked, tokens};

    fn page(account: &str, walk: u32, description: &str) -> StagedPage {
        let mut row = Transaction::debit(date(2026, 3, 1), 100, description);
        row.id = Some("1".to_owned());
        StagedPage { account: account.to_owned(), walk, rows: vec![row] }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn pages_come_back_in_order_sealed_until_they_are_cleared() {
        for database in databases().await {
            let TestIssuer { service, clock, .. } = TestIssuer::start(&database).await;
            let now = service.clock.now();
            let link = linked(&service, "bank", &tokens("consent", now, now.plus_seconds(86_400))).await;
            let staging = SealedStaging::new(service.clone(), link.id);
            for (account, walk, words) in [("a", 0, "FIRST-SECRET"), ("a", 0, "SECOND-SECRET"), ("b", 1, "THIRD-SECRET")] {
                staging.save(page(account, walk, words)).await.unwrap();
            }
            staging.finish("a", date(2026, 3, 1)).await.unwrap();
            staging.finish("a", date(2026, 3, 2)).await.unwrap();
            let stored = store::pages(&mut service.store.reader().await.unwrap(), link.id).await.unwrap();
            assert!(stored.iter().all(|page| !page.sealed.windows(6).any(|window| window == b"SECRET")));

            // As after a restart.
            let again = SealedStaging::new(service.clone(), link.id);
            let staged = again.load().await.unwrap();
            let found: Vec<_> = staged.pages.iter().map(|page| (page.account.as_str(), page.walk, page.rows[0].description.as_str())).collect();
            assert_eq!(found, [("a", 0, "FIRST-SECRET"), ("a", 0, "SECOND-SECRET"), ("b", 1, "THIRD-SECRET")], "{}", database.engine);
            assert_eq!(staged.finished, [("a".to_owned(), date(2026, 3, 2))]);
            again.save(page("b", 2, "FOURTH")).await.unwrap();

            // A page moved to another place does not open.
            let swap = "UPDATE staged_pages SET position = 9 WHERE link_id = $1 AND position = 0";
            let id = link.id;
            let moved = service.store.write::<_, StoreError, _>(move |connection| Box::pin(async move { connection.execute(swap, params![id]).await }));
            assert_eq!(moved.await.unwrap(), 1);
            assert!(again.load().await.is_err());

            // What a read left behind goes after a day, whoever loads next.
            clock.advance(STALE_SECONDS + 1);
            assert!(again.load().await.unwrap().pages.is_empty());
            again.save(page("a", 0, "LAST")).await.unwrap();
            again.clear().await.unwrap();
            let left = again.load().await.unwrap();
            assert!(left.pages.is_empty() && left.finished.is_empty());
        }
    }
}
