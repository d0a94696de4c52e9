//! Measured on whole lists: how many misspelt names are found again, how many innocents are flagged, how long it takes.
//!
//! With `PASSID_SANCTIONS_DIR` naming a directory with `ofac`, `un`, `eu` and `benchmarks`; says so and passes when it is not set.

use std::path::Path;

use super::super::matching::benchmark::directory;
use super::*;
use crate::screening::qualifiers::{Birth, Gender, country_code};

fn names(directory: &Path, file: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(directory.join("benchmarks").join(file)).unwrap();
    reader.records().map(|row| row.unwrap()[0].to_owned()).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    f64::from(u32::try_from(part).unwrap()) / f64::from(u32::try_from(whole).unwrap())
}

#[test]
fn misspelt_names_are_found_and_few_innocents_flagged() {
    let Some(directory) = directory() else { return };
    let screener = Screener::from_directory(&directory).unwrap();
    let lists = screener.lists();
    assert_eq!(lists.versions.len(), 4);
    println!("{} names of {} lists", lists.names.len(), lists.versions.len());
    let flagged = |file: &str| {
        let names = names(&directory, file);
        let began = std::time::Instant::now();
        let hits = names.iter().filter(|name| !screener.screen(name).hits.is_empty()).count();
        println!("{file}: {hits} of {} at {THRESHOLD}, {:.0} screenings a second", names.len(), share(names.len(), 1) / began.elapsed().as_secs_f64());
        share(hits, names.len())
    };
    assert!(flagged("positives_clean.csv") >= 0.999);
    assert!(flagged("positives_mangled.csv") >= 0.99);
    // By name alone, without birth date or nationality.
    assert!(flagged("negatives_us.csv") <= 0.01);
    assert!(flagged("negatives_global.csv") <= 0.01);
}

/// Everybody of a benchmark file, with birth date, nationality and gender where it has them.
fn people(directory: &Path, file: &str) -> Vec<(String, Qualifiers)> {
    let mut reader = csv::Reader::from_path(directory.join("benchmarks").join(file)).unwrap();
    let person = |row: csv::StringRecord| {
        let qualifiers = Qualifiers {
            births: Birth::parse(&row[5]).into_iter().collect(),
            nationalities: country_code(&row[7]).into_iter().collect(),
            gender: Gender::parse(&row[4]),
        };
        (row[0].to_owned(), qualifiers)
    };
    reader.records().map(|row| person(row.unwrap())).collect()
}

#[test]
fn with_birth_date_and_nationality_the_listed_are_found_and_innocents_are_not() {
    let Some(directory) = directory() else { return };
    let screener = Screener::from_directory(&directory).unwrap();
    let flagged = |file: &str| {
        let people = people(&directory, file);
        let hits = people.iter().filter(|(name, known)| !screener.screen_person(name, known).hits.is_empty()).count();
        println!("{file} with qualifiers: {hits} of {}", people.len());
        share(hits, people.len())
    };
    assert!(flagged("positives_mangled.csv") >= 0.99);
    assert!(flagged("negatives_us.csv") <= 0.002);
    assert!(flagged("negatives_global.csv") <= 0.002);
}

#[test]
fn the_index_loses_nothing_a_full_scan_finds() {
    let Some(directory) = directory() else { return };
    let lists = LoadedLists::of(0, lists::read(&directory).unwrap());
    for name in names(&directory, "positives_mangled.csv").iter().step_by(30) {
        let key = NameKey::of(name).unwrap();
        let scanned: Vec<usize> = (0..lists.names.len()).filter(|position| similarity(&key, &lists.names[*position].key) >= THRESHOLD).collect();
        let candidates = lists.index.candidates(&key);
        println!("{} found, {} of {} compared", scanned.len(), candidates.len(), lists.names.len());
        assert!(scanned.iter().all(|position| candidates.contains(position)), "{name}");
    }
}
