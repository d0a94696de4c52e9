//! The consolidated financial sanctions list of the European Union, as the Commission publishes it (XML 1.1).

use std::path::Path;

use serde::Deserialize;

use crate::screening::error::ScreeningError;
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};

use super::entry::{EntryKind, ListedEntry, PublishedList};

#[derive(Deserialize)]
#[serde(rename = "export")]
struct Export {
    #[serde(rename = "@generationDate")]
    generated: String,
    #[serde(rename = "sanctionEntity", default)]
    entities: Vec<Entity>,
}

#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "@euReferenceNumber", default)]
    reference: String,
    #[serde(rename = "@logicalId")]
    logical_id: String,
    #[serde(rename = "subjectType")]
    subject: Subject,
    #[serde(rename = "nameAlias", default)]
    names: Vec<Name>,
    #[serde(rename = "birthdate", default)]
    births: Vec<Birthdate>,
    #[serde(rename = "citizenship", default)]
    citizenships: Vec<Citizenship>,
    #[serde(rename = "address", default)]
    addresses: Vec<Address>,
}

#[derive(Deserialize)]
struct Subject {
    /// `P` for a person, `E` for an enterprise.
    #[serde(rename = "@classificationCode")]
    code: String,
}

#[derive(Deserialize)]
struct Name {
    #[serde(rename = "@wholeName", default)]
    whole: String,
    #[serde(rename = "@gender", default)]
    gender: String,
    #[serde(rename = "@strong", default)]
    strong: bool,
}

#[derive(Deserialize)]
struct Birthdate {
    #[serde(rename = "@birthdate", default)]
    date: String,
    #[serde(rename = "@year", default)]
    year: String,
    #[serde(rename = "@yearRangeFrom", default)]
    from: String,
    #[serde(rename = "@yearRangeTo", default)]
    to: String,
    #[serde(rename = "@circa", default)]
    circa: bool,
}

#[derive(Deserialize)]
struct Citizenship {
    #[serde(rename = "@countryIso2Code", default)]
    country: String,
}

#[derive(Deserialize)]
struct Address {
    #[serde(rename = "@street", default)]
    street: String,
    #[serde(rename = "@zipCode", default)]
    zip_code: String,
    #[serde(rename = "@city", default)]
    city: String,
    #[serde(rename = "@region", default)]
    region: String,
    #[serde(rename = "@countryDescription", default)]
    country: String,
}

/// Reads the list. Weak aliases are left out.
///
/// # Errors
/// [`ScreeningError::BadList`] when the file is cut short or another file.
pub(super) fn read(path: &Path, text: &str) -> Result<PublishedList, ScreeningError> {
    let bad = |reason| ScreeningError::BadList { path: path.to_owned(), line: 0, reason };
    let list: Export = quick_xml::de::from_str(text).map_err(|_| bad("not a whole consolidated list of the European Union"))?;
    if list.entities.is_empty() {
        return Err(bad("no entities"));
    }
    let published = list.generated.get(..10).map(str::to_owned);
    Ok(PublishedList { entries: list.entities.into_iter().map(entry).collect(), published })
}

fn entry(found: Entity) -> ListedEntry {
    let kind = if found.subject.code == "P" { EntryKind::Person } else { EntryKind::Other };
    let qualifiers = Qualifiers {
        births: found.births.iter().filter_map(birth).collect(),
        nationalities: found.citizenships.iter().filter_map(|found| country_code(&found.country)).collect(),
        gender: found.names.iter().find_map(|name| Gender::parse(&name.gender)),
    };
    ListedEntry {
        entry: if found.reference.is_empty() { found.logical_id } else { found.reference },
        kind,
        names: found.names.into_iter().filter(|name| name.strong && !name.whole.trim().is_empty()).map(|name| name.whole).collect(),
        qualifiers: if kind == EntryKind::Person { qualifiers } else { Qualifiers::default() },
        addresses: found.addresses.iter().map(line).filter(|line| !line.is_empty()).collect(),
    }
}

fn birth(found: &Birthdate) -> Option<Birth> {
    let range = || Some(Birth::between(found.from.parse().ok()?, found.to.parse().ok()?));
    let known = Birth::parse(&found.date).or_else(|| Birth::parse(&found.year)).or_else(range)?;
    Some(if found.circa { known.about() } else { known })
}

fn line(address: &Address) -> String {
    let Address { street, zip_code, city, region, country } = address;
    let parts = [street, zip_code, city, region, country];
    parts.into_iter().map(|part| part.trim()).filter(|part| !part.is_empty() && *part != "UNKNOWN").collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-02-27T10:00:00.000+01:00" globalFileId="140000">
  <sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="EU.27.28" logicalId="13">
    <regulation regulationType="regulation" organisationType="commission"><publicationUrl>http://example.eu/x.pdf</publicationUrl></regulation>
    <subjectType code="person" classificationCode="P"/>
    <nameAlias firstName="Ada" middleName="" lastName="Example" wholeName="Ada Example" function="" gender="F" title="" strong="true" logicalId="17">
      <regulationSummary regulationType="regulation" publicationUrl="http://example.eu/x.pdf"/>
    </nameAlias>
    <citizenship region="" countryIso2Code="IQ" countryDescription="IRAQ"/>
    <nameAlias wholeName="The Tall" gender="" strong="false"/>
    <nameAlias wholeName="Ада Пример" gender="" strong="true"/>
    <birthdate circa="false" calendarType="GREGORIAN" birthdate="1937-04-28" dayOfMonth="28" monthOfYear="4" year="1937" countryIso2Code="IQ"/>
    <birthdate circa="true" calendarType="GREGORIAN" yearRangeFrom="1936" yearRangeTo="1938" countryIso2Code="00"/>
    <address city="" street="" zipCode="" region="" asAtListingTime="false" countryIso2Code="00" countryDescription="UNKNOWN"/>
  </sanctionEntity>
  <sanctionEntity designationDetails="" euReferenceNumber="" logicalId="14">
    <subjectType code="enterprise" classificationCode="E"/>
    <nameAlias wholeName="Example &quot;Trading&quot; Ltd" strong="true"/>
    <address city="Minsk" street="1 High Street" zipCode="220000" region="" countryIso2Code="BY" countryDescription="BELARUS"/>
  </sanctionEntity>
</export>"#;

    #[test]
    fn entities_come_with_strong_names_and_what_tells_persons_apart() {
        let list = read(Path::new("eu.xml"), LIST).unwrap();
        assert_eq!(list.published.as_deref(), Some("2026-02-27"));
        let births = vec![Birth::parse("1937-04-28").unwrap(), Birth::between(1936, 1938).about()];
        let person = ListedEntry {
            entry: "EU.27.28".into(),
            kind: EntryKind::Person,
            names: vec!["Ada Example".into(), "Ада Пример".into()],
            qualifiers: Qualifiers { births, nationalities: vec!["IQ"], gender: Some(Gender::Female) },
            addresses: vec![],
        };
        let enterprise = ListedEntry {
            entry: "14".into(),
            kind: EntryKind::Other,
            names: vec!["Example \"Trading\" Ltd".into()],
            qualifiers: Qualifiers::default(),
            addresses: vec!["1 High Street, 220000, Minsk, BELARUS".into()],
        };
        assert_eq!(list.entries, [person, enterprise]);
    }

    #[test]
    fn cut_short_or_another_document_is_refused() {
        let nobody = LIST.split_once("  <sanctionEntity").unwrap().0.to_owned() + "</export>";
        for text in [&LIST[..LIST.len() - 6], &LIST[..1_000], nobody.as_str(), "<export/>", "<html/>", ""] {
            assert!(matches!(read(Path::new("eu.xml"), text), Err(ScreeningError::BadList { .. })), "{text:.60}");
        }
    }
}
