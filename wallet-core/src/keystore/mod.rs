//! Where the wallet's outermost keys live: one small trait that a phone, a desktop or a plain file can serve.
//!
//! A keystore seals bytes so that only this device, and only when the person may, opens them again. It never sees what they protect.

mod error;
mod file;
mod memory;
mod platform;

use zeroize::Zeroizing;

pub use error::KeystoreError;
pub use file::FileKeystore;
pub use memory::MemoryKeystore;
pub use platform::KeyringKeystore;

passid_api::text_enum! {
    /// Which of the wallet's two outermost keys is meant.
    pub enum KeyRole as "key role" {
        /// Opens the vault; asked for once when the wallet is opened.
        Vault = "vault",
        /// Opens the holder's secret; asked for at every approval. A phone binds it to the person's finger, face or code.
        Consent = "consent",
    }
}

/// Seals and opens for this device.
///
/// Calls may show a prompt and wait for the person: they come from threads that may block. An implementation must never make a new
/// key in [`DeviceKeystore::open`], and must bind the associated data (an opening with other data fails).
pub trait DeviceKeystore: Send + Sync {
    /// Seals `secret` for `role`, making the role's key first where there is none.
    ///
    /// # Errors
    /// [`KeystoreError`].
    fn seal(&self, role: KeyRole, associated_data: &[u8], secret: &[u8]) -> Result<Vec<u8>, KeystoreError>;

    /// Opens what [`DeviceKeystore::seal`] made for the same role and the same associated data.
    ///
    /// # Errors
    /// [`KeystoreError`]; [`KeystoreError::Invalidated`] when the bytes were sealed with another key or other associated data.
    fn open(&self, role: KeyRole, associated_data: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeystoreError>;

    /// Destroys the role's key: nothing sealed with it opens again. Absent keys are no error.
    ///
    /// # Errors
    /// [`KeystoreError`].
    fn destroy(&self, role: KeyRole) -> Result<(), KeystoreError>;

    /// What protects the keys, for the person to read.
    fn protection(&self) -> Protection;
}

/// What protects the keys on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// A short stable name, such as `file`.
    pub kind: &'static str,
    /// Whether the system guards the keys against other programs of the same person.
    pub guarded_by_system: bool,
    /// Whether an approval asks for the person's presence (finger, face, code).
    pub asks_for_presence: bool,
    /// A sentence for people.
    pub description: &'static str,
}
