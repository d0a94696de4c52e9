//! Copying the write-ahead log back into the database while the writer goes on.
//!
//! SQLite's own way is that whoever commits past a limit copies the whole log, and everybody waits. Here another connection, on a thread of
//! its own, copies what there is while the writer appends, again and again until little is left; that little the writer copies itself, after
//! it has answered everybody. Then the whole log is copied and the next write begins it anew, which only a writer can see to.
//!
//! However it is copied, the database's file is synced in the end, and commits wait for the disk meanwhile, the longer the more there was: a
//! short log is copied often and nobody notices; one of 32 MiB makes every hundredth request of a busy server wait 20 ms.

use std::cell::Cell;
use std::ffi::c_int;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::hooks::Wal;

use super::super::{Connection, StoreError};
use super::LocalConnection;

/// Pages of the log after which it is copied, 2 MiB.
const PAGES: u32 = 512;
/// Pages not copied yet that the writer may be asked to copy.
const FEW_PAGES: u32 = 64;
/// Times the log is gone over before the writer is asked however much is left: it may append faster than the disk takes it.
const ROUNDS: u32 = 8;

thread_local! {
    /// Pages in the log after this thread's last commit. SQLite tells a plain function, so there is no other place for it; the writer has a
    /// thread of its own.
    static LOG_PAGES: Cell<u32> = const { Cell::new(0) };
}

/// What SQLite calls after each commit of a connection that leaves copying to a [`Checkpointer`].
#[expect(clippy::unnecessary_wraps, reason = "the signature is rusqlite's")]
pub(super) fn note_pages(_: &Wal, pages: c_int) -> rusqlite::Result<()> {
    LOG_PAGES.set(u32::try_from(pages).unwrap_or(0));
    Ok(())
}

/// The writer's side: sees to it that the log is copied.
pub(super) struct Checkpointer {
    /// Asks the other thread; dropping it ends the thread.
    requests: SyncSender<()>,
    copied: Arc<AtomicBool>,
    copying: bool,
    pages: u32,
    last: u32,
    next: u32,
}

impl Checkpointer {
    /// Copies the log of the database at `path` whenever it has more than [`PAGES`].
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be opened or the thread not begun.
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        Self::with_pages(path, PAGES)
    }

    fn with_pages(path: &Path, pages: u32) -> Result<Self, StoreError> {
        let connection = LocalConnection::open(path)?;
        let (requests, received) = sync_channel(1);
        let copied = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&copied);
        let thread = std::thread::Builder::new().name("database-copier".to_owned());
        thread.spawn(move || copy_when_asked(connection, &received, &done)).map_err(|_| StoreError::Interrupted)?;
        Ok(Self { requests, copied, copying: false, pages, last: 0, next: pages })
    }

    /// To be called by the writer after a commit, when everybody has their answer.
    pub(super) async fn after_commit(&mut self, writer: &mut Connection) {
        let pages = LOG_PAGES.get();
        if pages < self.last {
            // The log has begun anew.
            self.next = self.pages;
        }
        self.last = pages;
        if self.copying {
            if self.copied.swap(false, Ordering::Acquire) {
                self.copying = false;
                self.next = pages.saturating_add(self.pages);
                copy(writer).await;
            }
        } else if pages >= self.next {
            self.copying = self.requests.try_send(()).is_ok();
            if !self.copying {
                // The thread is gone: as without it.
                self.next = pages.saturating_add(self.pages);
                copy(writer).await;
            }
        }
    }
}

/// Copies what is left on the writer's own connection.
async fn copy(writer: &mut Connection) {
    if let Err(error) = writer.fetch_optional("PRAGMA wal_checkpoint(PASSIVE)", Vec::new()).await {
        tracing::warn!(%error, "the write-ahead log could not be copied back; it grows until it can");
    }
}

fn copy_when_asked(mut connection: LocalConnection, requests: &Receiver<()>, copied: &AtomicBool) {
    while requests.recv().is_ok() {
        for _ in 0..ROUNDS {
            match connection.copy_log() {
                Ok(left) if left > FEW_PAGES => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "the write-ahead log could not be copied back; the writer will try");
                    break;
                }
            }
        }
        copied.store(true, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Store;
    use super::*;
    use crate::store::DatabaseUrl;

    #[tokio::test]
    async fn a_log_that_is_written_on_and_on_begins_anew_and_keeps_every_row() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passid.db");
        Store::open(&DatabaseUrl::Sqlite(path.clone())).await.unwrap().close().await;
        let mut writer = Connection::from(LocalConnection::open(&path).unwrap());
        writer.execute("CREATE TABLE note (number INTEGER PRIMARY KEY, text TEXT NOT NULL)", Vec::new()).await.unwrap();
        let mut checkpointer = Checkpointer::with_pages(&path, 16).unwrap();
        let (mut written, mut anew, mut before) = (0_i64, 0, 0);
        while anew < 3 {
            writer.execute("INSERT INTO note (number, text) VALUES ($1, 'row')", vec![written.into()]).await.unwrap();
            written += 1;
            checkpointer.after_commit(&mut writer).await;
            anew += u32::from(LOG_PAGES.get() < before);
            before = LOG_PAGES.get();
            assert!(written < 1_000_000, "the log never begins anew; it has {before} pages");
            // The other thread has its turn, whatever else runs.
            std::thread::yield_now();
        }
        drop((writer, checkpointer));
        let mut reader = LocalConnection::open_to_read(&path).unwrap();
        let counted = reader.fetch("SELECT count(*) AS rows, max(number) AS last FROM note", &[], 1).unwrap();
        assert_eq!((counted[0].get::<i64>("rows").unwrap(), counted[0].get::<i64>("last").unwrap()), (written, written - 1));
    }

    #[tokio::test]
    async fn without_its_thread_the_writer_copies() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passid.db");
        Store::open(&DatabaseUrl::Sqlite(path.clone())).await.unwrap().close().await;
        let mut writer = Connection::from(LocalConnection::open(&path).unwrap());
        writer.execute("CREATE TABLE note (number INTEGER PRIMARY KEY)", Vec::new()).await.unwrap();
        let mut checkpointer = Checkpointer::with_pages(&path, 16).unwrap();
        checkpointer.requests = sync_channel(1).0;
        for number in 0..100_i64 {
            writer.execute("INSERT INTO note (number) VALUES ($1)", vec![number.into()]).await.unwrap();
            checkpointer.after_commit(&mut writer).await;
        }
        assert!(LOG_PAGES.get() <= 18, "{}", LOG_PAGES.get());
    }
}
