//! Examples of what this room reads and answers.

use serde_json::{Value, json};

pub(super) const LINK: &str = "lnk_01hzk3vw0kg9qm2x7r4c8t5y6d";
pub(super) const CREDENTIAL: &str = "crd_01hzk3vw0kg9qm2x7r4c8t5y6d";
const DEVICE_KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const CHALLENGE: &str = "b2ZmZXIgdGhpcyBiYWNrLCBzaWduZWQsIG9uY2Uu";
const SIGNATURE: &str = "ZGV2aWNlIGtleSBzaWduYXR1cmUsIDY0IGJ5dGVz";

pub(super) fn challenge_request() -> Value {
    json!({ "device_key": DEVICE_KEY })
}

pub(super) fn challenge() -> Value {
    json!({ "challenge": CHALLENGE, "expires_at": "2026-03-17T14:04:11Z" })
}

pub(super) fn register() -> Value {
    json!({
        "environment": "sandbox",
        "device_key": DEVICE_KEY,
        "holder_commitment": "1903544928374650192837465",
        "challenge": CHALLENGE,
        "signature": SIGNATURE,
    })
}

pub(super) fn token_request() -> Value {
    json!({ "device_key": DEVICE_KEY, "challenge": CHALLENGE, "signature": SIGNATURE })
}

pub(super) fn account(not_kept: &str) -> Value {
    json!({
        "exported_at": "2026-03-17T14:02:11Z",
        "account": {
            "user_id": "usr_01hzk3vw0kg9qm2x7r4c8t5y6d",
            "environment": "sandbox",
            "holder_commitment": "1903544928374650192837465",
            "sanctions_match": false,
        },
        "bank_links": [{ "bank_link_id": LINK, "provider": "sandbox-gb", "status": "linked", "declared_name": "Amara Okafor", "expires_at": "2026-06-15T14:02:11Z" }],
        "credentials": [],
        "shares": [],
        "screening": { "names": ["Amara Okafor"], "declared": {}, "screened_at": "2026-03-17T14:02:11Z", "matches": [] },
        "not_kept": not_kept,
    })
}

pub(super) fn recovery_key() -> Value {
    json!({ "recovery_key": DEVICE_KEY })
}

pub(super) fn rebind() -> Value {
    json!({
        "environment": "sandbox",
        "recovery_key": DEVICE_KEY,
        "device_key": DEVICE_KEY,
        "holder_commitment": "1903544928374650192837465",
        "challenge": CHALLENGE,
        "signature": SIGNATURE,
        "recovery_signature": SIGNATURE,
    })
}

pub(super) fn token() -> Value {
    json!({ "user_id": "usr_01hzk3vw0kg9qm2x7r4c8t5y6d", "access_token": "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln", "expires_in": 600 })
}

pub(super) fn create_link() -> Value {
    json!({ "provider": "sandbox-bank", "declared_name": "Amara Osei" })
}

pub(super) fn link() -> Value {
    json!({
        "link_id": LINK,
        "provider": "sandbox-bank",
        "status": "awaiting_authorisation",
        "authorization_url": "https://bank.example/authorize?request_uri=urn%3A1",
        "expires_at": "2026-06-15T14:02:11Z",
    })
}

pub(super) fn issue() -> Value {
    json!({ "link_id": LINK, "destination": "GB", "declared": { "birth_date": "1990-04-28", "nationality": "KE", "gender": "female" } })
}

pub(super) fn path() -> Value {
    json!({
        "leaf_index": 41,
        "siblings": [["0", "0", "0"]],
        "head": "eyJhbGciOiJFZERTQSIsInR5cCI6InBhc3NpZC1oZWFkK2p3dCJ9.eyJ0cmVlX3NpemUiOjEwMjR9.c2ln",
    })
}

pub(super) fn issued() -> Value {
    json!({ "credential": "eyJhbGciOiJFZERTQSIsInR5cCI6InBhc3NpZCtqd3QifQ.e30.c2ln", "path": path(), "transactions_read": 412 })
}

pub(super) fn credential() -> Value {
    json!({ "credential_id": CREDENTIAL, "status": "active", "issued_at": "2026-03-17T14:02:11Z", "expires_at": "2026-04-16T14:02:11Z" })
}
