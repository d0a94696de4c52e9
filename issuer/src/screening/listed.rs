//! What every publisher's format comes down to.

use super::qualifiers::Qualifiers;

/// A person of a list with every name under which they are screened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedPerson {
    /// The entry's number or reference.
    pub(super) entry: String,
    /// Primary name first, then aliases.
    pub(super) names: Vec<String>,
    /// What tells the person from namesakes.
    pub(super) qualifiers: Qualifiers,
}

/// A list as its publisher wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PublishedList {
    /// The individuals.
    pub(super) persons: Vec<ListedPerson>,
    /// Entries of every kind.
    pub(super) entries: u64,
    /// When it was published, where the file says so.
    pub(super) published: Option<String>,
}
