//! What is kept of a verification beside its answer: how much it confirmed, and what the claims rest on.

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
use crate::store::StoreError;
use crate::store::verifications::VerificationFacts;

use super::record::{Evidence, RecordPlace};

/// The six things a verification can confirm.
const CONFIRMATIONS: [&str; 6] = [
    "identity_verified",
    "income_verified",
    "sanctions_screening_clear",
    "payment_behavior_verified",
    "savings_behavior_verified",
    "identity_and_fraud_checks_passed",
];

/// What is kept of this answer.
pub(super) fn of(service: &Service, place: &RecordPlace, response: &VerifyResponse, evidence: Option<&Evidence>) -> Result<VerificationFacts, ApiError> {
    let claims = response.claims.as_ref();
    let provenance = match (claims, evidence) {
        (Some(claims), Some(evidence)) => Some(serde_json::to_string(&provenance(service, place.environment, claims, evidence)?)?),
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

fn provenance(service: &Service, environment: Environment, claims: &Map<String, Value>, evidence: &Evidence) -> Result<Provenance, ApiError> {
    let number = |name: &str| claims.get(name).and_then(Value::as_u64).and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
    let presentation = &evidence.presentation;
    let read_at = presentation.presented_at.saturating_sub(presentation.max_data_age);
    let read_at = i64::try_from(read_at).ok().and_then(|seconds| Timestamp::from_seconds(seconds).ok()).ok_or(StoreError::Corrupt("presentation"))?;
    Ok(Provenance {
        source: match environment {
            Environment::Sandbox => SourceKind::SandboxBank,
            Environment::Live => SourceKind::OpenBanking,
        },
        data_window_days: number("data_window_days"),
        linked_accounts: number("linked_accounts"),
        data_not_before: read_at,
        issuer: service.config.issuer().to_owned(),
        claim_schema: claims::SCHEMA_NAME.to_owned(),
        model_version: MODEL_VERSION.to_owned(),
        policy: service.config.policy.clone(),
        circuit: CIRCUIT.to_owned(),
        ceremony: passid_circuits::circuit_manifest().ceremony,
    })
}
