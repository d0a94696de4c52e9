//! Examples of what this room answers.

use serde_json::{Value, json};

use passid_api::webhook::EventKind;
use passid_api::{API_RELEASED, API_VERSION, POLICY_VERSION};

use crate::derive::MODEL_VERSION;
use crate::outcome::examples as outcome;
use crate::verify::examples::VERIFICATION;

pub(super) fn discovery() -> Value {
    json!({
        "name": "PASSID",
        "api_version": API_VERSION,
        "released": API_RELEASED,
        "policy_version": POLICY_VERSION,
        "model_version": MODEL_VERSION,
        "issuer": "https://api.passid.io",
        "openapi": "https://api.passid.io/openapi.json",
        "endpoints": { "verify_token": "POST /v1/verify" },
        "sandbox_tokens": [{ "token": "PASSID-SANDBOX-TIER1AAA", "code": "KE8V-3TXY-Z72L", "answers": "credential_valid" }],
    })
}

pub(super) fn event(kind: EventKind) -> Value {
    json!({
        "event": kind,
        "id": "evt_01hzk3vw0kg9qm2x7r4c8t5y6d",
        "institution_id": "ins_01hzk3vw0kg9qm2x7r4c8t5y6d",
        "timestamp": "2026-03-17T14:02:11Z",
        "data": data(kind),
    })
}

fn data(kind: EventKind) -> Value {
    let verification = |more: Value| {
        let mut data = json!({ "verification_id": VERIFICATION, "verified_at": "2026-03-17T14:02:11Z", "token": "PASSID-AB3X-7YQM-K9PQ-3MNX" });
        if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        data
    };
    match kind {
        EventKind::VerificationCompleted => verification(json!({ "proof_type": "groth16/bn254", "verified_claims": { "income_verified": true } })),
        EventKind::VerificationFailed => verification(json!({ "deny_reason": "TOKEN_EXPIRED", "reason_code": "token_expired" })),
        EventKind::OutcomeReported => {
            let mut data = outcome::recorded();
            data["token"] = json!("PASSID-AB3X-7YQM-K9PQ-3MNX");
            data
        }
        EventKind::WebhookTest => json!({ "webhook_id": "whe_01hzk3vw0kg9qm2x7r4c8t5y6d", "message": "This is a test event." }),
    }
}
