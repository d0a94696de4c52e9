//! Who is screened: all names a person is known under here, and what tells them from namesakes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::qualifiers::Qualifiers;

/// A person to screen.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The declared name first, then those the person's banks have, each once.
    pub names: Vec<String>,
    /// What they declared besides.
    #[serde(default)]
    pub qualifiers: Qualifiers,
}

impl Person {
    /// A person with the name they declared.
    pub fn named(name: &str, qualifiers: Qualifiers) -> Self {
        Self { names: vec![name.to_owned()], qualifiers }
    }

    /// Adds a name they are known under, unless it is there.
    pub fn add_name(&mut self, name: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }

    /// Adds what was known before. The qualifiers of a person who comes back under a match are those of the first time: whoever could
    /// declare another birth date then could declare a match away.
    pub fn add_earlier(&mut self, earlier: &Self) {
        for name in &earlier.names {
            self.add_name(name);
        }
        self.qualifiers = earlier.qualifiers.clone();
    }

    /// All of it in one order, for comparing with another time.
    #[must_use]
    pub fn ordered(&self) -> Self {
        let mut ordered = self.clone();
        ordered.names.sort();
        ordered.qualifiers.sort();
        ordered
    }
}

/// Personal data: nothing of it belongs into a log.
impl fmt::Debug for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Person({} names, redacted)", self.names.len())
    }
}
