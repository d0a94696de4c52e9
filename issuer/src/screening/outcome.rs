//! What a screening says.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use passid_api::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Days after its publication from which a list is too old even if it was loaded today.
const OLDEST_PUBLICATION_DAYS: i32 = 365;

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
    /// When it was published, where that is known: `2026-02-27` or `2026-02`.
    #[serde(default)]
    pub published: Option<String>,
    /// When the operator loaded it, or loaded it again and found it unchanged; nothing for lists outside the store.
    #[serde(default)]
    pub confirmed_at: Option<Timestamp>,
}

impl ListVersion {
    /// Whether the list is too old to call anybody clear: not confirmed for more than `max_age_days`, or published more than a year ago.
    /// An excerpt is made for the sandbox and has no age.
    pub fn is_too_old(&self, now: Timestamp, max_age_days: u32) -> bool {
        let unconfirmed = self.confirmed_at.is_some_and(|at| now.seconds_since(at) > i64::from(max_age_days) * 86_400);
        !self.excerpt && (unconfirmed || self.days_since_publication(now).is_some_and(|days| days > OLDEST_PUBLICATION_DAYS))
    }

    fn days_since_publication(&self, now: Timestamp) -> Option<i32> {
        let text = self.published.as_deref()?;
        let published: Date = text.parse().or_else(|_| format!("{text}-01").parse()).ok()?;
        let today = jiff::Timestamp::from_second(now.seconds()).ok()?.to_zoned(TimeZone::UTC).date();
        Some(published.until(today).ok()?.get_days())
    }
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
    /// Digest of all the entry says: what an operator has cleared holds until this changes.
    #[serde(default)]
    pub entry_digest: [u8; 32],
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
    /// The number of the lists' version in the store; 0 for lists outside it.
    pub number: i64,
    /// Names of lists that are too old; filled in by whoever knows the time.
    pub too_old: Vec<String>,
}

impl ScreeningOutcome {
    /// Screened against at least one list and none that is too old, and nothing found.
    pub fn is_clear(&self) -> bool {
        !self.lists.is_empty() && self.too_old.is_empty() && self.hits.is_empty()
    }

    /// Says which lists are too old at this time.
    #[must_use]
    pub fn at(mut self, now: Timestamp, max_age_days: u32) -> Self {
        self.too_old = self.lists.iter().filter(|list| list.is_too_old(now, max_age_days)).map(|list| list.name.clone()).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_too_old_by_its_confirmation_or_its_publication_and_an_excerpt_never() {
        let now: Timestamp = "2026-03-17T14:02:11Z".parse().unwrap();
        let list = |published: Option<&str>, days: Option<i64>, excerpt| ListVersion {
            name: "LIST".into(),
            version: "1".into(),
            entries: 1,
            excerpt,
            published: published.map(str::to_owned),
            confirmed_at: days.map(|days| now.plus_seconds(-days * 86_400)),
        };
        for (published, days, excerpt, too_old) in [
            (None, None, false, false),
            (None, Some(14), false, false),
            (None, Some(15), false, true),
            (None, Some(15), true, false),
            (Some("2025-03-17"), Some(0), false, false),
            (Some("2025-03-16"), Some(0), false, true),
            (Some("2024-06"), None, false, true),
            (Some("2024-06-27"), None, true, false),
            (Some("last summer"), Some(1), false, false),
        ] {
            assert_eq!(list(published, days, excerpt).is_too_old(now, 14), too_old, "{published:?}, {days:?} days, excerpt {excerpt}");
        }
    }
}
