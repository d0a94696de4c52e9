//! Examples of what this room reads and answers.

use serde_json::{Value, json};

use crate::verify::examples::VERIFICATION;

pub(crate) fn report() -> Value {
    json!({
        "token": "PASSID-AB3X-7YQM-K9PQ-3MNX",
        "outcome": "repaid",
        "productType": "personal_loan",
        "amountUsd": 5000,
        "observationDays": 180,
        "notes": "Settled two weeks early.",
    })
}

pub(crate) fn recorded() -> Value {
    json!({
        "outcome_id": "out_01hzk3vw0kg9qm2x7r4c8t5y6d",
        "verification_id": VERIFICATION,
        "outcome": "repaid",
        "coverage": "high",
        "fsi_score": 812,
        "tier": "A",
        "reported_at": "2026-09-17T09:00:00Z",
    })
}

pub(super) fn cohort() -> Value {
    let repaid = json!({ "outcome": "repaid", "count": 38, "rate": 0.95, "low": 0.835, "high": 0.986 });
    let defaulted = json!({ "outcome": "defaulted", "count": 2, "rate": 0.05, "low": 0.014, "high": 0.165 });
    let group = |name: &str| json!({ "group": name, "n": 40, "suppressed": false, "outcomes": [repaid.clone(), defaulted.clone()] });
    json!({
        "environment": "live",
        "generated_at": "2026-11-21T09:00:00Z",
        "n": 43,
        "minimum_group": 10,
        "by_tier": [group("A"), { "group": "C", "n": 3, "suppressed": true, "outcomes": [] }],
        "by_coverage": [group("high"), { "group": "partial", "n": 3, "suppressed": true, "outcomes": [] }],
        "calibration": {
            "mature_after_days": 90,
            "n": 40,
            "brier_score": 0.046,
            "bins": [{
                "from": 0.9,
                "to": 1.0,
                "n": 40,
                "suppressed": false,
                "predicted": 0.96,
                "observed": { "count": 38, "rate": 0.95, "low": 0.835, "high": 0.986 },
            }],
        },
    })
}
