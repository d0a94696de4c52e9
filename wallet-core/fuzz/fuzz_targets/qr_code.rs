//! Pictures given to the terminal wallet: an error or the text of their QR code, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../mobile/terminal/src/qr_code.rs"]
mod qr_code;

fuzz_target!(|data: &[u8]| {
    let _ = qr_code::text(std::io::Cursor::new(data));
});
