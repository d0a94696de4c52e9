//! What a person is asked to share, in the words of the product.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::claims::Slot;

crate::text_enum! {
    /// One line of the consent screen.
    pub enum Permission as "permission" {
        /// The holder's identity was confirmed by the bank.
        IdentityVerified = "identity_verified",
        /// Income is confirmed, with its band.
        IncomeVerified = "income_verified",
        /// No match on the screened sanctions lists.
        SanctionsClear = "sanctions_clear",
        /// How reliably recurring bills are paid.
        PaymentReliability = "payment_reliability",
        /// How consistently money is put aside.
        SavingsConsistency = "savings_consistency",
        /// The level of fraud signals in the account.
        FraudRisk = "fraud_risk",
        /// The financial stability score with its range, tier and confidence.
        FullScore = "full_score",
    }
}

/// The alias that asks for every permission but `full_score`.
pub const SUMMARY_ALIAS: &str = "verified_credential_summary";

impl Permission {
    /// The claim slots this permission discloses, beside those every presentation discloses.
    pub const fn slots(self) -> &'static [Slot] {
        match self {
            Self::IdentityVerified => &[Slot::IdentityVerified, Slot::AccountAgeMonths],
            Self::IncomeVerified => &[Slot::IncomeVerified, Slot::IncomeBand],
            Self::SanctionsClear => &[Slot::SanctionsScreeningClear],
            Self::PaymentReliability => &[Slot::PaymentBehaviorVerified, Slot::PaymentReliability],
            Self::SavingsConsistency => &[Slot::SavingsBehaviorVerified, Slot::SavingsConsistency],
            Self::FraudRisk => &[Slot::IdentityAndFraudChecksPassed, Slot::FraudRisk],
            Self::FullScore => &[Slot::StabilityScore, Slot::StabilityDetail],
        }
    }

    /// The line a person reads on the consent screen.
    pub const fn plain_name(self) -> &'static str {
        match self {
            Self::IdentityVerified => "Your identity is confirmed by your bank",
            Self::IncomeVerified => "Your income is confirmed, as a range",
            Self::SanctionsClear => "You are on no screened sanctions list",
            Self::PaymentReliability => "How reliably you pay recurring bills",
            Self::SavingsConsistency => "How consistently you save",
            Self::FraudRisk => "The result of identity and fraud checks",
            Self::FullScore => "Your financial stability score",
        }
    }
}

/// A non-empty set of permissions, in one order, so that equal sets are equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<Permission>")]
pub struct PermissionSet(BTreeSet<Permission>);

/// A list of permissions that cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPermissions {
    /// Ask for at least one permission, or leave the field out to ask for all.
    #[error("ask for at least one permission, or leave the list out to ask for all")]
    Empty,
    /// Use the permission names of the documentation.
    #[error(transparent)]
    Unknown(#[from] crate::text_enum::UnknownWord),
}

impl PermissionSet {
    /// A set of these permissions.
    ///
    /// # Errors
    /// [`InvalidPermissions::Empty`] when there is none.
    pub fn new(permissions: impl IntoIterator<Item = Permission>) -> Result<Self, InvalidPermissions> {
        let set: BTreeSet<_> = permissions.into_iter().collect();
        if set.is_empty() { Err(InvalidPermissions::Empty) } else { Ok(Self(set)) }
    }

    /// What a session asks for when it names nothing.
    pub fn all() -> Self {
        Self(Permission::ALL.iter().copied().collect())
    }

    /// Every permission but the score.
    pub fn summary() -> Self {
        Self(Permission::ALL.iter().copied().filter(|permission| *permission != Permission::FullScore).collect())
    }

    /// The permissions, in order.
    pub fn iter(&self) -> impl Iterator<Item = Permission> + '_ {
        self.0.iter().copied()
    }

    /// The disclosure mask of the proof: bit `i` set when slot `i` is disclosed.
    pub fn disclosure_mask(&self) -> u16 {
        let always = [Slot::SourceWindow, Slot::CorridorAndCurrency];
        self.iter().flat_map(|permission| permission.slots().iter().copied()).chain(always).fold(0, |mask, slot| mask | (1 << slot.index()))
    }
}

impl TryFrom<Vec<String>> for PermissionSet {
    type Error = InvalidPermissions;

    fn try_from(words: Vec<String>) -> Result<Self, Self::Error> {
        let mut set = BTreeSet::new();
        for word in words {
            if word == SUMMARY_ALIAS {
                set.extend(Self::summary().0);
            } else {
                set.insert(word.parse()?);
            }
        }
        Self::new(set)
    }
}

impl From<PermissionSet> for Vec<Permission> {
    fn from(set: PermissionSet) -> Self {
        set.0.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_do_not_matter_and_unknown_words_are_named() {
        let one: PermissionSet = serde_json::from_str(r#"["sanctions_clear","income_verified","income_verified"]"#).unwrap();
        assert_eq!(serde_json::to_string(&one).unwrap(), r#"["income_verified","sanctions_clear"]"#);
        let error = serde_json::from_str::<PermissionSet>(r#"["inkome"]"#).unwrap_err().to_string();
        assert!(error.contains("inkome") && error.contains("income_verified"), "{error}");
        assert!(serde_json::from_str::<PermissionSet>("[]").is_err());
    }

    #[test]
    fn the_exact_income_is_never_disclosed() {
        assert_eq!(PermissionSet::all().disclosure_mask() & (1 << Slot::IncomeMonthly.index()), 0);
    }

    #[test]
    fn the_summary_is_all_but_the_score() {
        let summary: PermissionSet = serde_json::from_str(r#"["verified_credential_summary"]"#).unwrap();
        assert_eq!(summary, PermissionSet::summary());
        assert_eq!(summary.iter().count(), Permission::ALL.len() - 1);
    }
}
