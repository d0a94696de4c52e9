//! Everything that reads bytes of strangers, as one function each that must never panic: the fuzz targets of `fuzz` call them, and so do
//! the tests, on each corpus with seeded changes. In no build that ships.

use ed25519_dalek::SigningKey;
use passid_api::environment::Environment;
use passid_api::issuer::{CredentialDocument, IssuerDescription, SignedHead, TreeHead, TreePath};
use passid_api::jws::{DocumentSigner, DocumentType, KeyPurpose, KeySet};
use passid_api::problem::Problem;
use passid_api::session::{Fulfilled, PublicSession, deep_link};
use passid_api::share::{ShareCreated, ShareHistory};
use passid_api::wallet::{BankLink, Challenge, IssuedCredential, WalletToken};
use serde::de::DeserializeOwned;

use crate::backup::read_anything;
use crate::issuer::{CertificatePin, IssuerAddress};
use crate::request::RequestInput;

/// A reader, and the directory of its corpus. It answers whether it accepted the bytes, and panics where something accepted has a second spelling.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// All of them.
pub const TARGETS: [Target; 5] = [("request", request), ("address", address), ("answer", answer), ("signed", signed), ("backup", backup)];

/// Whether these bytes are a link, the text of a QR picture, or a code.
///
/// # Panics
/// When an accepted link is not written the way it was read.
pub fn request(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    match text.parse::<RequestInput>() {
        Ok(RequestInput::Link { session, institution }) => {
            let again = deep_link(session, institution);
            assert!(again.parse::<RequestInput>().is_ok_and(|input| input == RequestInput::Link { session, institution }));
            assert_eq!(text.trim().len(), again.len(), "a second spelling of a link: {text:?}");
            true
        }
        accepted => accepted.is_ok(),
    }
}

/// Whether these bytes are what an app's configuration gives: an issuer's address, or a certificate pin.
///
/// # Panics
/// When an accepted address is of another scheme than http or https.
pub fn address(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let pin = text.parse::<CertificatePin>().is_ok();
    text.parse::<IssuerAddress>().is_ok_and(|address| {
        assert!(address.as_str().starts_with("https://") || address.as_str().starts_with("http://"), "{text:?}");
        true
    }) || pin
}

fn reads<T: DeserializeOwned>(bytes: &[u8]) -> bool {
    serde_json::from_slice::<T>(bytes).is_ok()
}

/// Whether these bytes are any answer of the issuer's that the wallet reads.
#[must_use]
pub fn answer(bytes: &[u8]) -> bool {
    [
        reads::<PublicSession>,
        reads::<IssuerDescription>,
        reads::<KeySet>,
        reads::<TreePath>,
        reads::<SignedHead>,
        reads::<IssuedCredential>,
        reads::<CredentialDocument>,
        reads::<Problem>,
        reads::<Fulfilled>,
        reads::<ShareCreated>,
        reads::<ShareHistory>,
        reads::<BankLink>,
        reads::<Challenge>,
        reads::<WalletToken>,
    ]
    .iter()
    .any(|reader| reader(bytes))
}

/// The one signer whose documents [`signed`] accepts.
pub(crate) fn signer() -> DocumentSigner {
    DocumentSigner::new(SigningKey::from_bytes(&[1; 32]), Environment::Sandbox, KeyPurpose::Credential)
}

/// Whether these bytes are a tree head signed with one fixed key: nothing changed is ever accepted.
///
/// # Panics
/// When an accepted document is not signed the way it was read.
pub fn signed(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let signer = signer();
    let keys = KeySet { keys: vec![signer.public_key().clone()] };
    let head = keys.verify::<TreeHead>(DocumentType::TreeHead, KeyPurpose::Credential, text);
    head.is_ok_and(|(head, _)| {
        assert_eq!(signer.sign(DocumentType::TreeHead, &head).ok().as_deref(), Some(text), "a second spelling of a signed document");
        true
    })
}

/// Whether these bytes are a backup's file, as far as it reads without the passphrase, or the document inside one.
#[must_use]
pub fn backup(bytes: &[u8]) -> bool {
    read_anything(bytes)
}
