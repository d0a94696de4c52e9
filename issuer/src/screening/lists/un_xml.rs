//! The consolidated list of the United Nations Security Council, as XML.
//!
//! A name comes in four parts. Aliases of low quality are left out: the list itself says that they do not identify anybody.

use std::path::Path;

use serde::Deserialize;

use crate::screening::error::ScreeningError;
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};

use super::entry::{EntryKind, ListedEntry, PublishedList};

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
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Entity {
    #[serde(default)]
    reference_number: String,
    #[serde(default)]
    first_name: String,
    #[serde(rename = "ENTITY_ALIAS", default)]
    aliases: Vec<Alias>,
    #[serde(rename = "ENTITY_ADDRESS", default)]
    addresses: Vec<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
struct Address {
    #[serde(default)]
    street: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    state_province: String,
    #[serde(default)]
    country: String,
}

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
    #[serde(rename = "INDIVIDUAL_ADDRESS", default)]
    addresses: Vec<Address>,
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
    if list.individuals.list.is_empty() {
        return Err(bad("no individuals"));
    }
    let published = list.generated.get(..10).map(str::to_owned);
    let entries = list.individuals.list.into_iter().map(person).chain(list.entities.list.into_iter().map(organisation)).collect();
    Ok(PublishedList { entries, published })
}

fn person(individual: Individual) -> ListedEntry {
    let qualifiers = Qualifiers {
        births: individual.births.iter().filter_map(birth).collect(),
        nationalities: individual.nationalities.iter().flat_map(|found| &found.values).filter_map(|name| country_code(name)).collect(),
        gender: Gender::parse(&individual.gender),
    };
    let name = joined(&[individual.first_name, individual.second_name, individual.third_name, individual.fourth_name], " ");
    let names = [name, individual.name_original_script].into_iter().chain(strong(individual.aliases));
    ListedEntry {
        entry: individual.reference_number,
        kind: EntryKind::Person,
        names: names.filter(|name| !name.trim().is_empty()).collect(),
        qualifiers,
        addresses: addresses(&individual.addresses),
    }
}

fn organisation(entity: Entity) -> ListedEntry {
    ListedEntry {
        entry: entity.reference_number,
        kind: EntryKind::Other,
        names: [entity.first_name].into_iter().chain(strong(entity.aliases)).filter(|name| !name.trim().is_empty()).collect(),
        qualifiers: Qualifiers::default(),
        addresses: addresses(&entity.addresses),
    }
}

fn strong(aliases: Vec<Alias>) -> impl Iterator<Item = String> {
    aliases.into_iter().filter(|alias| alias.quality != "Low").map(|alias| alias.alias_name)
}

fn addresses(found: &[Address]) -> Vec<String> {
    let line = |address: &Address| joined(&[&address.street, &address.city, &address.state_province, &address.country], ", ");
    found.iter().map(line).filter(|line| !line.is_empty()).collect()
}

fn joined(parts: &[impl AsRef<str>], between: &str) -> String {
    parts.iter().map(|part| part.as_ref().trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
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
      <INDIVIDUAL_ADDRESS><STREET>1 High Street</STREET><COUNTRY>Nowhere</COUNTRY></INDIVIDUAL_ADDRESS>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1961</FROM_YEAR><TO_YEAR>1963</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH><GENDER>Female</GENDER>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Tall</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES><ENTITY><DATAID>2</DATAID><FIRST_NAME>EXAMPLE TRADING</FIRST_NAME><REFERENCE_NUMBER>XXe.002</REFERENCE_NUMBER></ENTITY></ENTITIES>
</CONSOLIDATED_LIST>"#;

    #[test]
    fn names_are_put_together_and_weak_aliases_left_out() {
        let list = read(Path::new("un.xml"), LIST.as_bytes()).unwrap();
        assert_eq!((list.entries.len(), list.published.as_deref()), (2, Some("2026-02-27")));
        assert_eq!(
            list.entries,
            [
                ListedEntry {
                    entry: "XXi.001".into(),
                    kind: EntryKind::Person,
                    names: vec!["ADA EXAMPLE & SON".into(), "Ada Sample".into()],
                    qualifiers: Qualifiers { births: vec![Birth::between(1961, 1963)], nationalities: vec![], gender: Some(Gender::Female) },
                    addresses: vec!["1 High Street, Nowhere".into()],
                },
                ListedEntry {
                    entry: "XXe.002".into(),
                    kind: EntryKind::Other,
                    names: vec!["EXAMPLE TRADING".into()],
                    qualifiers: Qualifiers::default(),
                    addresses: vec![],
                }
            ]
        );
    }

    #[test]
    fn cut_short_or_another_document_is_refused() {
        for text in [&LIST[..LIST.len() - 30], &LIST[..300], "<html/>", "", LIST.split_once("<ENTITIES>").unwrap().0] {
            assert!(matches!(read(Path::new("un.xml"), text.as_bytes()), Err(ScreeningError::BadList { .. })), "{text:.60}");
        }
        assert!(read(Path::new("un.xml"), b"\xff\xfe").is_err());
    }
}
