//! Bytes and JSON of proofs: an error or a proof with one spelling, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_circuits::{Proof, SnarkjsProof};

fuzz_target!(|data: &[u8]| {
    if let Ok(proof) = Proof::from_bytes(data) {
        assert_eq!(proof.to_bytes(), data);
    }
    if let Ok(text) = core::str::from_utf8(data) {
        if let Ok(proof) = Proof::from_base64url(text) {
            assert_eq!(proof.to_base64url(), text);
        }
        if let Ok(json) = serde_json::from_str::<SnarkjsProof>(text) {
            if let Ok(proof) = Proof::from_snarkjs(&json) {
                assert_eq!(proof.to_snarkjs(), json);
            }
        }
    }
});
