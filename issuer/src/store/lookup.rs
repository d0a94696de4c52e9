//! Looking up what nearly every request needs, together where a look-up is a round trip: what is asked for while the database answers is
//! asked for in one query. With the embedded engine, to which nothing travels, each is looked up at once.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use passid_api::environment::Environment;
use passid_api::ids::{SessionId, UserId};

use super::institutions::{self, KeyOwner};
use super::sessions::{self, StoredSession};
use super::shares::{self, StoredShare};
use super::trees::{self, TreeState};
use super::users::{self, Standing};
use super::{Backend, Connection, Store, StoreError, Work};
use crate::gather::{Line, Waiting};

/// Keys of one query at most.
const MAX_BATCH: usize = 64;
/// Queries of a kind at once: while one is answered, another may be on its way.
const QUERIES: usize = 2;

/// Finds what these keys stand for, each beside its key.
type FindEach<Key, Found> = for<'c> fn(&'c mut Connection, &'c [Key]) -> Work<'c, Vec<(Key, Found)>, StoreError>;

/// Who waits for what there is under a key.
struct Lookup<Key, Found> {
    line: Line<Key, Option<Found>>,
    find_each: FindEach<Key, Found>,
}

/// What can be looked up.
pub(super) struct Lookups {
    keys: Arc<Lookup<[u8; 32], KeyOwner>>,
    shares: Arc<Lookup<(Environment, [u8; 32]), StoredShare>>,
    sessions: Arc<Lookup<SessionId, StoredSession>>,
    standings: Arc<Lookup<UserId, Standing>>,
    trees: Arc<Lookup<Environment, TreeState>>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            keys: Lookup::new(|connection, keys| Box::pin(institutions::find_keys(connection, keys))),
            shares: Lookup::new(|connection, keys| Box::pin(shares::find_each(connection, keys))),
            sessions: Lookup::new(|connection, keys| Box::pin(sessions::find_each(connection, keys))),
            standings: Lookup::new(|connection, keys| Box::pin(users::standings(connection, keys))),
            trees: Lookup::new(|connection, keys| Box::pin(trees::states(connection, keys))),
        }
    }
}

impl<Key, Found> Lookup<Key, Found>
where
    Key: Copy + Ord + Send + Sync + 'static,
    Found: Clone + Send + 'static,
{
    fn new(find_each: FindEach<Key, Found>) -> Arc<Self> {
        Arc::new(Self { line: Line::new(QUERIES), find_each })
    }

    async fn find(self: &Arc<Self>, store: &Store, key: Key) -> Result<Option<Found>, StoreError> {
        let found = self.line.join(key, || {
            tokio::spawn(Arc::clone(self).work(store.clone()));
        });
        found.await.map_err(|_| StoreError::Interrupted)
    }

    /// Looks up what is waited for until nothing is.
    async fn work(self: Arc<Self>, store: Store) {
        while let Some(batch) = self.line.next(MAX_BATCH) {
            match AssertUnwindSafe(self.serve(&store, batch)).catch_unwind().await {
                Ok(Ok(())) => {}
                // Whose keys these were hears that it was interrupted.
                Ok(Err(error)) => tracing::error!(%error, "what several requests need could not be looked up"),
                Err(_) => tracing::error!("looking up what several requests need panicked"),
            }
        }
    }

    async fn serve(&self, store: &Store, batch: Vec<Waiting<Key, Option<Found>>>) -> Result<(), StoreError> {
        let keys: BTreeSet<_> = batch.iter().map(|waiting| waiting.item).collect();
        let keys: Vec<_> = keys.into_iter().collect();
        let found: BTreeMap<_, _> = (self.find_each)(&mut store.reader().await?, &keys).await?.into_iter().collect();
        for waiting in batch {
            // Whoever asked may have gone away.
            let _ = waiting.answer.send(found.get(&waiting.item).cloned());
        }
        Ok(())
    }
}

impl Store {
    fn lookups(&self) -> Option<&Lookups> {
        match &self.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgres { lookups, .. } => Some(lookups),
        }
    }

    /// The owner of the key with this digest, unless it was revoked.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn find_key(&self, digest: [u8; 32]) -> Result<Option<KeyOwner>, StoreError> {
        match self.lookups() {
            Some(lookups) => lookups.keys.find(self, digest).await,
            None => institutions::find_key(&mut self.reader().await?, digest).await,
        }
    }

    /// The share under this code or token digest.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn find_share(&self, environment: Environment, digest: [u8; 32]) -> Result<Option<StoredShare>, StoreError> {
        match self.lookups() {
            Some(lookups) => lookups.shares.find(self, (environment, digest)).await,
            None => shares::find_by_digest(&mut self.reader().await?, environment, digest).await,
        }
    }

    /// A session.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn find_session(&self, id: SessionId) -> Result<Option<StoredSession>, StoreError> {
        match self.lookups() {
            Some(lookups) => lookups.sessions.find(self, id).await,
            None => sessions::find(&mut self.reader().await?, id).await,
        }
    }

    /// How a wallet's account stands, if it is there.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn standing(&self, id: UserId) -> Result<Option<Standing>, StoreError> {
        match self.lookups() {
            Some(lookups) => lookups.standings.find(self, id).await,
            None => Ok(users::standings(&mut self.reader().await?, &[id]).await?.pop().map(|(_, standing)| standing)),
        }
    }

    /// Where a credential tree stands.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or there is no tree.
    pub async fn tree(&self, environment: Environment) -> Result<TreeState, StoreError> {
        match self.lookups() {
            Some(lookups) => lookups.trees.find(self, environment).await?.ok_or(trees::NO_TREE),
            None => trees::state(&mut self.reader().await?, environment).await,
        }
    }
}
