//! Examples of what this room reads and answers.

use serde_json::{Value, json};

use crate::verify::examples::VERIFICATION;

pub(super) const KEY: &str = "key_01hzk3vw0kg9qm2x7r4c8t5y6d";
const ACCESS_TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln";
const REFRESH_TOKEN: &str = "rt_Zm9yIHRoaXJ0eSBkYXlzLCByb3RhdGVkIG9uIGV2ZXJ5";

pub(super) fn onboard() -> Value {
    json!({ "name": "First National Bank", "email": "ada@bank.example", "password": "correct horse battery staple" })
}

pub(super) fn institution() -> Value {
    json!({ "id": "ins_01hzk3vw0kg9qm2x7r4c8t5y6d", "name": "First National Bank", "live_enabled": false, "created_at": "2026-03-17T14:02:11Z" })
}

/// Keys in a document would set off secret scanners: their middle is cut out.
pub(super) fn onboarded() -> Value {
    json!({
        "institution": institution(),
        "keys": {
            "sandbox": { "publishable": "pk_sandbox_4fXb…", "secret": "sk_sandbox_9c3N…" },
            "live": { "publishable": "pk_live_7Yy0…", "secret": "sk_live_t2rG…" },
        },
        "access_token": ACCESS_TOKEN,
        "refresh_token": REFRESH_TOKEN,
    })
}

pub(super) fn login() -> Value {
    json!({ "email": "ada@bank.example", "password": "correct horse battery staple" })
}

pub(super) fn refresh() -> Value {
    json!({ "refresh_token": REFRESH_TOKEN })
}

pub(super) fn tokens() -> Value {
    json!({ "access_token": ACCESS_TOKEN, "refresh_token": REFRESH_TOKEN, "token_type": "Bearer", "expires_in": 600 })
}

pub(super) fn origins() -> Value {
    json!({ "sandbox": ["http://localhost:3000"], "live": ["https://apply.bank.example"] })
}

pub(super) fn verifications() -> Value {
    json!({
        "data": [{
            "verification_id": VERIFICATION,
            "verified_at": "2026-03-17T14:02:11Z",
            "environment": "live",
            "credential_valid": true,
            "institution_reference": "loan_app_10482",
            "applicant_ref": "1f0c2a7be94d53c86d0fd2a9a8e0f5c61b3d4e7f8091a2b3c4d5e6f708192a3b",
            "coverage": "high",
            "fsi_score": 812,
            "tier": "A",
            "outcome": "repaid",
        }],
        "has_more": true,
        "next_cursor": VERIFICATION,
    })
}

fn key() -> Value {
    json!({
        "id": KEY,
        "environment": "sandbox",
        "kind": "sk",
        "last_four": "x7Qm",
        "created_at": "2026-03-17T14:02:11Z",
        "last_used_at": "2026-03-18T09:30:00Z",
    })
}

pub(super) fn keys() -> Value {
    json!({ "data": [key()], "has_more": false })
}

pub(super) fn create_key() -> Value {
    json!({ "environment": "sandbox", "kind": "sk" })
}

pub(super) fn key_created() -> Value {
    let mut created = json!({ "id": KEY, "environment": "sandbox", "kind": "sk", "last_four": "x7Qm", "created_at": "2026-03-17T14:02:11Z" });
    created["value"] = json!("sk_sandbox_9c3N…x7Qm");
    created
}

pub(super) fn key_revoked() -> Value {
    let mut revoked = key();
    revoked["revoked_at"] = json!("2026-03-18T10:00:00Z");
    revoked
}
