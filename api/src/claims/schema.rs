//! The JSON Schema of disclosed claims, from the catalogue.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::Slot;
use super::encoding::{FraudRisk, Tier};

/// Stands for the claims of an answer: names and values, only those disclosed.
#[derive(Debug)]
pub struct Claims;

fn yes_or_no(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

/// A claim that is known to be unknown is null; one that was not disclosed is left out.
fn nullable(mut schema: Value, description: &str) -> Value {
    let kind = schema["type"].take();
    schema["type"] = json!([kind, "null"]);
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    schema["description"] = json!(description);
    schema["x-nullable"] = json!(true);
    schema
}

/// The fields a slot becomes in an answer.
fn fields(slot: Slot) -> Vec<(&'static str, Value)> {
    let score = || json!({ "type": "integer", "minimum": 300, "maximum": 900 });
    let ratio = || json!({ "type": "number", "minimum": 0, "maximum": 1 });
    match slot {
        Slot::IdentityVerified => vec![("identity_verified", yes_or_no("The bank confirmed the holder's identity."))],
        Slot::IncomeVerified => vec![("income_verified", yes_or_no("A regular income was found."))],
        Slot::IncomeBand => {
            let band = json!({ "type": "string", "examples": ["£3,000–4,000/mo"] });
            vec![("income_band", nullable(band, "Monthly income between two bounds, for people; null when income is not verified."))]
        }
        Slot::IncomeMonthly => {
            vec![("income_monthly", json!({ "type": "integer", "minimum": 0, "description": "Minor units a month; never disclosed by a permission." }))]
        }
        Slot::SanctionsScreeningClear => vec![
            ("sanctions_screening_clear", yes_or_no("No match on the screened lists of OFAC, EU and UN.")),
            ("sanctions_clear", yes_or_no("The same claim under the integration guide's name.")),
        ],
        Slot::PaymentBehaviorVerified => vec![("payment_behavior_verified", yes_or_no("Enough recurring bills were found to judge by."))],
        Slot::PaymentReliability => {
            vec![("payment_reliability", json!({ "type": "number", "minimum": 0, "maximum": 1, "description": "Share of recurring bills paid in time." }))]
        }
        Slot::SavingsBehaviorVerified => vec![("savings_behavior_verified", yes_or_no("Enough months were found to judge saving by."))],
        Slot::SavingsConsistency => {
            vec![("savings_consistency", json!({ "type": "number", "minimum": 0, "maximum": 100, "description": "How consistently money is put aside." }))]
        }
        Slot::IdentityAndFraudChecksPassed => vec![("identity_and_fraud_checks_passed", yes_or_no("Identity is confirmed and fraud signals are low."))],
        Slot::FraudRisk => {
            let words: Vec<&str> = FraudRisk::ALL.iter().map(|level| level.as_str()).collect();
            vec![("fraud_risk", json!({ "type": "string", "enum": words, "description": "The level of fraud signals." }))]
        }
        Slot::StabilityScore => vec![("fsi_score", nullable(score(), "The financial stability score; null when there was too little data."))],
        Slot::StabilityDetail => {
            let tiers: Vec<&str> = Tier::ALL.iter().map(|tier| tier.as_str()).collect();
            vec![
                ("fsi_low", nullable(score(), "Lower end of the score's interval.")),
                ("fsi_high", nullable(score(), "Upper end of the score's interval.")),
                ("tier", nullable(json!({ "type": "string", "enum": tiers }), "The score's band: A from 780, B from 700, C from 620, D below.")),
                ("confidence", nullable(ratio(), "How far the data supports the score.")),
                ("p_stable", nullable(ratio(), "The modelled probability of stability.")),
            ]
        }
        Slot::SourceWindow => vec![
            ("data_window_days", json!({ "type": "integer", "minimum": 0, "description": "Days of bank data considered." })),
            ("linked_accounts", json!({ "type": "integer", "minimum": 0, "description": "Accounts considered." })),
        ],
        Slot::CorridorAndCurrency => vec![
            ("corridor", json!({ "type": "string", "description": "From where to where.", "examples": ["KE→GB"] })),
            ("currency", json!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217, of every amount." })),
        ],
        Slot::AccountAgeMonths => {
            vec![("account_age_months", json!({ "type": "integer", "minimum": 0, "description": "Age of the oldest account, whole months." }))]
        }
    }
}

impl JsonSchema for Claims {
    fn schema_name() -> Cow<'static, str> {
        "Claims".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties: Map<String, Value> = Slot::ALL.iter().flat_map(|slot| fields(*slot)).map(|(name, schema)| (name.to_owned(), schema)).collect();
        let freshness = json!({ "type": "integer", "minimum": 0, "description": "The bank data was at most this old when it was presented, hours." });
        properties.insert("freshness_hours".to_owned(), freshness);
        json_schema!({
            "type": "object",
            "description": "What the holder consented to disclose. A claim that was not disclosed is absent.",
            "properties": properties,
            "required": ["data_window_days", "linked_accounts", "freshness_hours", "corridor", "currency"],
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::disclosed::DisclosedClaims;
    use crate::claims::encoding::{Corridor, IncomeBand, SourceWindow, StabilityDetail};

    fn corridor() -> u64 {
        Corridor { origin: "KE".parse().unwrap(), destination: "GB".parse().unwrap(), currency: "GBP".parse().unwrap() }.encode()
    }

    #[test]
    fn what_is_answered_is_what_is_described() {
        let schema = SchemaGenerator::default().into_root_schema_for::<Claims>().to_value();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let detail = StabilityDetail { low: 790, high: 830, tier: Tier::A, confidence: 91, stable_probability: 9_700 }.encode().unwrap();
        let band = IncomeBand::new(3_000, 4_000).unwrap().encode();
        let window = SourceWindow { days: 180, accounts: 3 }.encode();
        let known = [1, 1, band, 350_000, 1, 1, 987_000, 1, 6_150, 1, 0, 812, detail, window, corridor(), 61];
        let unknown = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, window, corridor(), 0];
        for values in [known, unknown] {
            let answered = Value::Object(DisclosedClaims::new(0xffff, values).unwrap().to_json(48).unwrap());
            if let Err(error) = validator.validate(&answered) {
                panic!("{error} at {}: {answered}", error.instance_path());
            }
            let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
            assert_eq!(names(&answered), names(&schema["properties"]), "every field described is answered");
        }
    }
}
