//! The consolidated list of the United Nations Security Council, as XML.
//!
//! A name comes in four parts. Aliases of low quality are left out: the list itself says that they do not identify anybody.

use std::path::Path;

use serde::Deserialize;

use super::error::ScreeningError;
use super::listed::{ListedPerson, PublishedList};
use super::qualifiers::{Birth, Gender, Qualifiers, country_code};

#[derive(Deserialize)]
#[serde(rename = "CONSOLIDATED_LIST")]
struct ConsolidatedList {
    #[serde(rename = "@dateGenerated")]
    generated: String,
    #[serde(rename = "INDIVIDUALS")]
    individuals: Individuals,
    #[serde(rename = "ENTITIES")]
    entities: Entities,
}

#[derive(Deserialize)]
struct Individuals {
    #[serde(rename = "INDIVIDUAL", default)]
    list: Vec<Individual>,
}

#[derive(Deserialize)]
struct Entities {
    #[serde(rename = "ENTITY", default)]
    list: Vec<Entity>,
}

#[derive(Deserialize)]
struct Entity {}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Individual {
    reference_number: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    second_name: String,
    #[serde(default)]
    third_name: String,
    #[serde(default)]
    fourth_name: String,
    #[serde(default)]
    name_original_script: String,
    #[serde(rename = "INDIVIDUAL_ALIAS", default)]
    aliases: Vec<Alias>,
    #[serde(rename = "INDIVIDUAL_DATE_OF_BIRTH", default)]
    births: Vec<DateOfBirth>,
    #[serde(rename = "NATIONALITY", default)]
    nationalities: Vec<Nationality>,
    #[serde(default)]
    gender: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct DateOfBirth {
    #[serde(default)]
    type_of_date: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    from_year: String,
    #[serde(default)]
    to_year: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Nationality {
    #[serde(rename = "VALUE", default)]
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Alias {
    #[serde(default)]
    quality: String,
    #[serde(default)]
    alias_name: String,
}

/// Reads the list.
///
/// # Errors
/// [`ScreeningError::BadList`] when the file is cut short or another file.
pub(super) fn read(path: &Path, text: &[u8]) -> Result<PublishedList, ScreeningError> {
    let bad = |reason| ScreeningError::BadList { path: path.to_owned(), line: 0, reason };
    let text = std::str::from_utf8(text).map_err(|_| bad("not in UTF-8"))?;
    let list: ConsolidatedList = quick_xml::de::from_str(text).map_err(|_| bad("not a whole consolidated list of the United Nations"))?;
    let entries = list.individuals.list.len() + list.entities.list.len();
    if list.individuals.list.is_empty() {
        return Err(bad("no individuals"));
    }
    let persons = list.individuals.list.into_iter().map(person).collect();
    let published = list.generated.get(..10).map(str::to_owned);
    Ok(PublishedList { persons, entries: u64::try_from(entries).unwrap_or(u64::MAX), published })
}

fn person(individual: Individual) -> ListedPerson {
    let qualifiers = Qualifiers {
        births: individual.births.iter().filter_map(birth).collect(),
        nationalities: individual.nationalities.iter().flat_map(|found| &found.values).filter_map(|name| country_code(name)).collect(),
        gender: Gender::parse(&individual.gender),
    };
    let parts = [individual.first_name, individual.second_name, individual.third_name, individual.fourth_name];
    let name = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let aliases = individual.aliases.into_iter().filter(|alias| alias.quality != "Low").map(|alias| alias.alias_name);
    let names = std::iter::once(name).chain([individual.name_original_script]).chain(aliases).filter(|name| !name.trim().is_empty()).collect();
    ListedPerson { entry: individual.reference_number, names, qualifiers }
}

fn birth(found: &DateOfBirth) -> Option<Birth> {
    let between = || Some(Birth::between(found.from_year.trim().parse().ok()?, found.to_year.trim().parse().ok()?));
    let known = Birth::parse(&found.date).or_else(|| Birth::parse(&found.year)).or_else(between)?;
    Some(if found.type_of_date == "APPROXIMATELY" { known.about() } else { known })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <DATAID>1</DATAID><FIRST_NAME>ADA</FIRST_NAME><SECOND_NAME>EXAMPLE &amp; SON</SECOND_NAME>
      <REFERENCE_NUMBER>XXi.001</REFERENCE_NUMBER>
      <NATIONALITY><VALUE>Nowhere</VALUE></NATIONALITY>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Ada Sample</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ADDRESS><COUNTRY>Nowhere</COUNTRY></INDIVIDUAL_ADDRESS>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1961</FROM_YEAR><TO_YEAR>1963</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH><GENDER>Female</GENDER>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Tall</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES><ENTITY><DATAID>2</DATAID></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"#;

    #[test]
    fn names_are_put_together_and_weak_aliases_left_out() {
        let list = read(Path::new("un.xml"), LIST.as_bytes()).unwrap();
        assert_eq!((list.entries, list.published.as_deref()), (2, Some("2026-02-27")));
        assert_eq!(
            list.persons,
            [ListedPerson {
                entry: "XXi.001".into(),
                names: vec!["ADA EXAMPLE & SON".into(), "Ada Sample".into()],
                qualifiers: Qualifiers { births: vec![Birth::between(1961, 1963)], nationalities: vec![], gender: Some(Gender::Female) }
            }]
        );
    }

    #[test]
    fn cut_short_or_another_document_is_refused() {
        for text in [&LIST[..LIST.len() - 30], &LIST[..300], "<html/>", "", &LIST.replace("<ENTITIES><ENTITY><DATAID>2</DATAID></ENTITY></ENTITIES>", "")] {
            assert!(matches!(read(Path::new("un.xml"), text.as_bytes()), Err(ScreeningError::BadList { .. })), "{text:.60}");
        }
        assert!(read(Path::new("un.xml"), b"\xff\xfe").is_err());
    }
}
