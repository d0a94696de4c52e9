//! Issuer addresses and certificate pins of an app's configuration.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_wallet_core::tools;

fuzz_target!(|data: &[u8]| {
    let _ = tools::address(data);
});
