//! Claims and conditions in plain words.

use passid_api::claims::Slot;
use passid_api::claims::encoding::Currency;
use passid_api::permission::Permission;
use passid_api::predicate::{Operator, Predicate};

use super::Text;

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
            return Text::new(key, english, &[("what", what)]);
        }
    }
    let (key, english) = match predicate.operator {
        Operator::AtLeast => ("predicate.at_least", "{what} is at least {bound}"),
        Operator::AtMost => ("predicate.at_most", "{what} is at most {bound}"),
        Operator::Equal => ("predicate.equal", "{what} is exactly {bound}"),
        Operator::NotEqual => ("predicate.not_equal", "{what} is anything but {bound}"),
    };
    Text::new(key, english, &[("what", what), ("bound", &bound(predicate, currency))])
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

fn bound(predicate: &Predicate, currency: Option<Currency>) -> String {
    let value = predicate.bound;
    match predicate.claim {
        Slot::IncomeMonthly => money(value, currency),
        Slot::PaymentReliability => format!("{} %", decimal(value, 10_000, 4)),
        Slot::SavingsConsistency => decimal(value, 100, 2),
        Slot::FraudRisk => match value {
            0 => "low".to_owned(),
            1 => "medium".to_owned(),
            2 => "high".to_owned(),
            other => other.to_string(),
        },
        _ => value.to_string(),
    }
}

/// `value / unit` with trailing zeros left out.
fn decimal(value: u64, unit: u64, digits: usize) -> String {
    let fraction = format!("{:0digits$}", value % unit);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { (value / unit).to_string() } else { format!("{}.{fraction}", value / unit) }
}

/// Currencies without minor units (ISO 4217) among those a bank of the corridors may use.
const WITHOUT_MINOR_UNITS: [&str; 11] = ["BIF", "CLP", "DJF", "GNF", "JPY", "KRW", "RWF", "UGX", "VND", "XAF", "XOF"];

/// An amount in minor units: `£2,500.00`.
fn money(minor: u64, currency: Option<Currency>) -> String {
    let whole_only = currency.is_some_and(|currency| WITHOUT_MINOR_UNITS.contains(&currency.as_str()));
    let (whole, rest) = if whole_only { (minor, None) } else { (minor / 100, Some(minor % 100)) };
    let digits = whole.to_string();
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let symbol = currency.map(Currency::symbol).unwrap_or_default();
    rest.map_or_else(|| format!("{symbol}{grouped}"), |rest| format!("{symbol}{grouped}.{rest:02}"))
}

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
        assert_eq!(money(2_500, "UGX".parse().ok()), "UGX 2,500");
        assert_eq!(money(2_500, None), "25.00");
    }
}
