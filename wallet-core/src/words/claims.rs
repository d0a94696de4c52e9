//! Claims and conditions in plain words.

use passid_api::claims::Slot;
use passid_api::claims::encoding::Currency;
use passid_api::permission::Permission;
use passid_api::predicate::{Operator, Predicate};

use super::{Language, Text};

/// The line for one permission.
pub(crate) fn permission(permission: Permission) -> Text {
    Text::new(format!("permission.{permission}"), permission.plain_name(), &[])
}

/// The line for what every presentation discloses.
pub(crate) fn always_disclosed() -> Text {
    Text::new("permission.always", "How much bank data this rests on and how fresh it is, the countries and the currency", &[])
}

/// A condition that is proved without its claim, such as "Your monthly income is at least £2,500.00".
pub(crate) fn predicate(predicate: &Predicate, currency: Option<Currency>) -> Text {
    let what = subject(predicate.claim);
    if is_flag(predicate.claim) {
        let holds = match (predicate.operator, predicate.bound) {
            (Operator::Equal | Operator::AtLeast, 1) | (Operator::NotEqual, 0) => Some(true),
            (Operator::Equal | Operator::AtMost, 0) | (Operator::NotEqual, 1) => Some(false),
            _ => None,
        };
        if let Some(holds) = holds {
            let (key, english) = if holds { ("predicate.holds", "{what}: yes") } else { ("predicate.holds_not", "{what}: no") };
            return Text::new(key, english, &parameters(predicate, currency, what));
        }
    }
    let (key, english) = match predicate.operator {
        Operator::AtLeast => ("predicate.at_least", "{what} is at least {bound}"),
        Operator::AtMost => ("predicate.at_most", "{what} is at most {bound}"),
        Operator::Equal => ("predicate.equal", "{what} is exactly {bound}"),
        Operator::NotEqual => ("predicate.not_equal", "{what} is anything but {bound}"),
    };
    Text::new(key, english, &parameters(predicate, currency, what))
}

/// What stands in a condition's gaps, and the condition itself for other languages to say.
fn parameters(predicate: &Predicate, currency: Option<Currency>, what: &str) -> Vec<(&'static str, String)> {
    let mut parameters = vec![
        ("what", what.to_owned()),
        ("bound", bound(predicate, currency, Language::English)),
        ("claim", predicate.claim.to_string()),
        ("operator", predicate.operator.to_string()),
        ("number", predicate.bound.to_string()),
    ];
    parameters.extend(currency.map(|currency| ("currency", currency.as_str().to_owned())));
    parameters
}

const fn is_flag(claim: Slot) -> bool {
    matches!(
        claim,
        Slot::IdentityVerified
            | Slot::IncomeVerified
            | Slot::SanctionsScreeningClear
            | Slot::PaymentBehaviorVerified
            | Slot::SavingsBehaviorVerified
            | Slot::IdentityAndFraudChecksPassed
    )
}

const fn subject(claim: Slot) -> &'static str {
    match claim {
        Slot::IdentityVerified => "Your identity is confirmed by your bank",
        Slot::IncomeVerified => "Your income is confirmed",
        Slot::IncomeBand => "Your income range",
        Slot::IncomeMonthly => "Your monthly income",
        Slot::SanctionsScreeningClear => "You are on no screened sanctions list",
        Slot::PaymentBehaviorVerified => "Your payment behaviour is confirmed",
        Slot::PaymentReliability => "The share of recurring bills you pay reliably",
        Slot::SavingsBehaviorVerified => "Your saving behaviour is confirmed",
        Slot::SavingsConsistency => "Your savings consistency (of 100)",
        Slot::IdentityAndFraudChecksPassed => "Identity and fraud checks are passed",
        Slot::FraudRisk => "The level of fraud signals",
        Slot::StabilityScore => "Your financial stability score (300 to 900)",
        Slot::StabilityDetail => "Details of your score",
        Slot::SourceWindow => "The amount of bank data",
        Slot::CorridorAndCurrency => "Countries and currency",
        Slot::AccountAgeMonths => "The age of your oldest account in months",
    }
}

/// The bound as a language writes it.
pub(super) fn bound(predicate: &Predicate, currency: Option<Currency>, language: Language) -> String {
    let value = predicate.bound;
    match predicate.claim {
        Slot::IncomeMonthly => language.money(value, currency),
        Slot::PaymentReliability => {
            let space = if language == Language::French { '\u{a0}' } else { ' ' };
            format!("{}{space}%", decimal(value, 10_000, 4, language))
        }
        Slot::SavingsConsistency => decimal(value, 100, 2, language),
        Slot::FraudRisk => {
            let levels = if language == Language::French { super::french::LEVELS } else { ["low", "medium", "high"] };
            usize::try_from(value).ok().and_then(|level| levels.get(level)).map_or_else(|| value.to_string(), |level| (*level).to_owned())
        }
        _ => value.to_string(),
    }
}

/// `value / unit` with trailing zeros left out.
fn decimal(value: u64, unit: u64, digits: usize, language: Language) -> String {
    let fraction = format!("{:0digits$}", value % unit);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { (value / unit).to_string() } else { format!("{}{}{fraction}", value / unit, language.decimal_sign()) }
}

/// Currencies without minor units (ISO 4217) among those a bank of the corridors may use.
pub(super) const WITHOUT_MINOR_UNITS: [&str; 11] = ["BIF", "CLP", "DJF", "GNF", "JPY", "KRW", "RWF", "UGX", "VND", "XAF", "XOF"];

#[cfg(test)]
mod tests {
    use super::*;

    fn english(claim: Slot, operator: Operator, bound: u64) -> String {
        predicate(&Predicate { claim, operator, bound }, "GBP".parse().ok()).english
    }

    #[test]
    fn conditions_read_like_sentences() {
        assert_eq!(english(Slot::IncomeMonthly, Operator::AtLeast, 250_000), "Your monthly income is at least £2,500.00");
        assert_eq!(english(Slot::IncomeMonthly, Operator::AtMost, 123_456_705), "Your monthly income is at most £1,234,567.05");
        assert_eq!(english(Slot::PaymentReliability, Operator::AtLeast, 972_500), "The share of recurring bills you pay reliably is at least 97.25 %");
        assert_eq!(english(Slot::FraudRisk, Operator::AtMost, 1), "The level of fraud signals is at most medium");
        assert_eq!(english(Slot::SanctionsScreeningClear, Operator::Equal, 1), "You are on no screened sanctions list: yes");
        assert_eq!(english(Slot::IdentityVerified, Operator::NotEqual, 1), "Your identity is confirmed by your bank: no");
        assert_eq!(english(Slot::SavingsConsistency, Operator::AtLeast, 6_050), "Your savings consistency (of 100) is at least 60.5");
    }

    #[test]
    fn a_currency_without_pence_has_none() {
        assert_eq!(Language::English.money(2_500, "UGX".parse().ok()), "UGX 2,500");
        assert_eq!(Language::English.money(2_500, None), "25.00");
    }
}
