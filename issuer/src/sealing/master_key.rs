//! The master key: 32 random bytes in a file of its own, readable by its owner only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use zeroize::Zeroizing;

/// The key everything at rest is sealed under. Losing it loses the issuer's signing keys.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MasterKey(redacted)")
    }
}

/// Why the master key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Check the path and its permissions.
    #[error("the master key file could not be read or written: {0}")]
    File(#[from] io::Error),
    /// Restore the file from its backup; do not delete it, what is sealed under it would be lost.
    #[error("the master key file does not hold 64 hexadecimal digits; restore it from a backup")]
    Malformed,
}

impl MasterKey {
    /// A key given by its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from `path`, or makes it there when the file does not exist yet.
    ///
    /// A new key is written beside its place and moved there, so that a crash leaves either no key or a whole one.
    ///
    /// # Errors
    /// [`MasterKeyError`]; an existing file is never overwritten.
    pub fn load_or_create(path: &Path, random: &mut dyn rand::CryptoRng) -> Result<Self, MasterKeyError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&Zeroizing::new(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path, random),
            Err(error) => Err(error.into()),
        }
    }

    fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).map_err(|_| MasterKeyError::Malformed)?;
        Ok(Self(bytes))
    }

    fn create(path: &Path, random: &mut dyn rand::CryptoRng) -> Result<Self, MasterKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(bytes.as_mut_slice());
        let temporary = path.with_extension(format!("new-{}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(Zeroizing::new(hex::encode(bytes.as_slice())).as_bytes())?;
        file.sync_all()?;
        // A hard link fails when the name exists: of two processes starting at once, the second reads the first one's key.
        let linked = fs::hard_link(&temporary, path);
        fs::remove_file(&temporary)?;
        match linked {
            Ok(()) => Ok(Self(bytes)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::parse(&Zeroizing::new(fs::read_to_string(path)?)),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn is_made_once_and_read_ever_after() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        let first = MasterKey::load_or_create(&path, &mut rand::rngs::StdRng::seed_from_u64(1)).unwrap();
        let second = MasterKey::load_or_create(&path, &mut rand::rngs::StdRng::seed_from_u64(2)).unwrap();
        assert_eq!(first.expose(), second.expose());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_reported_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        fs::write(&path, "not a key").unwrap();
        let error = MasterKey::load_or_create(&path, &mut rand::rngs::StdRng::seed_from_u64(1)).unwrap_err();
        assert!(matches!(error, MasterKeyError::Malformed));
        assert_eq!(fs::read_to_string(&path).unwrap(), "not a key");
    }
}
