//! Files that only their owner may read, written so that a crash leaves the old one or the new one.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

/// Small files (keys, envelopes) are refused above this.
const SMALL_FILE_LIMIT: u64 = 64 * 1024;

/// Makes a directory (and its parents) that only the owner may enter. An existing directory is left as it is.
pub(crate) fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a file that must not exist yet: after a crash it is whole or absent, and of two writers one wins.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    write_durably(&temporary, bytes)?;
    // A link, unlike a rename, refuses to replace what is there.
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary)?;
    linked?;
    sync_directory(path)
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = owner_only().create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Puts `bytes` in place of whatever is at `path`, in one step.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("new");
    write_durably(&temporary, bytes)?;
    std::fs::rename(&temporary, path)?;
    sync_directory(path)
}

/// Makes sure that the file exists and that only its owner may read it, before anyone else opens it.
pub(crate) fn ensure_owner_only(path: &Path) -> io::Result<()> {
    match owner_only().create_new(true).open(path) {
        Ok(_) => sync_directory(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads a small file; its bytes are wiped when dropped.
pub(crate) fn read_small(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length > SMALL_FILE_LIMIT {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default()));
    file.take(SMALL_FILE_LIMIT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A rename or a new name is durable once its directory is.
fn sync_directory(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(directory)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
