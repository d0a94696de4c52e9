//! Every answer of an issuer's that the wallet reads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_wallet_core::tools;

fuzz_target!(|data: &[u8]| {
    let _ = tools::answer(data);
});
