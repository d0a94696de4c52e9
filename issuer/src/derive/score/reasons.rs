//! Two to five plain reasons: what lowers the score most, and where little does, what carries it.

use super::features::Feature;

/// What several features have in common; one reason is given for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Theme {
    Bills,
    Overdrawn,
    Cushion,
    Swings,
    Income,
    Concentration,
    Surplus,
}

/// Reasons at most and at least.
const MOST: usize = 5;
const LEAST: usize = 2;
/// Log-odds below which a weakness is not worth a reason: under fifteen points.
const WORTH_SAYING: f64 = 0.2;

/// A reason: a stable code and a sentence without amounts, names or dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason {
    /// Stable.
    pub code: &'static str,
    /// For the holder.
    pub message: &'static str,
}

impl Theme {
    const fn weakness(self) -> Reason {
        let (code, message) = match self {
            Self::Bills => ("few_regular_bills", "Few or no bills are paid from the account by transfer, standing order or direct debit."),
            Self::Overdrawn => ("was_overdrawn", "The account was below zero within a year."),
            Self::Cushion => ("thin_cushion", "At its lowest, the balance covers only a small part of a month's income."),
            Self::Swings => ("balance_swings", "The balance, or what is left of each month, swings widely."),
            Self::Income => ("income_unsteady", "What comes in varies much from payment to payment or month to month."),
            Self::Concentration => ("one_large_payment", "One single payment makes up much of what came in."),
            Self::Surplus => ("little_left", "Little of what comes in stays, or the balance is falling."),
        };
        Reason { code, message }
    }

    const fn strength(self) -> Reason {
        let (code, message) = match self {
            Self::Bills => ("regular_bills", "Bills are paid from the account regularly."),
            Self::Overdrawn => ("never_overdrawn", "The account was not below zero within a year."),
            Self::Cushion => ("solid_cushion", "Even at its lowest, the balance covers a good part of a month's income."),
            Self::Swings => ("steady_balance", "The balance and what is left of each month are steady."),
            Self::Income => ("income_steady", "What comes in is steady."),
            Self::Concentration => ("many_payments", "Income is spread over many payments."),
            Self::Surplus => ("something_left", "Part of what comes in stays."),
        };
        Reason { code, message }
    }
}

/// The reasons for a score. `parts` holds each feature with its value and its coefficient.
pub(super) fn reasons(parts: &[(Feature, f64, f64)]) -> Vec<Reason> {
    let mut themes: Vec<(Theme, f64, f64)> = Vec::new();
    for (feature, value, coefficient) in parts {
        let Some(definition) = feature.definition() else { continue };
        let (lost, kept) = (coefficient * value, coefficient * (1.0 - value));
        match themes.iter_mut().find(|(theme, ..)| *theme == definition.theme) {
            Some((_, all_lost, all_kept)) => (*all_lost, *all_kept) = (*all_lost + lost, *all_kept + kept),
            None => themes.push((definition.theme, lost, kept)),
        }
    }
    themes.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let mut found: Vec<Reason> = themes.iter().filter(|(_, lost, _)| *lost >= WORTH_SAYING).take(MOST).map(|(theme, ..)| theme.weakness()).collect();
    themes.retain(|(_, lost, _)| *lost < WORTH_SAYING);
    themes.sort_by(|one, other| other.2.total_cmp(&one.2).then(one.0.cmp(&other.0)));
    found.extend(themes.iter().take(LEAST.saturating_sub(found.len())).map(|(theme, ..)| theme.strength()));
    found
}
