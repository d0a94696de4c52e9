//! The embedded engine's readers: connections lent out one at a time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::{StoreError, Value};
use super::{LocalConnection, LocalRow};

/// Readers at once. A read takes microseconds and holds its thread, so few suffice.
const READERS: usize = 8;

/// A handle on the readers; cheap to clone.
#[derive(Clone)]
pub(super) struct Readers(Arc<Shared>);

struct Shared {
    path: PathBuf,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<LocalConnection>>,
}

/// A reader lent out; dropping it gives it back.
pub(in crate::store) struct LocalReader {
    /// There until the reader is dropped.
    connection: Option<LocalConnection>,
    home: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    /// Readers of the database at `path`, opened when they are first needed.
    pub(super) fn of(path: &Path) -> Self {
        Self(Arc::new(Shared { path: path.to_owned(), permits: Arc::new(Semaphore::new(READERS)), idle: Mutex::default() }))
    }

    /// A reader, once one is free.
    pub(super) async fn acquire(&self) -> Result<LocalReader, StoreError> {
        let shared = &self.0;
        let permit = Arc::clone(&shared.permits).acquire_owned().await.map_err(|_| StoreError::Interrupted)?;
        let idle = shared.idle().pop();
        let connection = idle.map_or_else(|| LocalConnection::open_to_read(&shared.path), Ok)?;
        Ok(LocalReader { connection: Some(connection), home: Arc::clone(shared), _permit: permit })
    }

    /// Lends out no more, and closes each reader as it comes back.
    pub(super) fn close(&self) {
        self.0.permits.close();
        self.0.idle().clear();
    }
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<LocalConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LocalReader {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && !self.home.permits.is_closed()
        {
            self.home.idle().push(connection);
        }
    }
}

impl LocalReader {
    fn connection(&mut self) -> Result<&mut LocalConnection, StoreError> {
        self.connection.as_mut().ok_or(StoreError::Interrupted)
    }

    pub(in crate::store) fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        self.connection()?.execute(sql, values)
    }

    pub(in crate::store) fn fetch(&mut self, sql: &'static str, values: &[Value], most: usize) -> Result<Vec<LocalRow>, StoreError> {
        self.connection()?.fetch(sql, values, most)
    }
}
