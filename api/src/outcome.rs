//! Outcomes: what became of an applicant after a verification, and how predictions held.

use serde::{Deserialize, Serialize};

use crate::claims::encoding::Tier;
use crate::environment::Environment;
use crate::ids::{OutcomeId, VerificationId};
use crate::time::Timestamp;

crate::text_enum! {
    /// What became of the applicant.
    pub enum OutcomeKind as "outcome" {
        /// The loan was repaid in full, on schedule.
        Repaid = "repaid",
        /// Still active, no missed payment to date.
        NoDefault = "no_default",
        /// 30 days and more past due, not yet defaulted.
        Delinquent = "delinquent",
        /// 90 days and more past due, or written off.
        Defaulted = "defaulted",
        /// Fraud in the application or the identity is confirmed.
        FraudConfirmed = "fraud_confirmed",
        /// The institution closed the account for another reason.
        AccountClosed = "account_closed",
        /// None of these; say what in `notes`.
        Other = "other",
    }
}

impl OutcomeKind {
    /// Whether the applicant kept to what was agreed; `None` where the outcome says nothing about it.
    pub const fn kept_agreement(self) -> Option<bool> {
        match self {
            Self::Repaid | Self::NoDefault => Some(true),
            Self::Delinquent | Self::Defaulted | Self::FraudConfirmed => Some(false),
            Self::AccountClosed | Self::Other => None,
        }
    }

    /// Whether nothing can follow any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Repaid | Self::Defaulted | Self::FraudConfirmed)
    }
}

crate::text_enum! {
    /// How much a verification confirmed, of six things: identity, income, sanctions, payments, savings, identity and fraud checks.
    pub enum CoverageLevel as "coverage level" {
        /// All six.
        High = "high",
        /// Three to five.
        Partial = "partial",
        /// Two or fewer.
        Minimal = "minimal",
    }
}

impl CoverageLevel {
    /// The level of so many confirmed things.
    pub const fn of_confirmed(confirmed: usize) -> Self {
        match confirmed {
            6.. => Self::High,
            3..=5 => Self::Partial,
            _ => Self::Minimal,
        }
    }
}

/// `POST /v1/outcome`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportOutcome {
    /// The token that was verified; for a session, its `verification_id`.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 200)))]
    pub token: String,
    /// What became of the applicant.
    pub outcome: OutcomeKind,
    /// The institution's name for the product; at most 80 characters.
    #[serde(rename = "productType", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 80)))]
    pub product_type: Option<String>,
    /// The amount at stake in US dollars, with at most two decimals.
    #[serde(rename = "amountUsd", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(range(min = 0, max = 1_000_000_000)))]
    pub amount_usd: Option<f64>,
    /// Days over which the applicant was observed; the days since the verification when left out.
    #[serde(rename = "observationDays", default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(range(max = 36_500)))]
    pub observation_days: Option<u32>,
    /// At most 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 1000)))]
    pub notes: Option<String>,
}

impl std::fmt::Debug for ReportOutcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ReportOutcome({}, redacted)", self.outcome)
    }
}

/// An outcome as recorded. Coverage and score are those of the verification, whatever the caller believes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct OutcomeRecorded {
    /// Its identifier.
    pub outcome_id: OutcomeId,
    /// The verification it is about.
    pub verification_id: VerificationId,
    /// What became of the applicant.
    pub outcome: OutcomeKind,
    /// How much the verification confirmed.
    pub coverage: CoverageLevel,
    /// The score at the verification, where it was disclosed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fsi_score: Option<u16>,
    /// The score's band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// When it was reported.
    pub reported_at: Timestamp,
}

/// A share of a group with its interval: Wilson's score interval at 95 % (Wilson 1927), which holds for small groups.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// Share of the group, 0 to 1.
    pub rate: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Rate {
    /// `count` of `of`; the interval from 0 to 1 when the group is empty.
    pub fn wilson(count: u32, of: u32) -> Self {
        if of == 0 {
            return Self { count, rate: 0.0, low: 0.0, high: 1.0 };
        }
        let (n, rate) = (f64::from(of), f64::from(count) / f64::from(of));
        let denominator = 1.0 + Z * Z / n;
        let centre = (rate + Z * Z / (2.0 * n)) / denominator;
        let half = Z / denominator * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self { count, rate, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
    }
}

/// The rate of one outcome in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct OutcomeRate {
    /// The outcome.
    pub outcome: OutcomeKind,
    /// How often.
    #[serde(flatten)]
    pub rate: Rate,
}

/// Outcomes of the verifications of one tier or coverage level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct OutcomeGroup {
    /// The tier (`unscored` where no score was disclosed) or the coverage level.
    pub group: String,
    /// Outcomes reported.
    pub n: u32,
    /// Whether the group is too small to say more.
    pub suppressed: bool,
    /// By outcome, those that happened; empty when suppressed.
    pub outcomes: Vec<OutcomeRate>,
}

/// Verifications of similar predicted stability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CalibrationBin {
    /// The predictions of the bin are at least this.
    pub from: f64,
    /// And below this.
    pub to: f64,
    /// Mature outcomes.
    pub n: u32,
    /// Whether the bin is too small to say more.
    pub suppressed: bool,
    /// Mean of the predictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<f64>,
    /// Share that kept to what was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Rate>,
}

/// Predicted against observed stability, over mature outcomes only.
///
/// An outcome is mature when the verification is `mature_after_days` old and it is final or was observed for so long. Counting
/// early defaults before early survivors could have matured would make every model look worse than it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Calibration {
    /// Days.
    pub mature_after_days: u32,
    /// Mature outcomes with a prediction.
    pub n: u32,
    /// Mean squared difference of prediction and observation (Brier 1950); absent when there are too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brier_score: Option<f64>,
    /// Tenths of the predicted probability that hold an outcome.
    pub bins: Vec<CalibrationBin>,
}

/// `GET /v1/outcome/cohort`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Cohort {
    /// Sandbox or live.
    pub environment: Environment,
    /// When it was counted.
    pub generated_at: Timestamp,
    /// Outcomes reported.
    pub n: u32,
    /// Groups below this size are suppressed.
    pub minimum_group: u32,
    /// Outcomes by tier.
    pub by_tier: Vec<OutcomeGroup>,
    /// Outcomes by coverage level.
    pub by_coverage: Vec<OutcomeGroup>,
    /// Predicted against observed.
    pub calibration: Calibration,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values from R's `binom::binom.confint(x, n, methods = "wilson")`.
    #[test]
    fn the_interval_is_wilsons() {
        for (count, of, low, high) in
            [(0, 10, 0.0, 0.277_532_8), (5, 10, 0.236_593_1, 0.763_406_9), (10, 10, 0.722_467_2, 1.0), (81, 263, 0.255_288_5, 0.366_206_6)]
        {
            let rate = Rate::wilson(count, of);
            assert!((rate.low - low).abs() < 1e-4 && (rate.high - high).abs() < 1e-4, "{count} of {of}: {rate:?}");
        }
        assert!((Rate::wilson(0, 0).high - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn every_reachable_number_of_confirmations_has_a_level() {
        use CoverageLevel::{High, Minimal, Partial};
        let levels: Vec<CoverageLevel> = (0..=6).map(CoverageLevel::of_confirmed).collect();
        assert_eq!(levels, [Minimal, Minimal, Minimal, Partial, Partial, Partial, High]);
    }
}
