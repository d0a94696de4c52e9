//! Examples of what this room reads and answers.

use serde_json::{Value, json};

use crate::verify::examples as verification;

pub(crate) const SESSION: &str = "req_01hzk3vw0kg9qm2x7r4c8t5y6d";
pub(crate) const CLIENT_SECRET: &str = "cs_4fXb0Zl5m1p9c3N7Yy0aQ8t2rGvKxWjE6sUhDiOoLzA";
const INSTITUTION: &str = "ins_01hzk3vw0kg9qm2x7r4c8t5y6d";

fn permissions() -> Value {
    json!(["identity_verified", "income_verified", "sanctions_clear"])
}

fn predicates() -> Value {
    json!([{ "claim": "income_monthly", "operator": ">=", "bound": 250_000 }])
}

pub(crate) fn create() -> Value {
    json!({ "institutionName": "First National Bank", "permissions": permissions(), "predicates": predicates(), "ttlSeconds": 600 })
}

pub(crate) fn created() -> Value {
    json!({
        "requestId": SESSION,
        "code": "AB3X-7YQM",
        "deepLink": format!("passid://verify-request?r={SESSION}&i={INSTITUTION}"),
        "expiresAt": "2026-03-17T14:12:11Z",
        "client_secret": CLIENT_SECRET,
        "status": "pending",
        "permissions": permissions(),
        "environment": "sandbox",
    })
}

pub(crate) fn pending() -> Value {
    json!({ "requestId": SESSION, "status": "pending", "expiresAt": "2026-03-17T14:12:11Z", "permissions": permissions(), "predicates": predicates() })
}

pub(crate) fn completed() -> Value {
    json!({
        "requestId": SESSION,
        "status": "completed",
        "expiresAt": "2026-03-17T14:12:11Z",
        "permissions": permissions(),
        "predicates": predicates(),
        "verifiedAt": "2026-03-17T14:03:40Z",
        "verification_id": verification::VERIFICATION,
        "claims": verification::claims(),
        "proof": { "type": "groth16/bn254", "circuit": "claims_v1", "status": "verified" },
        "applicant_ref": "1f0c2a7be94d53c86d0fd2a9a8e0f5c61b3d4e7f8091a2b3c4d5e6f708192a3b",
    })
}

pub(crate) fn public() -> Value {
    json!({
        "requestId": SESSION,
        "institution": { "id": INSTITUTION, "name": "First National Bank", "approved": true },
        "environment": "sandbox",
        "permissions": permissions(),
        "predicates": predicates(),
        "one_time": true,
        "expiresAt": "2026-03-17T14:12:11Z",
        "expiresInSeconds": 587,
    })
}

/// A presentation; the proof and the head are cut short.
pub(crate) fn presentation() -> Value {
    json!({
        "circuit": "claims_v1",
        "proof": "qN3vYl0c2Zf7",
        "head": "eyJhbGciOiJFZERTQSIsInR5cCI6InBhc3NpZC1oZWFkK2p3dCJ9.eyJ0cmVlX3NpemUiOjEwMjR9.c2ln",
        "presented_at": 1_773_756_200,
        "max_data_age": 172_800,
        "min_expiry": 1_780_920_000,
        "disclosed": [1, 1, 50_331_652_000_u64, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 196_788, 0, 61],
        "session_nullifier": "1903544928374650192837465",
        "applicant_reference": "7711029384756102938475610",
    })
}

pub(crate) fn fulfill() -> Value {
    json!({ "presentation": presentation() })
}

pub(crate) fn fulfilled() -> Value {
    json!({ "status": "completed", "verification_id": verification::VERIFICATION, "verifiedAt": "2026-03-17T14:03:40Z" })
}
