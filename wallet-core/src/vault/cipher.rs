//! Hands the key to SQLCipher without leaving a copy of it in a string: the only `unsafe` code of the wallet.

use rusqlite::{Connection, ffi};
use zeroize::Zeroizing;

use super::VaultError;
use crate::sealing::Key;

/// `x'` + 64 hexadecimal digits + `'`: SQLCipher's form of a raw key, which skips its key derivation.
const RAW_KEY_BYTES: usize = 67;

/// Keys a connection. Must come before anything reads the database.
pub(super) fn set_key(connection: &Connection, key: &Key) -> Result<(), VaultError> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new([b'\''; RAW_KEY_BYTES]);
    text[0] = b'x';
    for (pair, byte) in text[2..RAW_KEY_BYTES - 1].chunks_exact_mut(2).zip(key.iter()) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    let length = i32::try_from(text.len()).map_err(|_| VaultError::MALFORMED_VALUE)?;
    #[expect(unsafe_code, reason = "rusqlite offers the key only as a PRAGMA, whose text SQLite copies and does not wipe")]
    // SAFETY: the handle is open and used by this thread alone while `connection` is borrowed; pointer and length describe `text`, which
    // outlives the call; SQLCipher copies the key into memory it wipes.
    let code = unsafe { ffi::sqlite3_key(connection.handle(), text.as_ptr().cast(), length) };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(VaultError::Unexpected(code)) }
}
