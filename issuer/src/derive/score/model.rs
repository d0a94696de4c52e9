//! A version of the scorecard: coefficients, scale, uncertainty and how it was made, as one JSON file that anybody can recompute with.

use std::sync::LazyLock;

use passid_api::claims::encoding::{StabilityDetail, Tier};
use serde::{Deserialize, Serialize};

use super::calibration::Correction;
use super::cash_flow::CashFlow;
use super::features::Feature;
use super::numbers::logistic;
use super::reasons::{Reason, reasons};

/// Name of the model this version issues with.
pub const VERSION: &str = "passid_fsi_v1_0";

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    Model::parse(include_str!("../../../assets/score/passid_fsi_v1_0.json")).unwrap_or_else(|error| unreachable!("a test reads the shipped model: {error}"))
});

/// A version of the scorecard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name, signed into every credential.
    pub version: String,
    /// Data, command and method it was made with.
    pub training: Training,
    /// From log-odds to points.
    pub scale: Scale,
    /// Days of history below which nothing is scored.
    pub least_days: i32,
    /// Log-odds of the bad outcome when no feature raises a concern.
    pub intercept: f64,
    /// The features with their definitions.
    pub features: Vec<Weight>,
    /// Share of the intervals meant to hold the true score.
    pub interval_level: f64,
    /// Half the interval's width in standard errors of the log-odds.
    pub interval_width: f64,
    /// Covariance of the intercept and the coefficients in the order above.
    pub covariance: Vec<Vec<f64>>,
    /// Corrections learnt from outcomes; none in a model fresh from training.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// How a model was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The command that makes it again.
    pub command: String,
    /// The data.
    pub data: String,
    /// Loans, and how many of them went bad.
    pub loans: usize,
    /// Loans that went bad.
    pub bad: usize,
    /// The method in a sentence.
    pub method: String,
    /// How coefficients were held back.
    pub penalty: super::fit::Penalty,
}

/// `score = base_score + points_to_double · log2(odds of stable / base_odds)`, within 300 and 900.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The score at `base_odds`.
    pub base_score: f64,
    /// Stable to one unstable.
    pub base_odds: f64,
    /// Points that double the odds.
    pub points_to_double: f64,
}

/// A feature of the scorecard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Which.
    pub feature: Feature,
    /// Days looked back; 0 when the window does not matter.
    pub days: i32,
    /// What it measures, and where 0 and 1 are.
    pub meaning: String,
    /// Log-odds of the bad outcome at full concern; never negative.
    pub coefficient: f64,
}

/// Why a model file is not one.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Not the JSON of a model: train it again.
    #[error("not a score model: {0}")]
    Json(#[from] serde_json::Error),
    /// A number or definition that cannot be: train it again with this program.
    #[error("not a usable score model: {0}")]
    Content(&'static str),
}

/// What the model says of somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// 300 to 900.
    pub score: u16,
    /// Range, tier, confidence and probability.
    pub detail: StabilityDetail,
    /// Modelled probability of staying stable, 0 to 1.
    pub stable_probability: f64,
    /// Two to five.
    pub reasons: Vec<Reason>,
}

impl Scale {
    /// The scale of the first version: tier A begins at odds of 20 to one, B at 6.6, C at 2.2.
    ///
    /// Where A begins is a choice between the groups that reach it and the loans in it that go bad: `README.md` beside this file has
    /// both for other cuts.
    pub(super) const FIRST: Self = Self { base_score: 780.0, base_odds: 20.0, points_to_double: 50.0 };

    /// The score of log-odds of the bad outcome.
    pub(super) fn score(&self, bad_log_odds: f64) -> u16 {
        rounded(self.base_score + self.points_to_double * (-bad_log_odds - self.base_odds.ln()) / std::f64::consts::LN_2, 300.0, 900.0)
    }

    /// The modelled probability of staying stable at a score, 0 to 1: [`Scale`]'s formula turned round.
    pub fn stable_probability(&self, score: u16) -> f64 {
        let odds = self.base_odds * ((f64::from(score) - self.base_score) / self.points_to_double).exp2();
        odds / (1.0 + odds)
    }
}

impl Model {
    /// The model credentials are issued with.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a model.
    ///
    /// # Errors
    /// [`ModelError`] when it is not one, or defines a feature differently than this program.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let model: Self = serde_json::from_str(text)?;
        let size = model.features.len() + 1;
        let same = |weight: &Weight| weight.feature.definition().is_some_and(|known| known.days == weight.days && known.meaning.trim() == weight.meaning);
        if !model.features.iter().all(same) {
            return Err(ModelError::Content("a feature is defined differently in this program"));
        }
        if !model.features.iter().all(|weight| weight.coefficient >= 0.0 && weight.coefficient.is_finite()) || !model.intercept.is_finite() {
            return Err(ModelError::Content("a coefficient is negative or no number"));
        }
        if model.covariance.len() != size || !model.covariance.iter().all(|row| row.len() == size && row.iter().all(|cell| cell.is_finite())) {
            return Err(ModelError::Content("the covariance does not fit the features"));
        }
        let scale = model.scale;
        if scale.base_odds.is_nan()
            || scale.base_odds <= 0.0
            || scale.points_to_double.is_nan()
            || scale.points_to_double <= 0.0
            || model.interval_width.is_nan()
            || model.interval_width < 0.0
        {
            return Err(ModelError::Content("the scale or the interval is none"));
        }
        Ok(model)
    }

    /// The model as its file has it.
    ///
    /// # Errors
    /// [`ModelError::Json`], which does not happen to a model that was read or trained.
    pub fn to_json(&self) -> Result<String, ModelError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Log-odds of the bad outcome and their standard error, of the values of the model's features.
    pub(super) fn log_odds(&self, values: &[f64]) -> (f64, f64) {
        let risk = self.intercept + self.features.iter().zip(values).map(|(weight, value)| weight.coefficient * value).sum::<f64>();
        let design: Vec<f64> = std::iter::once(1.0).chain(values.iter().copied()).collect();
        let variance: f64 =
            self.covariance.iter().zip(&design).map(|(row, one)| one * row.iter().zip(&design).map(|(cell, other)| cell * other).sum::<f64>()).sum();
        (risk, variance.max(0.0).sqrt())
    }

    /// Judges a cash flow; `None` when the history is shorter than [`Model::least_days`]. `corridor`, as `KE-GB`, chooses a correction
    /// learnt from outcomes.
    pub(super) fn assess(&self, flow: &CashFlow, corridor: Option<&str>) -> Option<Assessment> {
        if flow.history_days < self.least_days {
            return None;
        }
        let values: Vec<f64> = self.features.iter().map(|weight| weight.feature.definition().map_or(0.0, |definition| definition.value(flow))).collect();
        let (raw, error) = self.log_odds(&values);
        let corrected = |log_odds: f64| Correction::choose(&self.corrections, corridor).map_or(log_odds, |correction| correction.apply(log_odds));
        let score = self.scale.score(corrected(raw));
        let reach = self.interval_width * error;
        let (low, high) = (self.scale.score(corrected(raw + reach)), self.scale.score(corrected(raw - reach)));
        let stable = 1.0 - logistic(corrected(raw));
        let parts: Vec<(Feature, f64, f64)> = self.features.iter().zip(&values).map(|(weight, value)| (weight.feature, *value, weight.coefficient)).collect();
        let detail = StabilityDetail {
            low: low.min(score),
            high: high.max(score),
            tier: Tier::of_score(score),
            confidence: confidence(flow, high.saturating_sub(low)),
            stable_probability: ten_thousandths(stable),
        };
        Some(Assessment { score, detail, stable_probability: stable, reasons: reasons(&parts) })
    }
}

/// Percent: falls with the interval's width (to nothing at 500 points), with a history below a year (as its square root) and with
/// silence (a tenth for each month beyond the first without a transaction).
fn confidence(flow: &CashFlow, width: u16) -> u8 {
    let narrow = (1.0 - f64::from(width) / 500.0).max(0.0);
    let length = (f64::from(flow.history_days) / 365.0).clamp(0.0, 1.0).sqrt();
    let silence = (1.0 - 0.1 * ((f64::from(flow.silent_days) - 30.0) / 30.0).max(0.0)).max(0.0);
    u8::try_from(rounded(100.0 * narrow * length * silence, 0.0, 100.0)).unwrap_or(100)
}

/// A share of one as claims state it.
pub fn ten_thousandths(share: f64) -> u16 {
    rounded(share * 10_000.0, 0.0, 10_000.0)
}

fn rounded(value: f64, least: f64, most: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bounds of the result first")]
    let whole = value.round().clamp(least, most) as u16;
    whole
}
