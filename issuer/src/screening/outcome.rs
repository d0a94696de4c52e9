//! What a screening says.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A list that was screened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListVersion {
    /// Its name, for example `OFAC SDN`.
    pub name: String,
    /// Its version: the publication date where known, and the beginning of the content's SHA-256.
    pub version: String,
    /// Entries of the list.
    pub entries: u64,
    /// Whether it is a part of the published list, as shipped with the sandbox.
    pub excerpt: bool,
}

/// `OFAC SDN 2024-06-27 (excerpt) sha256:0123456789ab`.
impl fmt::Display for ListVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{} {}", self.name, if self.excerpt { " (excerpt)" } else { "" }, self.version)
    }
}

/// A list entry the name resembles at least as much as the threshold.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The list.
    pub list: String,
    /// The entry's number in the list.
    pub entry: String,
    /// The name or alias that matched; public, from the list.
    pub matched_name: String,
    /// Similarity of the names, less what speaks against the same person, 0 to 1.
    pub score: f64,
    /// The version of the list.
    #[serde(default)]
    pub version: String,
    /// How much speaks for the same person.
    #[serde(default)]
    pub grade: Grade,
    /// Why, in plain words.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// How much evidence a hit rests on. A score alone cannot tell: many people bear the same name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The name alone, not quite as listed, or something speaks against.
    #[default]
    Weak,
    /// The name as listed, or nearly so with a qualifier that agrees.
    Medium,
    /// The name and the birth date agree, and nothing speaks against.
    Strong,
}

/// A hit says that a holder is perhaps on a list: who may see that decides the caller.
impl fmt::Debug for Hit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hit({}, redacted)", self.list)
    }
}

/// Which lists were screened and what was found. No lists means nothing was screened, which is not clear.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScreeningOutcome {
    /// The lists, each with its version.
    pub lists: Vec<ListVersion>,
    /// What was found, best first.
    pub hits: Vec<Hit>,
}

impl ScreeningOutcome {
    /// Screened against at least one list, and nothing found.
    pub fn is_clear(&self) -> bool {
        !self.lists.is_empty() && self.hits.is_empty()
    }
}
