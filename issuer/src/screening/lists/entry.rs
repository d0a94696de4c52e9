//! What every publisher's format comes down to.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::screening::qualifiers::Qualifiers;

/// What an entry of a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A person: the only kind that holders are screened against.
    Person,
    /// An organisation, a vessel, an aircraft.
    Other,
}

/// An entry of a list with every name it is known under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedEntry {
    /// The entry's number or reference.
    pub entry: String,
    /// A person or something else.
    pub kind: EntryKind,
    /// Primary name first, then aliases; weak aliases are left out.
    pub names: Vec<String>,
    /// What tells a person from namesakes.
    #[serde(default)]
    pub qualifiers: Qualifiers,
    /// Addresses, each in one line. They are shown to whoever judges a match, and weigh nothing in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

impl ListedEntry {
    /// SHA-256 over everything the entry says, whatever the order in which the publisher wrote it.
    pub fn digest(&self) -> [u8; 32] {
        let mut ordered = self.clone();
        if let Some((_, aliases)) = ordered.names.split_first_mut() {
            aliases.sort();
        }
        ordered.addresses.sort();
        ordered.qualifiers.sort();
        let mut hash = Sha256::new();
        hash.update(b"passid/listed-entry/v1\n");
        // A structure of texts and numbers: it has a form as JSON.
        hash.update(serde_json::to_vec(&ordered).unwrap_or_default());
        hash.finalize().into()
    }
}

/// A list as its publisher wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::screening) struct PublishedList {
    /// Entries of every kind.
    pub(in crate::screening) entries: Vec<ListedEntry>,
    /// When it was published, where the file says so: `2026-02-27`.
    pub(in crate::screening) published: Option<String>,
}

#[cfg(test)]
impl PublishedList {
    /// The persons among the entries.
    pub(in crate::screening) fn persons(&self) -> Vec<&ListedEntry> {
        self.entries.iter().filter(|entry| entry.kind == EntryKind::Person).collect()
    }
}
