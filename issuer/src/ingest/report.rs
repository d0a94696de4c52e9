//! An ingestion's outcome as JSON: a document per holder, its names stable.

use passid_api::claims::Slot;
use passid_api::claims::encoding::{Corridor, FraudRisk, IncomeBand, SourceWindow, StabilityDetail};
use serde_json::{Value, json};

use super::HolderOutcome;
use crate::bank::data::Direction;
use crate::bank::money::{format_minor, minor_per_unit};
use crate::derive::Assessment;

/// The holder's document: `claims`, `income`, `recurring`, `notes`, or `error` when there is nothing to derive from.
pub fn document(outcome: &HolderOutcome) -> Value {
    let mut document = json!({ "holder": outcome.holder, "as_of": outcome.as_of.to_string(), "accounts": outcome.accounts });
    match &outcome.outcome {
        Ok(assessment) => {
            document["transactions"] = json!(assessment.claims.transactions_read);
            document["claims"] = claims(assessment);
            document["income"] = income(assessment);
            document["recurring"] = recurring(assessment);
            document["notes"] = json!(assessment.claims.notes);
            document["model_version"] = json!(assessment.claims.model_version);
            document["evidence_digest"] = json!(assessment.claims.evidence.to_string());
        }
        Err(error) => document["error"] = json!({ "code": error.code(), "message": error.to_string() }),
    }
    document
}

fn claims(assessment: &Assessment) -> Value {
    let get = |slot: Slot| assessment.claims.values[slot.index()];
    let flag = |slot: Slot| json!(get(slot) == 1);
    let share = |slot: Slot, whole: f64| {
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        let value = get(slot) as f64 / whole;
        json!(value)
    };
    let window = SourceWindow::decode(get(Slot::SourceWindow)).ok();
    let risk = match get(Slot::FraudRisk) {
        value if value == FraudRisk::Low as u64 => "low",
        value if value == FraudRisk::Medium as u64 => "medium",
        _ => "high",
    };
    let band = IncomeBand::decode(get(Slot::IncomeBand)).ok().filter(|band| band.upper() > 0);
    let mut claims = json!({
        "identity_verified": flag(Slot::IdentityVerified),
        "income_verified": flag(Slot::IncomeVerified),
        "income_band": band.map(|band| band.display(assessment.currency)),
        "payment_behavior_verified": flag(Slot::PaymentBehaviorVerified),
        "savings_behavior_verified": flag(Slot::SavingsBehaviorVerified),
        "identity_and_fraud_checks_passed": flag(Slot::IdentityAndFraudChecksPassed),
        "fraud_risk": risk,
        "account_age_months": get(Slot::AccountAgeMonths),
        "data_window_days": window.map(|window| window.days),
        "linked_accounts": window.map(|window| window.accounts),
        "currency": assessment.currency.as_str(),
    });
    // What is not verified has no figure: a zero would be read as one.
    if get(Slot::PaymentBehaviorVerified) == 1 {
        claims["payment_reliability"] = share(Slot::PaymentReliability, 1_000_000.0);
    }
    if get(Slot::SavingsBehaviorVerified) == 1 {
        claims["savings_consistency"] = share(Slot::SavingsConsistency, 100.0);
    }
    if get(Slot::StabilityScore) > 0 {
        claims["fsi_score"] = json!(get(Slot::StabilityScore));
        if let Ok(detail) = StabilityDetail::decode(get(Slot::StabilityDetail)) {
            claims["fsi_low"] = json!(detail.low);
            claims["fsi_high"] = json!(detail.high);
            claims["confidence"] = json!(detail.confidence);
            claims["p_stable"] = json!(f64::from(detail.stable_probability) / 10_000.0);
        }
    }
    if assessment.origin_known
        && let Ok(corridor) = Corridor::decode(get(Slot::CorridorAndCurrency))
    {
        claims["corridor"] = json!(format!("{}-{}", corridor.origin, corridor.destination));
    }
    claims
}

fn income(assessment: &Assessment) -> Value {
    let verified = assessment.claims.values[Slot::IncomeVerified.index()] == 1;
    let monthly = assessment.claims.values[Slot::IncomeMonthly.index()];
    let amount = |minor: i64| format_minor(minor.unsigned_abs(), assessment.currency);
    let sources: Vec<Value> = assessment
        .income_sources
        .iter()
        .map(|source| {
            json!({
                "payer": source.payer,
                "kind": source.kind,
                "deposits": source.deposits,
                "amount": amount(source.amount_minor),
                "period": source.period,
                "first_on": source.span.0.to_string(),
                "last_on": source.span.1.to_string(),
            })
        })
        .collect();
    json!({
        "monthly_net": verified.then(|| format_minor(monthly, assessment.currency)),
        "currency": assessment.currency.as_str(),
        "minor_per_unit": minor_per_unit(assessment.currency),
        "variation": assessment.income_variation,
        "stability": assessment.income_variation.map(stability),
        "sources": sources,
    })
}

/// Below a quarter steady, above a half unstable: the usual reading of a coefficient of variation of monthly inflow.
fn stability(variation: f64) -> &'static str {
    match variation {
        variation if variation < 0.25 => "steady",
        variation if variation <= 0.5 => "variable",
        _ => "unstable",
    }
}

fn recurring(assessment: &Assessment) -> Value {
    let streams = assessment.recurring.iter().map(|stream| {
        json!({
            "direction": match stream.direction { Direction::Credit => "in", Direction::Debit => "out" },
            "counterparty": stream.counterparty,
            "category": stream.category,
            "period": stream.period,
            "occurrences": stream.occurrences,
            "amount": format_minor(stream.amount_minor.unsigned_abs(), stream.currency),
            "currency": stream.currency.as_str(),
            "last_on": stream.last_on.to_string(),
            "next_on": stream.next_on.map(|day| day.to_string()),
            "state": stream.state.as_str(),
        })
    });
    streams.collect()
}
