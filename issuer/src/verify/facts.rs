//! What is kept of a verification beside its answer: how much it confirmed, and what the claims rest on.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use passid_api::claims;
use passid_api::environment::Environment;
use passid_api::outcome::CoverageLevel;
use passid_api::package::{Provenance, SourceKind};
use passid_api::presentation::CIRCUIT;
use passid_api::time::Timestamp;
use passid_api::verify::VerifyResponse;

use crate::derive::MODEL_VERSION;
use crate::http::ApiError;
use crate::service::Service;
use crate::store::verifications::VerificationFacts;

use super::record::RecordPlace;

/// The six things a verification can confirm.
const CONFIRMATIONS: [&str; 6] = [
    "identity_verified",
    "income_verified",
    "sanctions_screening_clear",
    "payment_behavior_verified",
    "savings_behavior_verified",
    "identity_and_fraud_checks_passed",
];

/// The ceremony's label; the same as long as the program runs.
static CEREMONY: LazyLock<String> = LazyLock::new(|| passid_circuits::circuit_manifest().ceremony);

/// What is kept of this answer. `data_not_before` is there when something was shown: the bank data is no older.
pub(super) fn of(service: &Service, place: &RecordPlace, response: &VerifyResponse, data_not_before: Option<Timestamp>) -> Result<VerificationFacts, ApiError> {
    let claims = response.claims.as_ref();
    let provenance = match (claims, data_not_before) {
        (Some(claims), Some(not_before)) => Some(serde_json::to_string(&provenance(service, place.environment, claims, not_before))?),
        _ => None,
    };
    Ok(VerificationFacts {
        session: place.session,
        deny_reason: response.deny_reason,
        institution_reference: response.institution_reference.clone(),
        applicant_ref: response.applicant_ref.clone(),
        coverage: claims.map(coverage),
        score: claims.and_then(|claims| claims.get("fsi_score")).and_then(Value::as_u64).and_then(|score| u16::try_from(score).ok()),
        stable_probability: claims.and_then(|claims| claims.get("p_stable")).and_then(Value::as_f64).and_then(ten_thousandths),
        provenance,
    })
}

fn coverage(claims: &Map<String, Value>) -> CoverageLevel {
    CoverageLevel::of_confirmed(CONFIRMATIONS.iter().filter(|name| claims.get(**name) == Some(&Value::Bool(true))).count())
}

/// The claim's own encoding has four decimals, so nothing is lost.
fn ten_thousandths(probability: f64) -> Option<u16> {
    format!("{:.0}", probability * 10_000.0).parse().ok().filter(|scaled| *scaled <= 10_000)
}

fn provenance(service: &Service, environment: Environment, claims: &Map<String, Value>, data_not_before: Timestamp) -> Provenance {
    let number = |name: &str| claims.get(name).and_then(Value::as_u64).and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
    Provenance {
        source: match environment {
            Environment::Sandbox => SourceKind::SandboxBank,
            Environment::Live => SourceKind::OpenBanking,
        },
        data_window_days: number("data_window_days"),
        linked_accounts: number("linked_accounts"),
        data_not_before,
        issuer: service.config.issuer().to_owned(),
        claim_schema: claims::SCHEMA_NAME.to_owned(),
        model_version: MODEL_VERSION.to_owned(),
        policy: service.config.policy.clone(),
        circuit: CIRCUIT.to_owned(),
        ceremony: CEREMONY.clone(),
    }
}
