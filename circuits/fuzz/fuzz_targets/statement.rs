//! JSON of statements and their public signals.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passid_circuits::{FieldElement, Statement};

fuzz_target!(|data: &[u8]| {
    if let Ok(statement) = serde_json::from_slice::<Statement>(data) {
        let _ = statement.public_signals();
        let again = serde_json::to_vec(&statement).unwrap();
        assert_eq!(serde_json::from_slice::<Statement>(&again).unwrap(), statement);
    }
    if let Ok(signals) = serde_json::from_slice::<Vec<FieldElement>>(data) {
        assert_eq!(serde_json::from_str::<Vec<FieldElement>>(&serde_json::to_string(&signals).unwrap()).unwrap(), signals);
    }
});
