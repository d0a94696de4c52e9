//! The backup's file: a passphrase makes a key (Argon2id, RFC 9106), the key seals a document (XChaCha20-Poly1305).
//!
//! ```text
//! "PASSIDBK"  version 1  memory KiB  passes  lanes  salt     nonce     sealed document
//!  8 bytes    1 byte     4 bytes     4       4      16       24        the rest
//! ```
//! Numbers are big-endian. Everything before the nonce is authenticated with the document.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::BackupError;
use crate::random::Random;
use crate::sealing::{self, KEY_BYTES, Key};

const MAGIC: &[u8; 8] = b"PASSIDBK";
const VERSION: u8 = 1;
const SALT_BYTES: usize = 16;
const HEADER_BYTES: usize = 8 + 1 + 3 * 4 + SALT_BYTES;
/// Larger files are refused unread.
pub(super) const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;
/// Fewest characters of a passphrase for a new backup: the file may be copied and guessed at for years.
const MIN_PASSPHRASE_CHARACTERS: usize = 12;
/// Longest passphrase read.
const MAX_PASSPHRASE_BYTES: usize = 1_024;

/// What making the key costs: the second recommendation of RFC 9106, section 4 (3 passes over 64 MiB, 4 lanes).
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 4 };
/// More than this is not spent on a file that came from somewhere.
const MOST: Cost = Cost { memory_kib: 256 * 1024, passes: 16, lanes: 16 };

#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// A passphrase; wiped when dropped, printed nowhere.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// As the person typed it: every character counts, spaces too.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// # Errors
    /// [`BackupError::PassphraseTooShort`]
    pub(super) fn good_enough(&self) -> Result<(), BackupError> {
        if self.0.chars().count() >= MIN_PASSPHRASE_CHARACTERS { Ok(()) } else { Err(BackupError::PassphraseTooShort) }
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Passphrase(..)")
    }
}

fn key(passphrase: &Passphrase, cost: Cost, salt: &[u8]) -> Result<Key, BackupError> {
    if passphrase.0.len() > MAX_PASSPHRASE_BYTES {
        return Err(BackupError::WrongPassphrase);
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(KEY_BYTES)).map_err(|_| BackupError::NotABackup)?;
    let mut memory = Vec::new();
    memory.try_reserve_exact(params.block_count()).map_err(|_| BackupError::Memory)?;
    memory.resize(params.block_count(), argon2::Block::default());
    let mut key: Key = Zeroizing::new([0; KEY_BYTES]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let made = argon2.hash_password_into_with_memory(passphrase.0.as_bytes(), salt, key.as_mut(), &mut memory);
    zeroize::Zeroize::zeroize(&mut memory);
    made.map_err(|_| BackupError::NotABackup)?;
    Ok(key)
}

/// The file for a document. Takes a fraction of a second and 64 MiB: call it where blocking is fine.
///
/// # Errors
/// [`BackupError::PassphraseTooShort`], [`BackupError::Memory`].
pub(super) fn seal(document: &[u8], passphrase: &Passphrase, random: &Random) -> Result<Vec<u8>, BackupError> {
    passphrase.good_enough()?;
    let salt: [u8; SALT_BYTES] = random.bytes();
    let mut file = Vec::with_capacity(HEADER_BYTES + document.len() + 64);
    file.extend_from_slice(MAGIC);
    file.push(VERSION);
    for number in [COST.memory_kib, COST.passes, COST.lanes] {
        file.extend_from_slice(&number.to_be_bytes());
    }
    file.extend_from_slice(&salt);
    let key = key(passphrase, COST, &salt)?;
    let sealed = sealing::seal(&key, &file, document, random).map_err(|_| BackupError::NotABackup)?;
    file.extend_from_slice(&sealed);
    if file.len() > MAX_FILE_BYTES { Err(BackupError::NotABackup) } else { Ok(file) }
}

/// The header of a file, as far as it can be judged without the passphrase.
fn header(file: &[u8]) -> Result<(Cost, &[u8; HEADER_BYTES], &[u8]), BackupError> {
    if file.len() > MAX_FILE_BYTES {
        return Err(BackupError::NotABackup);
    }
    let (header, sealed) = file.split_first_chunk::<HEADER_BYTES>().ok_or(BackupError::NotABackup)?;
    if !header.starts_with(MAGIC) {
        return Err(BackupError::NotABackup);
    }
    match header[MAGIC.len()] {
        VERSION => {}
        newer if newer > VERSION => return Err(BackupError::TooNew),
        _ => return Err(BackupError::NotABackup),
    }
    let number = |index: usize| {
        let at = MAGIC.len() + 1 + index * 4;
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let cost = Cost { memory_kib: number(0), passes: number(1), lanes: number(2) };
    let bearable = cost.memory_kib <= MOST.memory_kib && (1..=MOST.passes).contains(&cost.passes) && (1..=MOST.lanes).contains(&cost.lanes);
    if bearable && cost.memory_kib >= 8 * cost.lanes { Ok((cost, header, sealed)) } else { Err(BackupError::NotABackup) }
}

/// Whether this could be a backup; reads the outside only, so it answers at once whatever comes.
///
/// # Errors
/// [`BackupError::NotABackup`], [`BackupError::TooNew`].
pub(super) fn check(file: &[u8]) -> Result<(), BackupError> {
    header(file).map(drop)
}

/// The document of a file that [`seal`] made. Blocks as [`seal`] does.
///
/// # Errors
/// [`BackupError`].
pub(super) fn open(file: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, BackupError> {
    let (cost, header, sealed) = header(file)?;
    let key = key(passphrase, cost, &header[HEADER_BYTES - SALT_BYTES..])?;
    sealing::open(&key, header, sealed).map_err(|_| BackupError::WrongPassphrase)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::random;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned())
    }

    #[test]
    fn only_the_passphrase_opens_it_and_only_unchanged() {
        let right = passphrase("correct horse battery");
        let file = seal(b"a document", &right, &random(1)).unwrap();
        assert_eq!(open(&file, &right).unwrap().as_slice(), b"a document");
        assert_eq!(open(&file, &passphrase("correct horse batterY")).unwrap_err(), BackupError::WrongPassphrase);
        // One place of every part: cost, salt, nonce, text, tag.
        for place in [12, HEADER_BYTES - 1, HEADER_BYTES + 3, HEADER_BYTES + 30, file.len() - 1] {
            let mut changed = file.clone();
            changed[place] ^= 1;
            assert!(open(&changed, &right).is_err(), "byte {place}");
        }
        assert_eq!(open(&file[..HEADER_BYTES + 10], &right).unwrap_err(), BackupError::WrongPassphrase);
        assert!(!format!("{right:?}").contains("horse"));
    }

    #[test]
    fn a_short_passphrase_is_refused_when_the_backup_is_made() {
        assert_eq!(seal(b"x", &passphrase("elevenchars"), &random(1)).unwrap_err(), BackupError::PassphraseTooShort);
    }

    #[test]
    fn a_file_cannot_make_the_phone_work_for_ever() {
        let file = seal(b"x", &passphrase("twelve chars"), &random(1)).unwrap();
        for (index, number) in [(0, u32::MAX), (0, 0), (1, 0), (1, 1_000_000), (2, 0), (2, 9_999)] {
            let mut bent = file.clone();
            bent[9 + index * 4..13 + index * 4].copy_from_slice(&number.to_be_bytes());
            assert_eq!(check(&bent), Err(BackupError::NotABackup), "number {index} = {number}");
        }
        let mut newer = file.clone();
        newer[8] = 2;
        assert_eq!(check(&newer), Err(BackupError::TooNew));
        assert_eq!(check(&vec![0; MAX_FILE_BYTES + 1]), Err(BackupError::NotABackup));
    }

    /// The bytes of people's files do not change under them.
    #[test]
    fn the_form_is_frozen() {
        let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/backup-v1.hex")).unwrap();
        let file = hex::decode(kept.trim()).unwrap();
        let document = open(&file, &passphrase("a frozen passphrase")).unwrap();
        let document = super::super::document::Document::parse(&document).unwrap();
        assert_eq!((document.issuer.as_str(), document.history.len(), document.holder_secret().unwrap().is_some()), ("https://issuer.test", 1, false));
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), start in any::<bool>()) {
            if start {
                bytes.splice(..0, MAGIC.iter().copied().chain([VERSION]));
            }
            let _ = check(&bytes);
        }
    }
}
