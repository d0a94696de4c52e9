//! What differs between two editions of a list.

use std::collections::BTreeMap;

use serde::Serialize;

use super::entry::ListedEntry;

/// An entry that was added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedEntry {
    /// Its number or reference.
    pub entry: String,
    /// Its primary name; empty for an entry that only has weak names.
    pub name: String,
}

/// Entries by what became of them, each in the order of their numbers as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// In the new edition only.
    pub added: Vec<ChangedEntry>,
    /// In both, saying something else: a name, an alias, a birth date, a nationality, a gender, an address.
    pub changed: Vec<ChangedEntry>,
    /// In the old edition only.
    pub removed: Vec<ChangedEntry>,
}

impl Changes {
    /// Compares two editions of one list. The order in which a publisher writes entries and aliases is no change.
    pub fn between(before: &[ListedEntry], after: &[ListedEntry]) -> Self {
        let (before, after) = (by_number(before), by_number(after));
        let of = |entries: &[&ListedEntry]| ChangedEntry {
            entry: entries.first().map(|entry| entry.entry.clone()).unwrap_or_default(),
            name: entries.iter().find_map(|entry| entry.names.first()).cloned().unwrap_or_default(),
        };
        let mut changes = Self::default();
        for (number, entries) in &after {
            match before.get(number) {
                None => changes.added.push(of(entries)),
                Some(old) if digests(old) != digests(entries) => changes.changed.push(of(entries)),
                Some(_) => {}
            }
        }
        changes.removed = before.iter().filter(|(number, _)| !after.contains_key(*number)).map(|(_, entries)| of(entries)).collect();
        changes
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// A publisher may use a number twice; what stands under it is compared together.
fn by_number(entries: &[ListedEntry]) -> BTreeMap<&str, Vec<&ListedEntry>> {
    let mut by_number: BTreeMap<&str, Vec<&ListedEntry>> = BTreeMap::new();
    for entry in entries {
        by_number.entry(&entry.entry).or_default().push(entry);
    }
    by_number
}

fn digests(entries: &[&ListedEntry]) -> Vec<[u8; 32]> {
    let mut digests: Vec<[u8; 32]> = entries.iter().map(|entry| entry.digest()).collect();
    digests.sort_unstable();
    digests
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screening::lists::entry::EntryKind;
    use crate::screening::qualifiers::{Birth, Qualifiers};

    fn entry(number: &str, names: &[&str], births: &[&str]) -> ListedEntry {
        ListedEntry {
            entry: number.to_owned(),
            kind: EntryKind::Person,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            qualifiers: Qualifiers { births: births.iter().filter_map(|text| Birth::parse(text)).collect(), ..Qualifiers::default() },
            addresses: vec![],
        }
    }

    fn numbers(entries: &[ChangedEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.entry.as_str()).collect()
    }

    #[test]
    fn what_was_added_changed_and_removed_is_told_apart_and_order_is_no_change() {
        let before = [
            entry("1", &["A", "B", "C"], &["1960", "1961"]),
            entry("2", &["D"], &[]),
            entry("3", &["E"], &["1970"]),
            entry("4", &["F", "G"], &[]),
            entry("9", &["Twice"], &[]),
            entry("9", &["Another"], &[]),
        ];
        let after = [
            entry("9", &["Another"], &[]),
            entry("9", &["Twice"], &[]),
            entry("5", &["H"], &[]),
            entry("4", &["G", "F"], &[]),
            entry("3", &["E"], &["1971"]),
            entry("1", &["A", "C", "B"], &["1961", "1960"]),
        ];
        let changes = Changes::between(&before, &after);
        assert_eq!(numbers(&changes.added), ["5"]);
        assert_eq!(numbers(&changes.changed), ["3", "4"], "another birth date, another primary name");
        assert_eq!(changes.removed, [ChangedEntry { entry: "2".into(), name: "D".into() }]);
        assert!(Changes::between(&before, &before).is_empty());
    }
}
