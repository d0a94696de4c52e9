//! Bytes and JSON of proofs: an error or a proof with one spelling, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_circuits::tools::parsers;

fuzz_target!(|data: &[u8]| {
    parsers::proof(data);
});
