//! Messages between the processes that share a PostgreSQL database.

use sqlx::postgres::PgListener;

use super::{Backend, Store, StoreError};
use crate::params;

/// The channel on which processes say that deliveries were queued.
const CHANNEL: &str = "passid_deliveries";

/// Hears when other processes queue deliveries.
pub struct WakeUps(PgListener);

impl WakeUps {
    /// The name of the next process that queued something, perhaps this one's own.
    ///
    /// # Errors
    /// [`StoreError`] when the connection cannot be made again.
    pub async fn next(&mut self) -> Result<String, StoreError> {
        Ok(self.0.recv().await?.payload().to_owned())
    }
}

impl Store {
    /// What other processes queue on this database; nothing where the database is embedded.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be reached.
    pub async fn wake_ups(&self) -> Result<Option<WakeUps>, StoreError> {
        let Backend::Postgres { pool, .. } = &self.backend else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(WakeUps(listener)))
    }

    /// Tells the other processes that this one, `name`, queued something. PostgreSQL only.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn wake_others(&self, name: &str) -> Result<(), StoreError> {
        let sql = "SELECT pg_notify($1, $2)::TEXT";
        self.reader().await?.fetch_optional(sql, params![CHANNEL, name]).await.map(drop)
    }
}
