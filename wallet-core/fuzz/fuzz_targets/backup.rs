//! A backup's file, and the document inside one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_wallet_core::tools;

fuzz_target!(|data: &[u8]| {
    let _ = tools::backup(data);
});
