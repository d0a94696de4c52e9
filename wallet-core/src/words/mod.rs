//! Everything a person reads: a key with parameters, and the English sentence.
//!
//! [`Language`] says a sentence in another language; an app may also look the key up in a table of its own. What neither has is shown in
//! English. The wallet itself never shows anything.

mod claims;
mod french;
mod language;
mod name;

use std::collections::BTreeMap;

use serde::Serialize;

pub(crate) use self::claims::{always_disclosed, permission, predicate};
pub use self::language::Language;
pub(crate) use self::name::displayable;

/// A sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    /// Stable name of the sentence, such as `predicate.at_least`.
    pub key: String,
    /// What stands in the sentence's gaps.
    pub parameters: BTreeMap<String, String>,
    /// The sentence in English.
    pub english: String,
}

impl Text {
    /// The sentence `key`, whose English form has gaps such as `{amount}`.
    pub(crate) fn new(key: impl Into<String>, english: &str, parameters: &[(&str, String)]) -> Self {
        let mut sentence = english.to_owned();
        for (name, value) in parameters {
            sentence = sentence.replace(&format!("{{{name}}}"), value);
        }
        let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { key: key.into(), parameters, english: sentence }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.english)
    }
}
