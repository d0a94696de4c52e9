//! Bytes of a witness program behind the pin: an error or a program, never a panic, run or not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_circuits::tools::parsers;

fuzz_target!(|data: &[u8]| {
    parsers::witness_program(data);
});
