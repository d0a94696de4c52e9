//! Every reader of strangers' bytes on a kept corpus and on seeded changes of it: none panics, and what is accepted has one spelling.
//!
//! A new finding becomes a file in `fuzz/corpus`. `PASSID_FUZZ_CHANGES` sets how many changes are tried for each file.

use std::path::Path;

use passid_api::issuer::{CredentialDocument, IssuerDescription, SignedHead, TreeHead, TreePath};
use passid_api::jws::{DocumentType, KeyPurpose, KeySet};
use passid_api::problem::Problem;
use passid_api::session::{Fulfilled, PublicSession, deep_link};
use passid_api::share::{ShareCreated, ShareHistory};
use passid_api::wallet::{BankLink, Challenge, IssuedCredential, WalletToken};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::de::DeserializeOwned;

use crate::backup::read_anything;
use crate::issuer::{CertificatePin, IssuerAddress};
use crate::request::RequestInput;

/// Reads bytes from outside and answers whether it accepted them.
type Reader = fn(&[u8]) -> bool;

/// Each reader with the directory of its corpus.
const READERS: [(&str, Reader); 5] = [("request", request), ("address", address), ("answer", answer), ("signed", signed), ("backup", read_anything)];

/// A link, the text of a QR picture, or a code.
fn request(bytes: &[u8]) -> bool {
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

/// What an app's configuration gives.
fn address(bytes: &[u8]) -> bool {
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

/// Every answer of the issuer's that the wallet reads.
fn answer(bytes: &[u8]) -> bool {
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

/// A signed document against one key: nothing changed is ever accepted.
fn signed(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let signer = crate::testing::signer(1, passid_api::environment::Environment::Sandbox);
    let keys = KeySet { keys: vec![signer.public_key().clone()] };
    let head = keys.verify::<TreeHead>(DocumentType::TreeHead, KeyPurpose::Credential, text);
    head.is_ok_and(|(head, _)| {
        assert_eq!(signer.sign(DocumentType::TreeHead, &head).unwrap(), text, "a second spelling of a signed document");
        true
    })
}

/// Bytes that mean something to one reader or another.
const TELLING: &[u8] = b"\0\x7f\xff0\"-&={}[]%";

/// One to four changes: a bit, a byte, a cut, a repeated or a removed piece.
fn changed(bytes: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.random_range(1..=4) {
        if bytes.is_empty() {
            bytes.push(random.random());
        }
        let at = random.random_range(0..bytes.len());
        let end = random.random_range(at..=bytes.len().min(at + 64));
        match random.random_range(0..6_u8) {
            0 => bytes[at] ^= 1 << random.random_range(0..8_u8),
            1 => bytes[at] = random.random(),
            2 => bytes[at] = TELLING[random.random_range(0..TELLING.len())],
            3 => bytes.truncate(at),
            4 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => drop(bytes.drain(at..end)),
        }
    }
    bytes
}

#[test]
fn no_reader_panics_on_its_changed_corpus() {
    let changes = std::env::var("PASSID_FUZZ_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, reader) in READERS {
        let mut random = StdRng::seed_from_u64(1);
        let mut files: Vec<_> = std::fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            let refused = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("refused"));
            assert_eq!(reader(&bytes), !refused, "{}", file.display());
            for _ in 0..changes {
                reader(&changed(&bytes, &mut random));
            }
        }
    }
}

#[test]
fn a_changed_signed_document_is_never_accepted() {
    let signer = crate::testing::signer(1, passid_api::environment::Environment::Sandbox);
    let head = TreeHead {
        iss: "https://issuer.test".to_owned(),
        environment: passid_api::environment::Environment::Sandbox,
        tree_size: 1,
        root: "7".to_owned(),
        revocations: 0,
        timestamp: passid_api::time::Timestamp::from_seconds(1_773_756_131).unwrap(),
        previous: String::new(),
    };
    let token = signer.sign(DocumentType::TreeHead, &head).unwrap().into_bytes();
    assert!(signed(&token));
    let mut random = StdRng::seed_from_u64(1);
    for _ in 0..400 {
        let other = changed(&token, &mut random);
        assert!(other == token || !signed(&other), "{}", String::from_utf8_lossy(&other));
    }
}
