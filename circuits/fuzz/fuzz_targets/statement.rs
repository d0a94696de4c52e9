//! JSON of statements and their public signals.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_circuits::tools::parsers;

fuzz_target!(|data: &[u8]| {
    parsers::statement(data);
});
