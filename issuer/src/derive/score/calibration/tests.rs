use jiff::civil::date;

use super::*;

fn maturity() -> Maturity {
    Maturity { as_of: date(2026, 11, 1), days: 365 }
}

/// `count` outcomes granted on `granted`, of which every `every`th went bad, judged at `probability` of staying stable.
fn loans(corridor: &str, granted: Date, count: usize, every: usize, probability: f64) -> Vec<Outcome> {
    (0..count)
        .map(|place| Outcome {
            model_version: Model::shipped().version.clone(),
            corridor: corridor.into(),
            granted_on: granted,
            observed_on: date(2026, 10, 30),
            // The worse half is judged a little worse.
            stable_probability: if place % every < every / 2 { probability - 0.05 } else { probability },
            bad: place % every == 0,
        })
        .collect()
}

fn corrected(proposal: &Proposal, corridor: &str, stable: f64) -> f64 {
    let correction = Correction::choose(&proposal.model.corrections, Some(corridor)).unwrap();
    logistic(correction.apply(log_odds(1.0 - stable)))
}

#[test]
fn young_loans_and_other_models_teach_nothing() {
    let mut outcomes = loans("KE-GB", date(2025, 2, 1), 200, 10, 0.8);
    outcomes.extend(loans("KE-GB", date(2026, 9, 1), 500, 500, 0.8));
    let mut other = loans("KE-GB", date(2025, 2, 1), 50, 2, 0.8);
    for outcome in &mut other {
        outcome.model_version = "another".into();
    }
    outcomes.extend(other);
    // Good so far, but nobody has looked since.
    let mut unwatched = loans("KE-GB", date(2025, 2, 1), 40, 1_000, 0.8);
    unwatched.remove(0);
    for outcome in &mut unwatched {
        outcome.observed_on = date(2025, 3, 1);
    }
    outcomes.extend(unwatched);
    let found = propose(Model::shipped(), "passid_fsi_v1_1", &outcomes, &maturity()).unwrap();
    assert_eq!((found.immature, found.other_models), (539, 50));
    assert_eq!(found.cells, [Cell { cohort: "2025-Q1".into(), corridor: "KE-GB".into(), outcomes: 200, bad: 20, expected: found.cells[0].expected }]);
    // A tenth went bad where about a fifth was expected: all that could be learnt from twenty is the level.
    assert!(matches!(found.model.corrections[0].map, Map::Intercept { shift } if shift < -0.5));
    assert!(found.brier.1 < found.brier.0);
}

#[test]
fn the_method_follows_the_number_of_bad_outcomes_and_each_corridor_its_own() {
    let mut outcomes = loans("KE-GB", date(2025, 2, 1), 1_000, 10, 0.8);
    outcomes.extend(loans("NG-US", date(2025, 5, 1), 2_600, 10, 0.8));
    outcomes.extend(loans("GH-FR", date(2025, 5, 1), 30, 10, 0.8));
    let found = propose(Model::shipped(), "passid_fsi_v1_1", &outcomes, &maturity()).unwrap();
    let method = |corridor: Option<&str>| found.model.corrections.iter().find(|correction| correction.corridor.as_deref() == corridor).map(|found| &found.map);
    assert!(matches!(method(Some("KE-GB")), Some(Map::Platt { slope, .. }) if *slope > 0.0));
    assert!(matches!(method(Some("NG-US")), Some(Map::Isotonic { .. })));
    assert!(method(Some("GH-FR")).is_none(), "three bad outcomes teach nothing of a corridor");
    assert!(matches!(method(None), Some(Map::Isotonic { .. })));
    // A fifth of the worse half went bad, none of the better half.
    assert!((corrected(&found, "NG-US", 0.75) - 0.2).abs() < 0.01, "{}", corrected(&found, "NG-US", 0.75));
    assert!(corrected(&found, "NG-US", 0.8) < 0.01);
    let risks: Vec<f64> = (1..100_u8).map(|percent| corrected(&found, "NG-US", f64::from(percent) / 100.0)).collect();
    assert!(risks.windows(2).all(|pair| pair[0] >= pair[1]), "a safer judgement never becomes a riskier one");
    // What is proposed is a model one can read again.
    assert_eq!(Model::parse(&found.model.to_json().unwrap()).unwrap(), found.model);
}

#[test]
fn too_few_outcomes_and_a_version_in_use_are_refused() {
    let few = loans("KE-GB", date(2025, 2, 1), 90, 10, 0.8);
    assert!(matches!(propose(Model::shipped(), "v2", &few, &maturity()), Err(CalibrationError::TooFew { bad: 9, good: 81 })));
    let same = propose(Model::shipped(), &Model::shipped().version, &few, &maturity());
    assert!(matches!(same, Err(CalibrationError::SameVersion(_))));
}

#[test]
fn only_the_newest_cohorts_with_enough_bad_outcomes_decide() {
    let mut outcomes = loans("KE-GB", date(2025, 8, 1), 2_500, 10, 0.8);
    outcomes.extend(loans("KE-GB", date(2023, 8, 1), 1_000, 2, 0.8));
    let found = propose(Model::shipped(), "v2", &outcomes, &maturity()).unwrap();
    let own = found.model.corrections.iter().find(|correction| correction.corridor.is_some()).unwrap();
    assert_eq!((own.outcomes, own.bad, own.cohorts.clone()), (2_500, 250, ("2025-Q3".into(), "2025-Q3".into())));
    assert_eq!(found.cells.len(), 2, "older cohorts are shown all the same");
}
