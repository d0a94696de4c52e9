//! The data of invented events, for trying out a receiver: shaped as real ones, and marked.

use serde_json::{Value, json};

use passid_api::ids::{OutcomeId, VerificationId};
use passid_api::presentation::PROOF_TYPE;
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;
use passid_api::webhook::EventKind;

use crate::service::Service;
use crate::verify::examples;

/// The token an invented event speaks of.
const TOKEN: &str = "PASSID-SANDBOX-TIER1AAA";

/// What an invented event of this kind carries. Its identifiers lead nowhere.
pub(super) fn data(service: &Service, kind: EventKind, now: Timestamp) -> Value {
    let clock = service.clock.as_ref();
    let verification = service.with_random(|random| VerificationId::generate(clock, random));
    let mut data = match kind {
        EventKind::VerificationCompleted => json!({
            "verification_id": verification,
            "verified_at": now,
            "token": TOKEN,
            "institution_reference": "loan_app_10482",
            "proof_type": PROOF_TYPE,
            "verified_claims": examples::claims(),
            "applicant_ref": examples::stored()["applicant_ref"],
        }),
        EventKind::VerificationFailed => json!({
            "verification_id": verification,
            "verified_at": now,
            "token": TOKEN,
            "deny_reason": DenyReason::TokenExpired,
            "reason_code": DenyReason::TokenExpired.reason_code(),
        }),
        EventKind::OutcomeReported => json!({
            "outcome_id": service.with_random(|random| OutcomeId::generate(clock, random)),
            "verification_id": verification,
            "token": TOKEN,
            "outcome": "repaid",
            "product_type": "personal_loan",
            "amount_usd": 5_000,
            "observation_days": 180,
            "coverage": "high",
            "fsi_score": 812,
            "tier": "A",
            "reported_at": now,
        }),
        EventKind::WebhookTest => json!({}),
    };
    data["simulated"] = json!(true);
    data
}
