//! The master key: a file of its own, readable by its owner only, with 32 random bytes on each line.
//!
//! The first line is the key everything begins with; codes and tokens are looked up by digests under it for as long as the database
//! lives. Lines added later seal what is secret from then on. One that begins with `next` is known, so that it opens what other
//! processes seal, but seals nothing yet.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use zeroize::Zeroizing;

/// What a line begins with that does not seal yet.
const NEXT: &str = "next ";
/// Lines a file may have: the number of a key is one byte.
const MAX_KEYS: usize = 255;

/// The keys everything at rest is sealed under. Losing them loses the issuer's signing keys.
pub struct MasterKey {
    keys: Vec<Zeroizing<[u8; 32]>>,
    /// How many of them may seal: the last of these does.
    active: usize,
}

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
    #[error("the master key file does not hold 64 hexadecimal digits on each line; restore it from a backup")]
    Malformed,
    /// Activate the one that waits before adding another; at most 255 keys fit.
    #[error("{0}")]
    Order(&'static str),
}

impl MasterKey {
    /// A key given by its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { keys: vec![Zeroizing::new(bytes)], active: 1 }
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

    /// Reads the key from `path`.
    ///
    /// # Errors
    /// [`MasterKeyError`], also when there is no file.
    pub fn load(path: &Path) -> Result<Self, MasterKeyError> {
        Self::parse(&Zeroizing::new(fs::read_to_string(path)?))
    }

    fn parse(text: &str) -> Result<Self, MasterKeyError> {
        let (mut keys, mut active) = (Vec::new(), 0);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut bytes = Zeroizing::new([0; 32]);
            let (waits, digits) = line.strip_prefix(NEXT).map_or((false, line), |digits| (true, digits.trim()));
            hex::decode_to_slice(digits, bytes.as_mut_slice()).map_err(|_| MasterKeyError::Malformed)?;
            if !waits && active != keys.len() {
                return Err(MasterKeyError::Malformed);
            }
            keys.push(bytes);
            active += usize::from(!waits);
        }
        if active == 0 || keys.len() > MAX_KEYS { Err(MasterKeyError::Malformed) } else { Ok(Self { keys, active }) }
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
            Ok(()) => Ok(Self { keys: vec![bytes], active: 1 }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::parse(&Zeroizing::new(fs::read_to_string(path)?)),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds a key to the file that opens but does not seal yet. Every process must have read the file before it is activated.
    ///
    /// # Errors
    /// [`MasterKeyError::Order`] when one waits already.
    pub fn prepare_next(path: &Path, random: &mut dyn rand::CryptoRng) -> Result<(), MasterKeyError> {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        let present = Self::parse(&text)?;
        if present.active < present.keys.len() {
            return Err(MasterKeyError::Order("a key waits already; activate it first"));
        }
        if present.keys.len() == MAX_KEYS {
            return Err(MasterKeyError::Order("the file holds as many keys as fit"));
        }
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill_bytes(bytes.as_mut_slice());
        let digits = Zeroizing::new(hex::encode(bytes.as_slice()));
        replace(path, &Zeroizing::new(format!("{}\n{NEXT}{}\n", text.trim_end(), digits.as_str())))
    }

    /// Lets the key that waits seal from now on, once each process has read the file again.
    ///
    /// # Errors
    /// [`MasterKeyError::Order`] when none waits.
    pub fn activate_next(path: &Path) -> Result<(), MasterKeyError> {
        let text = Zeroizing::new(fs::read_to_string(path)?);
        let present = Self::parse(&text)?;
        if present.active == present.keys.len() {
            return Err(MasterKeyError::Order("no key waits; prepare one first"));
        }
        replace(path, &Zeroizing::new(text.replace(NEXT, "")))
    }

    /// The number of the key that seals, from 1.
    pub(super) fn sealing(&self) -> u8 {
        u8::try_from(self.active).unwrap_or(u8::MAX)
    }

    /// A key by its number.
    pub(super) fn expose(&self, number: u8) -> Option<&[u8]> {
        self.keys.get(usize::from(number).checked_sub(1)?).map(|key| key.as_slice())
    }
}

/// Puts another file in the place of `path`, whole or not at all.
fn replace(path: &Path, text: &str) -> Result<(), MasterKeyError> {
    let temporary = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    Ok(())
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
        assert_eq!(first.expose(1), second.expose(1));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn a_key_is_known_before_it_seals() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("master.key");
        let mut random = rand::rngs::StdRng::seed_from_u64(1);
        let first = MasterKey::load_or_create(&path, &mut random).unwrap();
        assert!(matches!(MasterKey::activate_next(&path), Err(MasterKeyError::Order(_))));
        MasterKey::prepare_next(&path, &mut random).unwrap();
        assert!(matches!(MasterKey::prepare_next(&path, &mut random), Err(MasterKeyError::Order(_))));
        let prepared = MasterKey::load_or_create(&path, &mut random).unwrap();
        assert_eq!((prepared.sealing(), prepared.expose(1), prepared.expose(2).is_some()), (1, first.expose(1), true));
        MasterKey::activate_next(&path).unwrap();
        let active = MasterKey::load_or_create(&path, &mut random).unwrap();
        assert_eq!((active.sealing(), active.expose(1), active.expose(2)), (2, first.expose(1), prepared.expose(2)));
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
