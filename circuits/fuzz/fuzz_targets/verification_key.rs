//! Bytes of a verification key behind the pin: an error or a key, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_circuits::tools::parsers;

fuzz_target!(|data: &[u8]| {
    parsers::verification_key(data);
});
