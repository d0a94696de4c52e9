//! The consolidated financial sanctions list of the European Union, one entity a line as JSON.

use std::path::Path;

use serde::Deserialize;

use crate::screening::error::ScreeningError;
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};

use super::entry::{EntryKind, ListedEntry, PublishedList};

#[derive(Deserialize)]
struct Entity {
    eu_ref: Option<String>,
    logical_id: String,
    /// `P` for a person, `E` for an enterprise.
    #[serde(rename = "type")]
    kind: String,
    names: Vec<Name>,
    #[serde(default)]
    birthdates: Vec<Birthdate>,
    #[serde(default)]
    citizenships: Vec<Citizenship>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the list")]
struct Birthdate {
    year: Option<i16>,
    birthdate: Option<String>,
    #[serde(default)]
    circa: bool,
}

#[derive(Deserialize)]
struct Citizenship {
    country_iso2_code: Option<String>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the list")]
struct Name {
    whole_name: String,
    gender: Option<String>,
    #[serde(default)]
    strong: bool,
}

/// Reads the list. Weak aliases are left out.
///
/// # Errors
/// [`ScreeningError::BadList`] when a line is cut short or another file's.
pub(super) fn read(path: &Path, text: &[u8]) -> Result<PublishedList, ScreeningError> {
    let bad = |line, reason| ScreeningError::BadList { path: path.to_owned(), line, reason };
    let text = std::str::from_utf8(text).map_err(|_| bad(0, "not in UTF-8"))?;
    let mut entries = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let entity: Entity = serde_json::from_str(text).map_err(|_| bad(line, "not an entity of the list"))?;
        let qualifiers = qualifiers(&entity);
        entries.push(ListedEntry {
            entry: entity.eu_ref.unwrap_or(entity.logical_id),
            kind: if entity.kind == "P" { EntryKind::Person } else { EntryKind::Other },
            names: entity.names.into_iter().filter(|name| name.strong).map(|name| name.whole_name).collect(),
            qualifiers,
            addresses: Vec::new(),
        });
    }
    if entries.is_empty() { Err(bad(0, "no entries")) } else { Ok(PublishedList { entries, published: None }) }
}

fn qualifiers(entity: &Entity) -> Qualifiers {
    let birth = |found: &Birthdate| {
        let exact = found.birthdate.as_deref().and_then(Birth::parse);
        let known = exact.or_else(|| found.year.map(|year| Birth::between(year, year)))?;
        Some(if found.circa { known.about() } else { known })
    };
    Qualifiers {
        births: entity.birthdates.iter().filter_map(birth).collect(),
        nationalities: entity.citizenships.iter().filter_map(|found| country_code(found.country_iso2_code.as_deref()?)).collect(),
        gender: entity.names.iter().find_map(|name| Gender::parse(name.gender.as_deref()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = concat!(
        r#"{"logical_id":"1","eu_ref":"EU.1.1","type":"P","names":[{"whole_name":"Ada Example","gender":"F","strong":true},{"whole_name":"Tall","strong":false}],"birthdates":[{"year":1961,"circa":true}],"citizenships":[{"country_iso2_code":"IR"}]}"#,
        "\n",
        r#"{"logical_id":"2","eu_ref":null,"type":"E","names":[{"whole_name":"Example Ltd","strong":true}]}"#,
        "\n"
    );

    #[test]
    fn persons_come_with_their_strong_names() {
        let list = read(Path::new("eu.jsonl"), LIST.as_bytes()).unwrap();
        assert_eq!(list.entries.len(), 2);
        assert_eq!(
            list.persons(),
            [&ListedEntry {
                entry: "EU.1.1".into(),
                kind: EntryKind::Person,
                names: vec!["Ada Example".into()],
                qualifiers: Qualifiers { births: vec![Birth::between(1961, 1961).about()], nationalities: vec!["IR"], gender: Some(Gender::Female) },
                addresses: vec![],
            }]
        );
    }

    #[test]
    fn cut_short_or_another_document_is_refused_with_its_line() {
        let line_of = |text: &str| match read(Path::new("eu.jsonl"), text.as_bytes()) {
            Err(ScreeningError::BadList { line, .. }) => Some(line),
            _ => None,
        };
        assert_eq!(line_of(&LIST[..LIST.len() - 10]), Some(2));
        assert_eq!(line_of("<html/>"), Some(1));
        assert_eq!(line_of(""), Some(0));
    }
}
