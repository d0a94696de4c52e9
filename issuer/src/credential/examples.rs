//! Examples of what this room answers.

use serde_json::{Value, json};

use passid_api::{POLICY_VERSION, claims};

use crate::derive::MODEL_VERSION;

/// The issuer's keys.
pub(crate) fn keys() -> Value {
    json!({ "keys": [{
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "alg": "EdDSA",
        "use": "sig",
        "passid_environment": "sandbox",
        "passid_purpose": "credential",
    }] })
}

pub(super) fn circuit() -> Value {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    json!({
        "circuit": "claims_v1",
        "proof_system": "groth16",
        "curve": "bn254",
        "constraints": 8_100,
        "public_signals": 11,
        "ceremony": "development",
        "constraints_sha256": digest,
        "proving_key_sha256": digest,
        "verification_key_sha256": digest,
        "transcript_sha256": digest,
    })
}

/// The policy in force.
pub(crate) fn policy() -> Value {
    json!({
        "version": POLICY_VERSION,
        "max_head_age_seconds": 60,
        "max_data_age_seconds": 3_024_000,
        "max_clock_skew_seconds": 120,
        "required_signatures": ["tree_head"],
    })
}

pub(super) fn description() -> Value {
    json!({
        "issuer": "https://api.passid.io",
        "jwks_uri": "https://api.passid.io/.well-known/jwks.json",
        "claim_schema": claims::SCHEMA_NAME,
        "policy_version": POLICY_VERSION,
        "model_version": MODEL_VERSION,
        "circuit": circuit(),
        "bank_providers": [{ "id": "sandbox-bank", "name": "Sandbox Bank", "environment": "sandbox" }],
    })
}

pub(super) fn head() -> Value {
    json!({ "head": "eyJhbGciOiJFZERTQSIsInR5cCI6InBhc3NpZC1oZWFkK2p3dCJ9.eyJ0cmVlX3NpemUiOjEwMjR9.c2ln" })
}
