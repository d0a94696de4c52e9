//! `passid_claims_v1`: sixteen slots, each an unsigned integer below 2^48.
//!
//! The one catalogue of slot, name and unit; the derivation, the proof and the answers all read it.

pub mod disclosed;
pub mod encoding;
#[cfg(feature = "json-schema")]
pub mod schema;

/// Slots of a credential.
pub const SLOT_COUNT: usize = 16;
/// Every claim is below this.
pub const CLAIM_LIMIT: u64 = 1 << 48;
/// The schema's number in the proof's header.
pub const SCHEMA: u32 = 1;
/// The schema's name.
pub const SCHEMA_NAME: &str = "passid_claims_v1";

crate::text_enum! {
    /// A claim's place in the credential.
    pub enum Slot as "claim" {
        /// 0 or 1.
        IdentityVerified = "identity_verified",
        /// 0 or 1.
        IncomeVerified = "income_verified",
        /// Lower and upper bound, whole units of the credential currency, 24 bits each.
        IncomeBand = "income_band",
        /// Minor units a month; never disclosed, exists for predicates.
        IncomeMonthly = "income_monthly",
        /// 0 or 1.
        SanctionsScreeningClear = "sanctions_screening_clear",
        /// 0 or 1.
        PaymentBehaviorVerified = "payment_behavior_verified",
        /// Parts per million.
        PaymentReliability = "payment_reliability",
        /// 0 or 1.
        SavingsBehaviorVerified = "savings_behavior_verified",
        /// Hundredths, 0 to 10,000.
        SavingsConsistency = "savings_consistency",
        /// 0 or 1.
        IdentityAndFraudChecksPassed = "identity_and_fraud_checks_passed",
        /// 0 low, 1 medium, 2 high.
        FraudRisk = "fraud_risk",
        /// 300 to 900; 0 when not scored.
        StabilityScore = "fsi_score",
        /// Range, tier, confidence and probability of stability, packed.
        StabilityDetail = "fsi_detail",
        /// Days of data and number of linked accounts, packed.
        SourceWindow = "data_window",
        /// Two countries and a currency, letters of five bits.
        CorridorAndCurrency = "corridor",
        /// Whole months.
        AccountAgeMonths = "account_age_months",
    }
}

impl Slot {
    /// The slot's number, 0 to 15.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Whether the slot is one number, so that comparing it means something.
    pub const fn is_single_number(self) -> bool {
        !matches!(self, Self::IncomeBand | Self::StabilityDetail | Self::SourceWindow | Self::CorridorAndCurrency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_keep_their_numbers() {
        assert_eq!(Slot::ALL.len(), SLOT_COUNT);
        for (index, slot) in Slot::ALL.iter().enumerate() {
            assert_eq!(slot.index(), index);
        }
        assert_eq!(Slot::IncomeMonthly.index(), 3);
        assert_eq!(Slot::StabilityScore.index(), 11);
        assert_eq!(Slot::AccountAgeMonths.index(), 15);
    }
}
