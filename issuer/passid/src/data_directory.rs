//! The data directory: made if missing, for its owner only, used by one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A data directory held by this process until it ends, however it ends: the lock is the operating system's.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Makes or opens `path` and takes its lock.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let unusable = |source| Failure::DataDirectory { path: path.to_owned(), source };
        if !path.is_dir() {
            fs::create_dir_all(path).map_err(unusable)?;
            #[cfg(unix)]
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(unusable)?;
        }
        let path = path.canonicalize().map_err(unusable)?;
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::SecondInstance(path)),
            Err(TryLockError::Error(source)) => Err(Failure::DataDirectory { path, source }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_processes_cannot_share_a_directory() {
        let directory = tempfile::tempdir().unwrap();
        let first = DataDirectory::open(directory.path()).unwrap();
        assert!(matches!(DataDirectory::open(directory.path()), Err(Failure::SecondInstance(_))));
        drop(first);
        assert!(DataDirectory::open(directory.path()).is_ok());
    }

    #[test]
    fn a_file_in_its_place_is_reported() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        fs::write(&path, "").unwrap();
        assert!(matches!(DataDirectory::open(&path), Err(Failure::DataDirectory { .. })));
    }
}
