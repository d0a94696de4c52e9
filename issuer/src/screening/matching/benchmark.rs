//! Measured on labelled name pairs.
//!
//! With `PASSID_SANCTIONS_DIR` naming a directory that holds `benchmarks/name_pairs.csv`; says so and passes when it is not set.

use std::path::PathBuf;

use super::*;

pub(in crate::screening) fn directory() -> Option<PathBuf> {
    let directory = std::env::var_os("PASSID_SANCTIONS_DIR").map(PathBuf::from);
    if directory.is_none() {
        println!("skipped: PASSID_SANCTIONS_DIR is not set");
    }
    directory
}

#[test]
fn labelled_pairs_are_told_apart() {
    let Some(directory) = directory() else { return };
    let mut reader = csv::Reader::from_path(directory.join("benchmarks/name_pairs.csv")).unwrap();
    let pairs: Vec<(f64, bool)> = reader.records().map(|row| row.unwrap()).map(|row| (name_similarity(&row[2], &row[3]), &row[4] == "true")).collect();
    let f1 = |threshold: f64| {
        let count = |above: bool, same: bool| pairs.iter().filter(|(score, label)| (*score >= threshold) == above && *label == same).count();
        let (right, wrong, missed) = (count(true, true), count(true, false), count(false, true));
        let share = |part: usize, whole: usize| f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap());
        (share(2 * right, 2 * right + wrong + missed), share(right, right + wrong), share(right, right + missed))
    };
    for percent in (60..=90).step_by(2) {
        println!("threshold 0.{percent}: F1, precision, recall {:.3?}", f1(f64::from(percent) / 100.0));
    }
    let (found, precision, recall) = f1(PAIR_THRESHOLD);
    println!("{} pairs at {PAIR_THRESHOLD}: F1 {found:.3}, precision {precision:.3}, recall {recall:.3}", pairs.len());
    assert!(found >= 0.80);
}
