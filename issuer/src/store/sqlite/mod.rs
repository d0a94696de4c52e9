//! The embedded engine: one writer with group commit, and a pool of readers.
//!
//! Statements run where they are asked for, on the caller's thread for a read and on the writer's own for a write: one that is answered
//! from memory costs what SQLite needs for it, and no waking of another thread.
//!
//! Every job runs in its own savepoint; whatever arrived while the disk was busy shares one `synchronous=FULL` commit, and each
//! caller is answered after it. So a redeemed token cannot come back to life after a power loss, and a busy server still pays
//! for few disk syncs. The write-ahead log is copied back by another thread ([`checkpoint`]).

mod checkpoint;
mod local;
mod readers;

use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument;

use super::{Connection, StoreError, Work};

use checkpoint::Checkpointer;
use readers::Readers;

pub(super) use local::LocalConnection;
pub use local::LocalRow;
pub(super) use readers::LocalReader;

/// Jobs waiting for the writer before callers wait too.
const QUEUE: usize = 1_024;
/// Jobs in one commit at most, so that the first is not kept waiting by the last, and who was answered asks again while others wait.
const MAX_BATCH: usize = 32;

#[derive(Clone)]
pub(super) struct SqliteBackend {
    readers: Readers,
    jobs: mpsc::Sender<Message>,
}

enum Message {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

/// A closure with the place its result goes to.
trait Job: Send {
    fn run<'c>(self: Box<Self>, connection: &'c mut Connection) -> std::pin::Pin<Box<dyn Future<Output = Finished> + Send + 'c>>;
}

/// A job that has run but is not yet committed.
struct Finished {
    keep: bool,
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

struct TypedJob<F, T, E> {
    work: F,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for TypedJob<F, T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T, E> + Send + 'static,
{
    fn run<'c>(self: Box<Self>, connection: &'c mut Connection) -> std::pin::Pin<Box<dyn Future<Output = Finished> + Send + 'c>> {
        Box::pin(async move {
            let Self { work, reply } = *self;
            // A panic in one job must not take the writer, and with it everybody's data, down.
            let outcome = std::panic::AssertUnwindSafe(work(connection)).catch_unwind().await;
            let result = outcome.unwrap_or_else(|_| Err(StoreError::Interrupted.into()));
            Finished {
                keep: result.is_ok(),
                answer: Box::new(move |committed| {
                    let result = match (committed, result) {
                        (Err(error), Ok(_)) => Err(error.into()),
                        (_, result) => result,
                    };
                    // The caller may have gone away; what it asked for happened all the same.
                    drop(reply.send(result));
                }),
            }
        })
    }
}

impl SqliteBackend {
    pub(super) async fn open(path: &Path, migrations: &sqlx::migrate::Migrator) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "ON")
            .pragma("trusted_schema", "OFF");
        let mut first = options.clone().create_if_missing(true).connect().await?;
        migrations.run(&mut first).await?;
        let writer = Connection::from(LocalConnection::open(path)?);
        // Closed after the writer is there: the last connection to close would fold the log into the database.
        sqlx::Connection::close(first).await?;
        let checkpointer = Checkpointer::start(path)?;
        let readers = Readers::of(path);
        let (jobs, receiver) = mpsc::channel(QUEUE);
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::Builder::new().name("database-writer".to_owned());
        thread.spawn(move || runtime.block_on(run_writer(writer, checkpointer, receiver))).map_err(|_| StoreError::Interrupted)?;
        Ok(Self { readers, jobs })
    }

    pub(super) async fn reader(&self) -> Result<LocalReader, StoreError> {
        self.readers.acquire().await
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Work<'c, T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Message::Job(Box::new(TypedJob { work, reply }));
        self.jobs.send(job).await.map_err(|_| StoreError::Interrupted)?;
        answer.instrument(tracing::debug_span!("write database")).await.map_err(|_| StoreError::Interrupted)?
    }

    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.jobs.send(Message::Close(done)).await.is_ok() {
            drop(closed.await);
        }
        self.readers.close();
    }
}

/// The migrations applied to the database at `path`, which is not changed.
pub(super) async fn applied_migrations(path: &Path) -> Result<Vec<i64>, StoreError> {
    let mut connection = SqliteConnectOptions::new().filename(path).read_only(true).connect().await?;
    let versions: Result<Vec<i64>, _> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(&mut connection).await;
    sqlx::Connection::close(connection).await?;
    // Without the table nothing was ever applied.
    Ok(versions.unwrap_or_default())
}

async fn run_writer(mut connection: Connection, mut checkpointer: Checkpointer, mut jobs: mpsc::Receiver<Message>) {
    while let Some(message) = jobs.recv().await {
        let first = match message {
            Message::Job(job) => job,
            Message::Close(done) => {
                // Nobody may wait any more for the answer.
                let _ = done.send(());
                return;
            }
        };
        if let Some(done) = run_batch(&mut connection, first, &mut jobs).await {
            let _ = done.send(());
            return;
        }
        checkpointer.after_commit(&mut connection).await;
    }
}

/// Runs `first` and what waits behind it in one transaction. Returns the sender of a close request met on the way.
async fn run_batch(connection: &mut Connection, first: Box<dyn Job>, jobs: &mut mpsc::Receiver<Message>) -> Option<oneshot::Sender<()>> {
    let begun = connection.execute("BEGIN IMMEDIATE", Vec::new()).await;
    if let Err(error) = begun {
        // Nothing can be written at present. Dropping the job answers its caller with `Interrupted`.
        tracing::error!(%error, "the database refused a write transaction");
        return None;
    }
    let (mut finished, mut closing) = (vec![run_in_savepoint(connection, first).await], None);
    while finished.len() < MAX_BATCH {
        match jobs.try_recv() {
            Ok(Message::Job(job)) => finished.push(run_in_savepoint(connection, job).await),
            Ok(Message::Close(done)) => {
                closing = Some(done);
                break;
            }
            Err(_) => break,
        }
    }
    let committed = connection.execute("COMMIT", Vec::new()).await;
    if let Err(error) = &committed {
        tracing::error!(%error, "a commit failed");
        drop(connection.execute("ROLLBACK", Vec::new()).await);
    }
    for job in finished {
        (job.answer)(committed.as_ref().map(|_| ()).map_err(|_| StoreError::Interrupted));
    }
    closing
}

async fn run_in_savepoint(connection: &mut Connection, job: Box<dyn Job>) -> Finished {
    let opened = connection.execute("SAVEPOINT job", Vec::new()).await;
    let mut finished = job.run(connection).await;
    let close = if finished.keep { "RELEASE job" } else { "ROLLBACK TO job" };
    let mut closed = opened.and(connection.execute(close, Vec::new()).await);
    if !finished.keep {
        closed = closed.and(connection.execute("RELEASE job", Vec::new()).await);
    }
    if let Err(error) = closed {
        tracing::error!(%error, "a savepoint could not be closed");
        let answer = finished.answer;
        finished = Finished { keep: false, answer: Box::new(move |_| answer(Err(StoreError::Interrupted))) };
    }
    finished
}
