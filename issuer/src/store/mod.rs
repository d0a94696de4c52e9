//! The only place with SQL: one text per query, run by both engines.
//!
//! SQLite is the embedded engine: one writer that commits what arrived meanwhile in one durable commit, and a pool of readers.
//! PostgreSQL serves any number of processes. Domain code asks for [`Store::reader`] or hands a closure to [`Store::write`].

mod connection;
mod error;
mod lookup;
mod many;
mod sqlite;
mod url;
mod value;
mod wake;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub mod audit;
pub mod backup;
pub mod bank_links;
pub mod bank_syncs;
pub mod credentials;
pub mod dashboard;
pub mod history;
pub mod idempotency;
pub mod incidents;
pub mod institutions;
pub mod keys;
pub mod limits;
pub mod outcomes;
pub mod request_log;
pub mod retention;
pub mod sanctions;
pub mod screened;
pub mod screening_log;
pub mod sealed;
pub mod sessions;
pub mod shares;
pub mod staging;
pub mod status;
pub mod trees;
pub mod users;
pub mod verifications;
pub mod webhooks;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tracing::Instrument;

pub use connection::{Connection, Engine};
pub use error::StoreError;
pub use sqlite::LocalRow;
pub use url::DatabaseUrl;
pub use value::{Row, Value};
pub use wake::WakeUps;

/// What a closure handed to [`Store::write`] returns.
pub type Work<'c, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>;

/// One history for both engines, embedded in the binary.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");

/// Connections a process keeps to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a connection may rest before it is asked whether it lives.
const TRUSTED: Duration = Duration::from_secs(1);
/// Connections a process keeps for counts, which do not wait for the disk.
const COUNT_CONNECTIONS: u32 = 4;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Sqlite(sqlite::SqliteBackend),
    Postgres { pool: PgPool, counts: PgPool, lookups: Arc<lookup::Lookups> },
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached or written, or its schema is newer than this program.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let backend = match url {
            DatabaseUrl::Sqlite(path) => Backend::Sqlite(sqlite::SqliteBackend::open(path, &MIGRATIONS).await?),
            DatabaseUrl::Postgres(address) => {
                let pool = pool_options(POSTGRES_CONNECTIONS).connect(address.expose()).await?;
                MIGRATIONS.run(&pool).await?;
                let relaxed = pool.connect_options().as_ref().clone().options([("synchronous_commit", "off")]);
                let counts = pool_options(COUNT_CONNECTIONS).connect_lazy_with(relaxed);
                Backend::Postgres { pool, counts, lookups: Arc::default() }
            }
        };
        Ok(Self { backend })
    }

    /// The migrations a database lacks, as `4 operations`. Nothing is changed, and nothing made where there is no database yet.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached.
    pub async fn pending_migrations(url: &DatabaseUrl) -> Result<Vec<String>, StoreError> {
        let applied = match url {
            DatabaseUrl::Sqlite(path) if !path.exists() => Vec::new(),
            DatabaseUrl::Sqlite(path) => sqlite::applied_migrations(path).await?,
            DatabaseUrl::Postgres(address) => {
                let pool = PgPoolOptions::new().max_connections(1).connect(address.expose()).await?;
                let rows: Result<Vec<i64>, _> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(&pool).await;
                pool.close().await;
                // Without the table nothing was ever applied.
                rows.unwrap_or_default()
            }
        };
        let missing = MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.version));
        Ok(missing.map(|migration| format!("{} {}", migration.version, migration.description)).collect())
    }

    /// Whether this process is the only one on the database.
    pub const fn is_embedded(&self) -> bool {
        matches!(self.backend, Backend::Sqlite(_))
    }

    /// A connection for queries that change nothing.
    ///
    /// # Errors
    /// [`StoreError`] when none can be had.
    pub async fn reader(&self) -> Result<Connection, StoreError> {
        Ok(match &self.backend {
            Backend::Sqlite(sqlite) => Connection::from(sqlite.reader().await?),
            Backend::Postgres { pool, .. } => Connection::from(pool.acquire().await?),
        })
    }

    /// Runs `work` in one transaction, committed durably when it returns `Ok` and undone when it returns `Err`.
    ///
    /// The work runs to its end even when the caller goes away. It must not wait for the network.
    ///
    /// # Errors
    /// What `work` returns, or [`StoreError`] when the commit fails.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T, E> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(work).await,
            Backend::Postgres { pool, .. } => {
                let (done, result) = tokio::sync::oneshot::channel();
                let pool = pool.clone();
                detach(Box::pin(async move {
                    let running = async {
                        let mut connection = begin(&pool).await?;
                        let result = work(&mut connection).await?;
                        connection.commit().await?;
                        Ok(result)
                    };
                    // The caller may have gone; the work is done all the same.
                    let _ = done.send(running.await);
                }));
                result.instrument(tracing::debug_span!("write database")).await.map_err(|_| StoreError::Interrupted)?
            }
        }
    }

    /// Whether other processes may write to the database too, so that what they count together belongs into it.
    pub const fn is_shared(&self) -> bool {
        matches!(self.backend, Backend::Postgres { .. })
    }

    /// A connection for counts: each statement is a transaction of its own that does not wait for the disk. For PostgreSQL only;
    /// with SQLite it only reads.
    ///
    /// # Errors
    /// [`StoreError`] when none can be had.
    pub(crate) async fn counts(&self) -> Result<Connection, StoreError> {
        match &self.backend {
            Backend::Sqlite(_) => self.reader().await,
            Backend::Postgres { counts, .. } => Ok(Connection::from(counts.acquire().await?)),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader().await?.fetch_optional("SELECT 1 AS one", Vec::new()).await.map(|_| ())
    }

    /// Waits for running work and closes the connections.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres { pool, counts, .. } => {
                counts.close().await;
                pool.close().await;
            }
        }
    }
}

/// A pool whose connections are asked whether they live only after they have rested: a server that restarts is noticed, and a busy
/// connection costs no round trip more than its queries.
fn pool_options(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(connections).test_before_acquire(false).before_acquire(|connection, rested| {
        Box::pin(async move {
            if rested.idle_for > TRUSTED {
                sqlx::Connection::ping(connection).await?;
            }
            Ok(true)
        })
    })
}

/// Runs `work` to its end whoever waits for it. One type of task for every caller: the runtime's code for it is compiled once.
fn detach(work: Pin<Box<dyn Future<Output = ()> + Send>>) {
    tokio::spawn(work);
}

async fn begin(pool: &PgPool) -> Result<Connection, StoreError> {
    Ok(Connection::from(pool.begin().await?))
}

/// The parameters of a query, in the order of `$1`, `$2`, ….
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::Value::from($value)),*] };
}
