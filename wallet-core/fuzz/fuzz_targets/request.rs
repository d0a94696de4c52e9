//! Links, texts of QR pictures and codes: an error or a request with one spelling, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_wallet_core::tools;

fuzz_target!(|data: &[u8]| {
    let _ = tools::request(data);
});
