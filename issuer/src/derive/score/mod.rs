//! The financial stability score: a logistic scorecard over cash-flow features that anybody can recompute.
//!
//! A history becomes a [`cash_flow::CashFlow`], that becomes [`features`], a [`model::Model`] turns those into log-odds, points, a range
//! and reasons. Models are trained ([`train`]), judged ([`validation`]) and corrected by outcomes ([`calibration`]); what issues
//! credentials is the model in `assets/score`, and nothing replaces it but a new release. `README.md` beside this file has the figures.

pub mod berka;
pub mod calibration;
mod cash_flow;
pub mod fairness;
mod features;
mod fit;
pub mod model;
mod numbers;
pub mod reasons;
pub mod report;
pub mod train;
pub mod validation;

use passid_api::claims::Slot;
use passid_api::claims::encoding::Corridor;

use super::material::Material;
use super::notes::Notes;
use cash_flow::CashFlow;
pub use model::{Assessment, Model};

/// Scores, or says why not. `age_days` is the age of the oldest account.
pub(super) fn derive(material: &Material<'_>, age_days: i32, corridor: Option<Corridor>, notes: &mut Notes) -> Option<Assessment> {
    let Some(flow) = CashFlow::of(material, age_days) else {
        notes.add(Slot::StabilityScore, "no_balance", "No account with money on it tells its balance; a score needs that.");
        return None;
    };
    let corridor = corridor.map(|corridor| format!("{}-{}", corridor.origin, corridor.destination));
    let Some(found) = Model::shipped().assess(&flow, corridor.as_deref()) else {
        notes.add(Slot::StabilityScore, "too_little_history", "The accounts show less than three months; a score needs that much.");
        return None;
    };
    for reason in &found.reasons {
        notes.add(Slot::StabilityScore, reason.code, reason.message);
    }
    Some(found)
}

#[cfg(test)]
mod tests;
