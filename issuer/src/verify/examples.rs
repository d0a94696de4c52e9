//! Examples of what this room reads and answers.

use serde_json::{Value, json};

use passid_api::POLICY_VERSION;

use crate::derive::MODEL_VERSION;

/// A verification's identifier.
pub(crate) const VERIFICATION: &str = "vrf_01hzk3vw0kg9qm2x7r4c8t5y6d";
const TOKEN: &str = "PASSID-AB3X-7YQM-K9PQ-3MNX";

pub(crate) fn verify_request() -> Value {
    json!({ "token": TOKEN, "institution_reference": "loan_app_10482" })
}

/// Claims as an institution reads them.
pub(crate) fn claims() -> Value {
    json!({
        "identity_verified": true,
        "account_age_months": 61,
        "income_verified": true,
        "income_band": "£3,000–4,000/mo",
        "sanctions_screening_clear": true,
        "sanctions_clear": true,
        "data_window_days": 180,
        "linked_accounts": 3,
        "corridor": "KE→GB",
        "currency": "GBP",
        "freshness_hours": 48,
    })
}

/// A verification as it is fetched.
pub(crate) fn stored() -> Value {
    json!({
        "credential_valid": true,
        "verification_id": VERIFICATION,
        "verified_at": "2026-03-17T14:02:11Z",
        "institution_reference": "loan_app_10482",
        "credential_status": "active",
        "issuer": "https://api.passid.io",
        "claims": claims(),
        "predicates": [{ "claim": "income_monthly", "operator": ">=", "bound": 250_000 }],
        "signature": { "algorithm": "ed25519", "status": "verified", "key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" },
        "proof": { "type": "groth16/bn254", "circuit": "claims_v1", "status": "verified" },
        "revocation_status": "not_revoked",
        "head_timestamp": "2026-03-17T14:01:40Z",
        "applicant_ref": "1f0c2a7be94d53c86d0fd2a9a8e0f5c61b3d4e7f8091a2b3c4d5e6f708192a3b",
        "raw_transactions_included": false,
        "expires_at": "2026-06-08T12:00:00Z",
        "policy_version": POLICY_VERSION,
        "model_version": MODEL_VERSION,
    })
}

pub(super) fn accepted() -> Value {
    let mut answer = stored();
    answer["token"] = json!(TOKEN);
    answer
}

pub(super) fn refused() -> Value {
    json!({
        "credential_valid": false,
        "verification_id": VERIFICATION,
        "verified_at": "2026-03-17T14:02:11Z",
        "token": TOKEN,
        "credential_status": "expired",
        "reason_code": "credential_expired",
        "deny_reason": "TOKEN_EXPIRED",
        "message": "The token has expired; ask the customer for a fresh share.",
        "raw_transactions_included": false,
        "policy_version": POLICY_VERSION,
        "model_version": MODEL_VERSION,
    })
}

pub(super) fn evidence() -> Value {
    json!({
        "verification_id": VERIFICATION,
        "agreement": { "environment": "sandbox", "purpose": { "kind": "share", "audience": null, "nonce": "00112233445566778899aabbccddeeff" }, "expires_at": "2026-03-17T15:02:11Z" },
        "statement": { "merkle_root": "1903…", "context": "7711…", "schema": 1, "mask": 24_583, "presented_at": 1_773_756_120 },
        "public_signals": ["1903…", "7711…"],
        "proof": "qN3v…",
        "head": "eyJhbGciOiJFZERTQSIsInR5cCI6InBhc3NpZC1oZWFkK2p3dCJ9.eyJ0cmVlX3NpemUiOjEwMjR9.c2ln",
        "issuer_keys": crate::credential::examples::keys(),
    })
}

pub(super) fn package_request() -> Value {
    json!({ "token": TOKEN, "institutionRef": "loan_app_10482" })
}

pub(super) fn package() -> Value {
    let verification = stored();
    json!({
        "audit_id": VERIFICATION,
        "verified_at": "2026-03-17T14:02:11Z",
        "packaged_at": "2026-03-17T15:00:00Z",
        "institution_reference": "loan_app_10482",
        "claims": claims(),
        "predicates": verification["predicates"],
        "applicant_ref": verification["applicant_ref"],
        "freshness_hours": 48,
        "freshness": {
            "hours_at_verification": 48,
            "hours_now": 49,
            "head_timestamp": "2026-03-17T14:01:40Z",
            "expires_at": "2026-06-08T12:00:00Z",
            "stale": false,
        },
        "provenance": {
            "source": "open_banking",
            "data_window_days": 180,
            "linked_accounts": 3,
            "data_not_before": "2026-03-15T14:02:00Z",
            "issuer": "https://api.passid.io",
            "claim_schema": "passid_claims_v1",
            "model_version": MODEL_VERSION,
            "policy": crate::credential::examples::policy(),
            "circuit": "claims_v1",
            "ceremony": "development",
        },
        "proof": verification["proof"],
        "signature": verification["signature"],
        "evidence": format!("/v1/verifications/{VERIFICATION}/evidence"),
        "policy_version": POLICY_VERSION,
        "model_version": MODEL_VERSION,
    })
}

/// A verification under the integration guide's names.
pub(crate) fn legacy_accepted() -> Value {
    json!({
        "success": true,
        "data": {
            "credential_valid": true,
            "token": TOKEN,
            "audit_id": VERIFICATION,
            "verifiedAt": "2026-03-17T14:02:11Z",
            "signature_valid": true,
            "revocation_status": "clear",
            "claims": claims(),
            "raw_transactions_included": false,
            "policy_version": POLICY_VERSION,
            "model_version": MODEL_VERSION,
        },
    })
}

/// A refusal under the integration guide's names.
pub(crate) fn legacy_refused() -> Value {
    json!({
        "success": false,
        "denyReason": "TOKEN_EXPIRED",
        "message": "The token has expired; ask the customer for a fresh share.",
        "data": {
            "credential_valid": false,
            "token": TOKEN,
            "audit_id": VERIFICATION,
            "verifiedAt": "2026-03-17T14:02:11Z",
            "signature_valid": false,
            "raw_transactions_included": false,
            "policy_version": POLICY_VERSION,
            "model_version": MODEL_VERSION,
        },
    })
}
