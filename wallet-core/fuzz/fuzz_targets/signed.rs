//! A signed document against one key: nothing changed is ever accepted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_wallet_core::tools;

fuzz_target!(|data: &[u8]| {
    let _ = tools::signed(data);
});
