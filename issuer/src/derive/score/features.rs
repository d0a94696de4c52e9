//! The features: one definition each, with its meaning in plain words and the sign a credit officer expects.
//!
//! Ten of them, on purpose: what else was tried is in `README.md` beside this file.
//!
//! Every feature is a share between 0 (no concern) and 1 (full concern), made of ratios, shares and counts, so that it means the same
//! in any currency and at any price level. "Income" is what came in from others per month, without interest, loans and own transfers.
//! Balances are those at the end of a day, without the first 30 days of an account.

use serde::{Deserialize, Serialize};

use super::cash_flow::{CashFlow, Kind, Window};
use super::numbers::{mean, slope, standard_deviation, variation};
use super::reasons::Theme;

/// How a feature is computed.
pub(super) struct Definition {
    /// Which one it is.
    pub(super) feature: Feature,
    /// Days looked back; 0 when the window does not matter.
    pub(super) days: i32,
    /// What it measures, and where 0 and 1 are.
    pub(super) meaning: &'static str,
    /// What it tells the holder.
    pub(super) theme: Theme,
    value: fn(&CashFlow, &Window<'_>) -> f64,
}

macro_rules! features {
    ($($(#[doc = $meaning:literal])+ $variant:ident = $days:literal, $theme:ident, $value:expr;)+) => {
        /// A candidate of the scorecard.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Feature {
            $($(#[doc = $meaning])+ $variant,)+
        }

        /// Every candidate.
        pub(super) const DEFINITIONS: &[Definition] = &[
            $(Definition { feature: Feature::$variant, days: $days, meaning: concat!($($meaning),+), theme: Theme::$theme, value: $value },)+
        ];
    };
}

features! {
    /// No bill was paid by transfer: 1, else 0.
    NoBills = 180, Bills, |_, window| flag(window.count(&[Kind::Bill]) == 0);
    /// Bills paid by transfer as a share of income: 1 at none, 0 at a quarter.
    FewBills = 180, Bills, |_, window| falls(ratio(window.bills, window.inflow), 0.0, 0.25);
    /// How far the lowest balance was below zero, in months of income: 0 at nothing, 1 at a tenth.
    Overdrawn = 365, Overdrawn, |_, window| rises(-window.lowest() / window.monthly_inflow, 0.0, 0.1);
    /// Lowest balance in months of income: 1 at zero, 0 at 0.6.
    ThinCushion = 365, Cushion, |_, window| falls(window.lowest() / window.monthly_inflow, 0.0, 0.6);
    /// Share of days with less than a quarter of a month's income: 1 at 0.3.
    DaysNearlyEmpty = 365, Cushion, |_, window| rises(share_below(window, 0.25), 0.0, 0.3);
    /// Lowest over mean balance, times the part of a year that was seen: 1 at zero, 0 at 0.4.
    DeepTroughs = 365, Swings, |flow, window| falls(ratio(window.lowest(), mean(window.balances)) * flow.part_of_year_seen(), 0.0, 0.4);
    /// Standard deviation of what remains of each 30 days, in months of income: 0 at none, 1 at 1.2.
    UnevenSurplus = 180, Swings, |_, window| rises(standard_deviation(&surplus(window)) / window.monthly_inflow, 0.0, 1.2);
    /// Variation of the single payments in: 0 at none, 1 at 1.2.
    UnequalPaymentsIn = 365, Income, |_, window| rises(variation(&window.inflows()), 0.0, 1.2);
    /// Share of one payment in all that came in: 0 at a fifth, 1 at a half.
    OnePayment = 365, Concentration, |_, window| rises(ratio(window.inflows().into_iter().fold(0.0, f64::max), window.inflow), 0.2, 0.5);
    /// Change of the balance per month in months of income: 1 at a fall of 0.3, 0 at a rise of 0.3.
    Falling = 180, Surplus, |_, window| falls(slope(window.balances) * 30.4375 / window.monthly_inflow, -0.3, 0.3);
}

impl Definition {
    /// The feature's value, 0 to 1.
    pub(super) fn value(&self, flow: &CashFlow) -> f64 {
        let value = (self.value)(flow, &flow.window(if self.days == 0 { i32::MAX } else { self.days }));
        // An empty window has no lowest balance; no concern is claimed where nothing was seen.
        if value.is_finite() { value } else { 0.0 }
    }
}

impl Feature {
    /// Its definition.
    pub(super) fn definition(self) -> Option<&'static Definition> {
        DEFINITIONS.iter().find(|definition| definition.feature == self)
    }
}

/// The values of all candidates in the order of [`DEFINITIONS`].
pub(super) fn all(flow: &CashFlow) -> Vec<f64> {
    DEFINITIONS.iter().map(|definition| definition.value(flow)).collect()
}

/// 1 at `full` and below, 0 at `none` and above.
fn falls(value: f64, full: f64, none: f64) -> f64 {
    ((none - value) / (none - full)).clamp(0.0, 1.0)
}

/// 0 at `none` and below, 1 at `full` and above.
fn rises(value: f64, none: f64, full: f64) -> f64 {
    ((value - none) / (full - none)).clamp(0.0, 1.0)
}

fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn share_below(window: &Window<'_>, months: f64) -> f64 {
    mean(&window.balances.iter().map(|balance| flag(*balance < months * window.monthly_inflow)).collect::<Vec<_>>())
}

fn surplus(window: &Window<'_>) -> Vec<f64> {
    window.blocks.iter().map(|(inflow, outflow)| inflow - outflow).collect()
}
