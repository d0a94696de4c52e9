//! Examples of what this room reads and answers.

use serde_json::{Value, json};

use crate::session::http::examples::presentation;

const SHARE: &str = "shr_01hzk3vw0kg9qm2x7r4c8t5y6d";

pub(super) fn create() -> Value {
    json!({
        "permissions": ["income_verified", "identity_verified"],
        "predicates": [{ "claim": "income_monthly", "operator": ">=", "bound": 250_000 }],
        "nonce": "9f86d081884c7d659a2feaa0c55ad015",
        "expires_at": "2026-03-17T14:12:11Z",
        "presentation": presentation(),
    })
}

pub(super) fn created() -> Value {
    json!({ "share_id": SHARE, "code": "KE8V-3TXY-Z72L", "token": "PASSID-AB3X-7YQM-K9PQ-3MNX", "expires_at": "2026-03-17T14:12:11Z" })
}

pub(super) fn revoke() -> Value {
    json!({ "share_id": SHARE })
}

pub(super) fn revoked() -> Value {
    json!({ "share_id": SHARE, "status": "revoked" })
}

pub(super) fn history() -> Value {
    json!({ "data": [{
        "share_id": SHARE,
        "status": "used",
        "permissions": ["identity_verified", "income_verified"],
        "created_at": "2026-03-17T14:02:11Z",
        "expires_at": "2026-03-17T14:12:11Z",
        "used_at": "2026-03-17T14:04:02Z",
        "used_by": "First National Bank",
    }] })
}
