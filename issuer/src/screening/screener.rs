//! The lists in force, and the way to newer ones.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use passid_api::time::Timestamp;

use super::error::ScreeningError;
use super::lists::{self, FoundList};
use super::loaded::{ListedName, LoadedLists};
use super::matching::name::NameKey;
use super::matching::{THRESHOLD, similarity};
use super::outcome::{Grade, Hit, ListVersion, ScreeningOutcome};
use super::person::Person;
use super::qualifiers::{Agreement, Comparison, Qualifiers};

/// What a birth date that differs takes from the score, one that is only near, another nationality, another gender.
const OTHER_BIRTH: f64 = 0.25;
const NEAR_BIRTH: f64 = 0.03;
const OTHER_NATIONALITY: f64 = 0.06;
const OTHER_GENDER: f64 = 0.2;
/// Name score from which a name counts as the listed one.
const SAME_NAME: f64 = 0.97;

/// Screens names against the lists in force; cheap to share.
#[derive(Debug, Default)]
pub struct Screener {
    lists: RwLock<Arc<LoadedLists>>,
}

impl Screener {
    /// Without lists: every outcome says that nothing was screened.
    pub fn without_lists() -> Self {
        Self::default()
    }

    /// With the lists found in `directory`.
    ///
    /// # Errors
    /// [`ScreeningError`] when none is there or one does not load completely.
    pub fn from_directory(directory: &Path) -> Result<Self, ScreeningError> {
        let screener = Self::default();
        screener.reload(directory)?;
        Ok(screener)
    }

    /// Replaces the lists in force by those in `directory`, all or none.
    ///
    /// # Errors
    /// [`ScreeningError`]; the previous lists stay in force.
    pub fn reload(&self, directory: &Path) -> Result<Vec<ListVersion>, ScreeningError> {
        let lists = lists::read(directory)?;
        let versions = lists.iter().map(|list| list.version.clone()).collect();
        self.replace(0, lists);
        Ok(versions)
    }

    /// Puts these lists in force, under their number in the store. Screenings under way end with those they began with.
    pub fn replace(&self, number: i64, lists: Vec<FoundList>) {
        let loaded = Arc::new(LoadedLists::of(number, lists));
        *self.lists.write().unwrap_or_else(PoisonError::into_inner) = loaded;
    }

    /// Says when the lists in force were confirmed last; nothing happens when they are others by now.
    pub fn confirm(&self, number: i64, confirmed_at: Timestamp) {
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        // Nobody else holds them but screenings under way, for a moment; then the next round confirms.
        if let Some(lists) = Arc::get_mut(&mut lists).filter(|lists| lists.number == number) {
            for version in &mut lists.versions {
                version.confirmed_at = Some(confirmed_at);
            }
        }
    }

    /// The number of the lists in force in the store, 0 for lists outside it, and when they were confirmed.
    pub fn in_force(&self) -> (i64, Option<Timestamp>) {
        let lists = self.lists();
        (lists.number, lists.versions.iter().find_map(|version| version.confirmed_at))
    }

    fn lists(&self) -> Arc<LoadedLists> {
        Arc::clone(&self.lists.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Screens a person under every name they are known by: each entry once, with the best of its hits, best first.
    ///
    /// Without a name that has letters nothing was screened, and the outcome names no list.
    pub fn screen_all_names(&self, person: &Person) -> ScreeningOutcome {
        let mut all = ScreeningOutcome::default();
        for name in &person.names {
            let found = self.screen_person(name, &person.qualifiers);
            if !found.lists.is_empty() {
                (all.lists, all.number) = (found.lists, found.number);
            }
            for hit in found.hits {
                match all.hits.iter_mut().find(|known| (&known.list, &known.entry) == (&hit.list, &hit.entry)) {
                    Some(known) if known.score >= hit.score => {}
                    Some(known) => *known = hit,
                    None => all.hits.push(hit),
                }
            }
        }
        all.hits.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.entry.cmp(&other.entry)));
        all
    }

    /// Screens one person's name: every listed person whose name or alias is at least [`THRESHOLD`] alike, best first, each once.
    ///
    /// A name without letters cannot be screened; its outcome names no list, so it is not clear.
    pub fn screen(&self, name: &str) -> ScreeningOutcome {
        self.screen_person(name, &Qualifiers::default())
    }

    /// As [`Screener::screen`], with what is known of the person: a birth date, nationality or gender that differs from the entry's takes
    /// from the score, and what falls below [`THRESHOLD`] by that is no hit.
    pub fn screen_person(&self, name: &str, person: &Qualifiers) -> ScreeningOutcome {
        let lists = self.lists();
        let Some(key) = NameKey::of(name) else { return ScreeningOutcome::default() };
        let candidates = lists.index.candidates(&key);
        compare(&lists, &key, person, candidates.into_iter().filter_map(|position| lists.names.get(position)))
    }

    /// As [`Screener::screen_person`], comparing with every name: what the index is measured against.
    pub(super) fn scan_person(&self, name: &str, person: &Qualifiers) -> ScreeningOutcome {
        let lists = self.lists();
        NameKey::of(name).map_or_else(ScreeningOutcome::default, |key| compare(&lists, &key, person, lists.names.iter()))
    }

    /// How many names are compared with.
    pub(super) fn names(&self) -> usize {
        self.lists().names.len()
    }

    /// One in `every` of the listed names.
    pub(super) fn sample(&self, every: usize) -> Vec<String> {
        self.lists().names.iter().step_by(every.max(1)).map(|listed| listed.name.clone()).collect()
    }
}

/// Compares a person with these names.
fn compare<'l>(lists: &'l LoadedLists, key: &NameKey, person: &Qualifiers, names: impl Iterator<Item = &'l ListedName>) -> ScreeningOutcome {
    let mut best: HashMap<(usize, &str), Hit> = HashMap::new();
    for listed in names {
        let entry = &listed.person;
        let compared = person.compare(&entry.qualifiers);
        let against = against(compared);
        // Where the same name would not be enough, the names need not be compared.
        if 1.0 - against < THRESHOLD {
            continue;
        }
        let alike = similarity(key, &listed.key);
        let score = (alike - against).max(0.0);
        if score < THRESHOLD {
            continue;
        }
        let known = best.get(&(entry.list, entry.entry.as_str())).is_some_and(|hit| hit.score >= score);
        if let (false, Some(version)) = (known, lists.versions.get(entry.list)) {
            let hit = Hit {
                list: version.name.clone(),
                entry: entry.entry.clone(),
                matched_name: listed.name.clone(),
                score,
                version: version.version.clone(),
                grade: grade(alike, compared),
                reasons: reasons(alike, compared),
                entry_digest: entry.digest,
            };
            best.insert((entry.list, &entry.entry), hit);
        }
    }
    let mut hits: Vec<Hit> = best.into_values().collect();
    hits.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.entry.cmp(&other.entry)));
    ScreeningOutcome { lists: lists.versions.clone(), hits, number: lists.number, too_old: Vec::new() }
}

/// What speaks against the same person.
fn against(compared: Comparison) -> f64 {
    let birth = match compared.birth {
        Agreement::Differs => OTHER_BIRTH,
        Agreement::Near => NEAR_BIRTH,
        Agreement::Agrees | Agreement::Unknown => 0.0,
    };
    let differs = |agreement, cost| if agreement == Agreement::Differs { cost } else { 0.0 };
    birth + differs(compared.nationality, OTHER_NATIONALITY) + differs(compared.gender, OTHER_GENDER)
}

fn grade(alike: f64, compared: Comparison) -> Grade {
    let all = [compared.birth, compared.nationality, compared.gender];
    let against = all.contains(&Agreement::Differs);
    let speaks_for = compared.birth == Agreement::Agrees || compared.nationality == Agreement::Agrees;
    match (against, alike >= SAME_NAME) {
        (false, _) if compared.birth == Agreement::Agrees => Grade::Strong,
        (false, true) => Grade::Medium,
        (false, false) if speaks_for => Grade::Medium,
        _ => Grade::Weak,
    }
}

fn reasons(alike: f64, compared: Comparison) -> Vec<String> {
    let name = if alike >= SAME_NAME { "the name is the listed one" } else { "the name resembles the listed one" };
    let say = |what: &str, agreement: Agreement| match agreement {
        Agreement::Unknown => None,
        Agreement::Agrees => Some(format!("{what} agrees")),
        Agreement::Near => Some(format!("{what} is near")),
        Agreement::Differs => Some(format!("{what} differs")),
    };
    let qualifiers = [say("birth date", compared.birth), say("nationality", compared.nationality), say("gender", compared.gender)];
    std::iter::once(name.to_owned()).chain(qualifiers.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        crate::sandbox::write_sanctions_excerpt(directory.path()).unwrap();
        directory
    }

    #[test]
    fn the_shipped_excerpt_loads_says_what_it_is_and_finds_its_own() {
        let directory = excerpt();
        let screener = Screener::from_directory(directory.path()).unwrap();
        let outcome = screener.screen("Amara Osei");
        assert!(outcome.is_clear());
        assert!(outcome.lists[0].excerpt && outcome.lists[0].entries == 50);
        assert!(outcome.lists[0].to_string().starts_with("OFAC SDN (excerpt) 2024-06-27 sha256:"));
        for listed in &screener.lists().names {
            let outcome = screener.screen(&listed.name);
            assert!(outcome.hits.iter().any(|hit| hit.entry == listed.person.entry && hit.score > 0.999), "{}", listed.name);
        }
    }

    #[test]
    fn the_sandboxs_customers_are_clear() {
        let directory = excerpt();
        let screener = Screener::from_directory(directory.path()).unwrap();
        for name in ["Amara Osei", "Tobenna Eze", "Tobenna Chukwuemeka Eze", "Efua Mensah", "Efua Mensa"] {
            assert!(screener.screen(name).is_clear(), "{name}");
        }
    }

    #[test]
    fn nothing_loaded_and_nothing_to_compare_are_not_clear() {
        assert!(!Screener::without_lists().screen("Amara Osei").is_clear());
        let directory = excerpt();
        assert!(!Screener::from_directory(directory.path()).unwrap().screen("?!").is_clear());
    }

    #[test]
    fn a_bad_list_leaves_the_previous_one_in_force() {
        let directory = excerpt();
        let screener = Screener::from_directory(directory.path()).unwrap();
        let before = screener.screen("Amara Osei").lists;
        let whole = std::fs::read(directory.path().join("sdn.csv")).unwrap();
        std::fs::write(directory.path().join("sdn.csv"), &whole[..whole.len() / 2 - 7]).unwrap();
        assert!(matches!(screener.reload(directory.path()), Err(ScreeningError::BadList { .. })));
        std::fs::remove_file(directory.path().join("sdn.csv")).unwrap();
        assert!(matches!(screener.reload(directory.path()), Err(ScreeningError::NothingFound(_))));
        assert!(matches!(screener.reload(&directory.path().join("absent")), Err(ScreeningError::Unreadable { .. })));
        assert_eq!(screener.screen("Amara Osei").lists, before);
    }
}

#[cfg(test)]
mod benchmark;
