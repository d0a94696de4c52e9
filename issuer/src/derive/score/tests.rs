//! The shipped model: pinned, monotone, and as good on real loans as its README says.

use std::path::PathBuf;

use super::super::testing::{history, monthly, read_at, row, snapshot};
use super::*;
use crate::bank::data::{AccountKind, Transaction};

fn berka_directory() -> Option<PathBuf> {
    let directory = std::env::var_os("PASSID_BERKA_DIR").map(PathBuf::from);
    if directory.is_none() {
        println!("skipped: PASSID_BERKA_DIR is not set");
    }
    directory
}

fn flow_of(balance: i64, rows: Vec<Transaction>) -> CashFlow {
    let snapshot = snapshot(vec![history(AccountKind::Current, "MINE", balance, rows)]);
    CashFlow::of(&Material::prepare(&snapshot, read_at()).unwrap(), 1_000).unwrap()
}

/// A salary of 3,000 and a rent of 2,000 for a year, with what is changed.
fn life(balance: i64, change: impl FnOnce(&mut Vec<Transaction>)) -> Assessment {
    let mut rows = [monthly("2026-11-02", 13, 300_000, "EMPLOYER"), monthly("2026-11-09", 13, -200_000, "LANDLORD")].concat();
    change(&mut rows);
    Model::shipped().assess(&flow_of(balance, rows), None).unwrap()
}

#[test]
fn the_shipped_model_reads_back_as_its_file_and_has_the_signs_a_credit_officer_expects() {
    let model = Model::shipped();
    assert_eq!(model.to_json().unwrap(), include_str!("../../../assets/score/passid_fsi_v1_0.json"));
    assert_eq!(model.version, crate::derive::MODEL_VERSION);
    assert!(model.features.len() >= 8 && model.corrections.is_empty());
    let calm = vec![0.0; model.features.len()];
    for place in 0..calm.len() {
        let mut worse = calm.clone();
        worse[place] = 1.0;
        assert!(model.log_odds(&worse).0 > model.log_odds(&calm).0, "{:?}", model.features[place].feature);
    }
    assert!(model.scale.score(model.log_odds(&vec![1.0; calm.len()]).0) < 450);
    assert_eq!([160.0_f64, 40.0, 20.0, 10.0, 5.0, 0.01].map(|odds| model.scale.score(-odds.ln())), [900, 830, 780, 730, 680, 300]);
}

#[test]
fn a_thinner_cushion_an_overdraft_and_no_bills_each_cost_points_and_say_so() {
    let solid = life(1_600_000, |_| {});
    // A year of saving a thousand a month leaves 16,000 − 13,000 at the start.
    let thin = life(1_250_000, |_| {});
    let overdrawn = life(1_000_000, |_| {});
    assert!(solid.score > thin.score && thin.score > overdrawn.score, "{} {} {}", solid.score, thin.score, overdrawn.score);
    assert!(overdrawn.reasons.iter().any(|reason| reason.code == "was_overdrawn"), "{:?}", overdrawn.reasons);
    let cash_only = life(1_600_000, |rows| {
        rows.iter_mut().filter(|row| row.direction == crate::bank::data::Direction::Debit).for_each(|row| row.sub_code = Some("CWDL".into()));
    });
    assert!(cash_only.score < solid.score);
    assert!(cash_only.reasons.iter().any(|reason| reason.code == "few_regular_bills"), "{:?}", cash_only.reasons);
}

#[test]
fn reasons_are_two_to_five_and_the_range_surrounds_the_score() {
    for balance in [-500_000, 0, 900_000, 1_300_000, 5_000_000] {
        let found = life(balance, |_| {});
        assert!((2..=5).contains(&found.reasons.len()), "{:?}", found.reasons);
        assert!(found.detail.low <= found.score && found.score <= found.detail.high);
        assert!(found.detail.encode().is_ok());
    }
}

#[test]
fn money_in_any_unit_scores_the_same() {
    let crowns = life(1_300_000, |_| {});
    let rows = [monthly("2026-11-02", 13, 30_000_000, "EMPLOYER"), monthly("2026-11-09", 13, -20_000_000, "LANDLORD")].concat();
    assert_eq!(Model::shipped().assess(&flow_of(130_000_000, rows), None).unwrap(), crowns);
}

#[test]
fn too_short_a_history_and_no_balance_are_said() {
    let code_of = |snapshot: &crate::bank::data::BankSnapshot| {
        let mut notes = Notes::default();
        let material = Material::prepare(snapshot, read_at()).unwrap();
        assert!(derive(&material, 1_000, None, &mut notes).is_none());
        notes.into_vec()[0].code.clone()
    };
    let short = snapshot(vec![history(AccountKind::Current, "MINE", 1_000, vec![row("2026-10-01", 100_000, "EMPLOYER")])]);
    assert_eq!(code_of(&short), "too_little_history");
    let mut silent = snapshot(vec![history(AccountKind::Current, "MINE", 1_000, monthly("2026-11-02", 13, 300_000, "EMPLOYER"))]);
    silent.accounts[0].balance = None;
    assert_eq!(code_of(&silent), "no_balance");
}

#[test]
fn a_model_file_with_a_negative_coefficient_or_another_definition_is_refused() {
    let shipped = Model::shipped();
    let mut negative = shipped.clone();
    negative.features[0].coefficient = -0.1;
    assert!(matches!(Model::parse(&negative.to_json().unwrap()), Err(model::ModelError::Content(_))));
    let mut other = shipped.clone();
    other.features[0].days += 1;
    assert!(matches!(Model::parse(&other.to_json().unwrap()), Err(model::ModelError::Content(_))));
    let mut narrow = shipped.clone();
    narrow.covariance.pop();
    assert!(Model::parse(&narrow.to_json().unwrap()).is_err());
    assert!(matches!(Model::parse("{}"), Err(model::ModelError::Json(_))));
}

/// With `PASSID_BERKA_DIR` naming the real files; says so and passes when it is not set.
#[test]
fn training_gives_the_shipped_model_and_loans_it_has_not_seen_are_told_apart() {
    let Some(directory) = berka_directory() else { return };
    let examples = berka::examples(&directory).unwrap();
    let trained = train::train(&examples).unwrap();
    let found = validation::validate(&trained, &examples).unwrap();
    println!("{}", report::markdown(&trained, &found));
    assert!(found.auc.0 >= 0.870 && found.brier.0 <= 0.077, "{:?} {:?}", found.auc, found.brier);
    assert!((found.coverage - found.coverage_meant).abs() < 0.03);
    assert!(found.fairness.iter().all(|row| row.adverse_impact_ratio >= fairness::FOUR_FIFTHS), "{:?}", found.fairness);
    // Another processor may round the last digit differently.
    let shipped = Model::shipped();
    assert_eq!(shipped.features.len(), trained.features.len());
    for (one, other) in shipped.features.iter().zip(&trained.features) {
        assert!(one.feature == other.feature && (one.coefficient - other.coefficient).abs() < 1e-6, "{one:?} {other:?}");
    }
    let scored = berka::score(&directory, shipped).unwrap();
    assert!(scored.iter().all(|account| account.assessment.is_ok()));
}
