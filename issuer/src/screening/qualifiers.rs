//! What tells namesakes apart: birth date, nationality, gender. A qualifier counts only where both sides have it.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// ISO 3166-1 codes with the names that lists and forms use, one country a line.
const COUNTRIES: &str = include_str!("countries.txt");

static CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let of_line = |line: &'static str| {
        let code = line.split('|').next().unwrap_or_default();
        line.split('|').map(move |name| (plain(name), code))
    };
    COUNTRIES.lines().flat_map(of_line).collect()
});

/// A gender as lists write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// When somebody was born, as well as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Birth {
    /// First and last possible year.
    years: (i16, i16),
    /// Month and day, when the date is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<(i8, i8)>,
    /// Whether the source says "about".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    circa: bool,
}

/// What is known of a person besides the name. Nothing known is the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualifiers {
    /// Possible birth dates; a list may know several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub births: Vec<Birth>,
    /// Countries of nationality, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "known_countries")]
    pub nationalities: Vec<&'static str>,
    /// Gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
}

/// Whether two sides agree on a qualifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// One side does not say.
    Unknown,
    /// They agree.
    Agrees,
    /// They are near: a birth day of the same or the next year.
    Near,
    /// They differ.
    Differs,
}

/// What each qualifier says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Birth dates.
    pub birth: Agreement,
    /// Nationalities.
    pub nationality: Agreement,
    /// Genders.
    pub gender: Agreement,
}

impl Birth {
    /// Reads `1965`, `1965-07`, `1965-07-21`, `21 Jul 1965`, `Jul 1965`, `circa 1965`, `1965 to 1968`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.');
        let (circa, text) = text.strip_prefix("circa ").map_or((false, text), |rest| (true, rest.trim()));
        if let Some((from, to)) = text.split_once(" to ") {
            let (from, to) = (Self::parse(from)?, Self::parse(to)?);
            return Some(Self { years: (from.years.0.min(to.years.0), from.years.1.max(to.years.1)), day: None, circa });
        }
        let parts: Vec<&str> = text.split(['-', ' ', '/']).filter(|part| !part.is_empty()).collect();
        let (year, day) = match parts.as_slice() {
            [year] | [year, _] | [_, year] if year.len() == 4 => (year.parse().ok()?, None),
            [year, month, day] if year.len() == 4 => (year.parse().ok()?, Some((month.parse().ok()?, day.get(..2).unwrap_or(day).parse().ok()?))),
            [day, month, year] if year.len() == 4 => (year.parse().ok()?, month_of(month).zip(day.parse().ok())),
            _ => return None,
        };
        (1000..=2999).contains(&year).then_some(Self { years: (year, year), day, circa })
    }

    /// Reads an exact day that there is, `1965-07-21`, between 1900 and 2999.
    pub fn day(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == 10)?;
        (1900..=2999).contains(&date.year()).then(|| Self { years: (date.year(), date.year()), day: Some((date.month(), date.day())), circa: false })
    }

    /// Between two years, both included.
    pub fn between(from: i16, to: i16) -> Self {
        Self { years: (from.min(to), from.max(to)), day: None, circa: false }
    }

    /// The same, said to be about then.
    #[must_use]
    pub fn about(self) -> Self {
        Self { circa: true, ..self }
    }

    fn compare(self, other: Self) -> Agreement {
        let tolerance = if self.circa || other.circa { 3 } else { 0 };
        let apart = (self.years.0 - other.years.1).max(other.years.0 - self.years.1).max(0);
        match (apart, self.day, other.day) {
            (0, Some(one), Some(other)) if one != other => Agreement::Near,
            (apart, ..) if apart <= tolerance => Agreement::Agrees,
            (1, ..) => Agreement::Near,
            _ => Agreement::Differs,
        }
    }
}

impl Gender {
    /// Reads `male`, `M`, `Female`, …
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "f" | "female" | "woman" => Some(Self::Female),
            "m" | "male" | "man" => Some(Self::Male),
            _ => None,
        }
    }
}

impl Qualifiers {
    /// Brings what has no order of its own into one.
    pub(super) fn sort(&mut self) {
        self.births.sort();
        self.births.dedup();
        self.nationalities.sort_unstable();
        self.nationalities.dedup();
    }

    /// Compares what both sides know.
    pub fn compare(&self, listed: &Self) -> Comparison {
        let births = self.births.iter().flat_map(|one| listed.births.iter().map(|other| one.compare(*other)));
        let best = births.fold(Agreement::Unknown, |best, found| match (best, found) {
            (Agreement::Agrees, _) | (_, Agreement::Agrees) => Agreement::Agrees,
            (Agreement::Near, _) | (_, Agreement::Near) => Agreement::Near,
            _ => Agreement::Differs,
        });
        let known = |says: bool, agrees: bool| match (says, agrees) {
            (false, _) => Agreement::Unknown,
            (true, true) => Agreement::Agrees,
            (true, false) => Agreement::Differs,
        };
        Comparison {
            birth: best,
            nationality: known(
                !self.nationalities.is_empty() && !listed.nationalities.is_empty(),
                self.nationalities.iter().any(|code| listed.nationalities.contains(code)),
            ),
            gender: known(self.gender.is_some() && listed.gender.is_some(), self.gender == listed.gender),
        }
    }
}

/// Codes as they were written down; one that is no longer known is left out.
fn known_countries<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<&'static str>, D::Error> {
    let codes = Vec::<String>::deserialize(deserializer)?;
    Ok(codes.iter().filter_map(|code| country_code(code)).collect())
}

/// The code of a country by code or name; `None` when it is not known.
pub fn country_code(text: &str) -> Option<&'static str> {
    CODES.get(&plain(text)).copied()
}

/// Lower case letters without accents, punctuation and articles.
fn plain(text: &str) -> String {
    let latin = any_ascii::any_ascii(text).to_lowercase();
    latin.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty() && *word != "the").collect::<Vec<_>>().join(" ")
}

fn month_of(text: &str) -> Option<i8> {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.to_lowercase();
    months.iter().position(|month| text.starts_with(month)).and_then(|position| i8::try_from(position + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(one: &str, other: &str) -> Agreement {
        Birth::parse(one).unwrap().compare(Birth::parse(other).unwrap())
    }

    #[test]
    fn birth_dates_agree_as_far_as_they_are_known() {
        assert_eq!(agreement("1965-07-21", "21 Jul 1965"), Agreement::Agrees);
        assert_eq!(agreement("1965-07-21", "1965"), Agreement::Agrees);
        assert_eq!(agreement("1965-07-21", "1965-07-12"), Agreement::Near);
        assert_eq!(agreement("1965-07-21", "Jan 1966"), Agreement::Near);
        assert_eq!(agreement("1965-07-21", "1967"), Agreement::Differs);
        assert_eq!(agreement("1965-07-21", "circa 1967"), Agreement::Agrees);
        assert_eq!(agreement("1965-07-21", "1960 to 1966"), Agreement::Agrees);
        for nonsense in ["", "soon", "21", "99-99", "12 Foo"] {
            assert_eq!(Birth::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn countries_are_known_by_code_and_by_the_names_lists_use() {
        for (text, code) in [("af", "AF"), ("Iran (Islamic Republic of)", "IR"), ("Korea, North", "KP"), ("Russia", "RU"), ("Türkiye", "TR"), ("Syria", "SY")]
        {
            assert_eq!(country_code(text), Some(code), "{text}");
        }
        assert_eq!(country_code("Atlantis"), None);
    }

    #[test]
    fn one_matching_birth_date_of_several_is_enough_and_silence_is_unknown() {
        let births = |texts: &[&str]| Qualifiers { births: texts.iter().filter_map(|text| Birth::parse(text)).collect(), ..Qualifiers::default() };
        assert_eq!(births(&["1965-07-21"]).compare(&births(&["1950", "1965"])).birth, Agreement::Agrees);
        assert_eq!(births(&["1965-07-21"]).compare(&births(&["1950", "1971"])).birth, Agreement::Differs);
        assert_eq!(births(&["1965-07-21"]).compare(&births(&[])).birth, Agreement::Unknown);
    }
}
