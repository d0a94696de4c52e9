//! Every reader of strangers' bytes on a kept corpus and on seeded changes of it: none panics, and what is accepted has one spelling.
//! `fuzz/run` drives the same readers with libFuzzer.
//!
//! A new finding becomes a file in `fuzz/corpus`. `PASSID_FUZZ_CHANGES` sets how many changes are tried for each file.

use std::path::Path;

use passid_api::environment::Environment;
use passid_api::issuer::TreeHead;
use passid_api::jws::DocumentType;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::tools::{TARGETS, signed, signer};

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
    for (name, reader) in TARGETS {
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
    let signer = signer();
    let head = TreeHead {
        iss: "https://issuer.test".to_owned(),
        environment: Environment::Sandbox,
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
