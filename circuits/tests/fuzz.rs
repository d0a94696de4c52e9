//! The fuzz targets on their corpus and on seeded changes of it: what `fuzz/run` does at length, bounded, in every test run.

use std::fs;
use std::path::Path;

use passid_circuits::tools::parsers::TARGETS;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Changed inputs per file of the corpus.
const CHANGES: usize = 2000;

/// One to four changes: a bit, a byte, a cut, a repeated or a removed piece.
fn changed(bytes: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        if bytes.is_empty() {
            bytes.push(rng.random());
        }
        let at = rng.random_range(0..bytes.len());
        let end = rng.random_range(at..=bytes.len().min(at + 64));
        match rng.random_range(0..6u8) {
            0 => bytes[at] ^= 1 << rng.random_range(0..8u8),
            1 => bytes[at] = rng.random(),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff, b'0', b'"', b'-'][rng.random_range(0..8usize)],
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
fn no_parser_panics_on_its_changed_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in TARGETS {
        let mut rng = StdRng::seed_from_u64(1);
        let mut files: Vec<_> = fs::read_dir(corpus.join(name)).expect("corpus").map(|entry| entry.expect("entry").path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = fs::read(file).expect("corpus");
            target(&bytes);
            for _ in 0..CHANGES {
                target(&changed(&bytes, &mut rng));
            }
        }
    }
}

#[test]
fn the_committed_files_are_accepted() {
    let artifacts = passid_circuits::Artifacts::embedded();
    for (name, target) in TARGETS {
        let accepted = match name {
            "verification_key" => target(&artifacts.verification_key),
            "proving_key" => target(&artifacts.proving_key),
            "proof" | "statement" => target(
                &fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name).join(if name == "proof" {
                    "proof.json"
                } else {
                    "signals.json"
                }))
                .expect("corpus"),
            ),
            _ => continue,
        };
        assert!(accepted, "{name}");
    }
}
