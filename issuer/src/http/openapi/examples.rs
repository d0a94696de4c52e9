//! Examples of what this room answers.

use serde_json::{Value, json};

use passid_api::{API_RELEASED, API_VERSION, POLICY_VERSION};

use crate::derive::MODEL_VERSION;

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
    })
}
