//! Lists in memory, ready to be compared with.

use std::sync::Arc;

use super::lists::FoundList;
use super::lists::entry::EntryKind;
use super::matching::index::NameIndex;
use super::matching::name::NameKey;
use super::outcome::ListVersion;
use super::qualifiers::Qualifiers;

/// What all names of a listed person share.
#[derive(Debug)]
pub(super) struct ListedPerson {
    /// Position of its list in [`LoadedLists::versions`].
    pub(super) list: usize,
    /// The entry's number.
    pub(super) entry: String,
    /// Digest of all the entry says.
    pub(super) digest: [u8; 32],
    /// What tells the person from namesakes.
    pub(super) qualifiers: Qualifiers,
}

/// One name of one listed person.
#[derive(Debug)]
pub(super) struct ListedName {
    /// Whose name it is.
    pub(super) person: Arc<ListedPerson>,
    /// The name as the list has it.
    pub(super) name: String,
    /// The name as it is compared.
    pub(super) key: NameKey,
}

/// Every list in force.
#[derive(Debug, Default)]
pub(super) struct LoadedLists {
    /// The number of the version in the store; 0 for lists that were never in one.
    pub(super) number: i64,
    /// What was loaded.
    pub(super) versions: Vec<ListVersion>,
    /// Every name of every person.
    pub(super) names: Vec<ListedName>,
    /// Which of them are worth comparing.
    pub(super) index: NameIndex,
}

impl LoadedLists {
    /// Prepares lists for comparison. Only persons are compared: holders are persons.
    pub(super) fn of(number: i64, lists: Vec<FoundList>) -> Self {
        let mut loaded = Self { number, ..Self::default() };
        for (list, found) in lists.into_iter().enumerate() {
            loaded.versions.push(found.version);
            for entry in found.entries.into_iter().filter(|entry| entry.kind == EntryKind::Person) {
                let digest = entry.digest();
                let person = Arc::new(ListedPerson { list, entry: entry.entry, digest, qualifiers: entry.qualifiers });
                let names = entry.names.into_iter().filter_map(|name| NameKey::of(&name).map(|key| (name, key)));
                loaded.names.extend(names.map(|(name, key)| ListedName { person: Arc::clone(&person), name, key }));
            }
        }
        loaded.index = NameIndex::over(loaded.names.iter().map(|listed| &listed.key));
        loaded
    }
}
