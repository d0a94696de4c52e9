//! The lists of the United States Office of Foreign Assets Control as XML (`sdn.xml`, `consolidated.xml`).
//!
//! The file says how many entries it has, so that one that was cut is noticed even if it was mended. Weak aliases are left out, as the
//! publisher advises. The "advanced" format of the same lists has another root and is not read.

use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use crate::screening::error::ScreeningError;
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};

use super::entry::{EntryKind, ListedEntry, PublishedList};

#[derive(Deserialize)]
#[serde(rename = "sdnList")]
struct SdnList {
    /// Misspelt by the publisher.
    #[serde(rename = "publshInformation")]
    information: Information,
    #[serde(rename = "sdnEntry", default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Information {
    /// Month, day, year: `06/27/2024`.
    #[serde(rename = "Publish_Date")]
    published: String,
    #[serde(rename = "Record_Count")]
    count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    uid: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    sdn_type: String,
    #[serde(default)]
    aka_list: AkaList,
    #[serde(default)]
    address_list: AddressList,
    #[serde(default)]
    id_list: IdList,
    #[serde(default)]
    nationality_list: NationalityList,
    #[serde(default)]
    citizenship_list: CitizenshipList,
    #[serde(default)]
    date_of_birth_list: BirthList,
}

#[derive(Deserialize, Default)]
struct AkaList {
    #[serde(default)]
    aka: Vec<Aka>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Aka {
    #[serde(default)]
    category: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
}

#[derive(Deserialize, Default)]
struct AddressList {
    #[serde(default)]
    address: Vec<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    #[serde(default)]
    address1: String,
    #[serde(default)]
    address2: String,
    #[serde(default)]
    address3: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    state_or_province: String,
    #[serde(default)]
    postal_code: String,
    #[serde(default)]
    country: String,
}

#[derive(Deserialize, Default)]
struct IdList {
    #[serde(default)]
    id: Vec<Id>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Id {
    #[serde(default)]
    id_type: String,
    #[serde(default)]
    id_number: String,
}

#[derive(Deserialize, Default)]
struct NationalityList {
    #[serde(default)]
    nationality: Vec<Country>,
}

#[derive(Deserialize, Default)]
struct CitizenshipList {
    #[serde(default)]
    citizenship: Vec<Country>,
}

#[derive(Deserialize)]
struct Country {
    #[serde(default)]
    country: String,
}

#[derive(Deserialize, Default)]
struct BirthList {
    #[serde(rename = "dateOfBirthItem", default)]
    items: Vec<BirthItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BirthItem {
    #[serde(default)]
    date_of_birth: String,
}

/// Reads the list.
///
/// # Errors
/// [`ScreeningError::BadList`] when the file is cut short, holds fewer entries than it says, or is another file.
pub(super) fn read(path: &Path, text: &str) -> Result<PublishedList, ScreeningError> {
    let bad = |reason| ScreeningError::BadList { path: path.to_owned(), line: 0, reason };
    let list: SdnList = quick_xml::de::from_str(text).map_err(|_| bad("not a whole list of OFAC as XML"))?;
    if list.entries.is_empty() || list.entries.len() != list.information.count {
        return Err(bad("another number of entries than the file says it has: cut short"));
    }
    let published = Date::strptime("%m/%d/%Y", list.information.published.trim()).map_err(|_| bad("no publication date"))?;
    Ok(PublishedList { entries: list.entries.into_iter().map(entry).collect(), published: Some(published.to_string()) })
}

fn entry(found: Entry) -> ListedEntry {
    let kind = if found.sdn_type.eq_ignore_ascii_case("individual") { EntryKind::Person } else { EntryKind::Other };
    let countries = found.nationality_list.nationality.iter().chain(&found.citizenship_list.citizenship);
    let gender = found.id_list.id.iter().find(|id| id.id_type == "Gender");
    let qualifiers = Qualifiers {
        births: found.date_of_birth_list.items.iter().filter_map(|item| Birth::parse(&item.date_of_birth)).collect(),
        nationalities: countries.filter_map(|found| country_code(&found.country)).collect(),
        gender: gender.and_then(|id| Gender::parse(&id.id_number)),
    };
    let strong = found.aka_list.aka.into_iter().filter(|aka| !aka.category.eq_ignore_ascii_case("weak"));
    let names = std::iter::once(name(&found.last_name, &found.first_name)).chain(strong.map(|aka| name(&aka.last_name, &aka.first_name)));
    ListedEntry {
        entry: found.uid,
        kind,
        names: names.filter(|name| !name.is_empty()).collect(),
        qualifiers: if kind == EntryKind::Person { qualifiers } else { Qualifiers::default() },
        addresses: found.address_list.address.iter().map(line).filter(|line| !line.is_empty()).collect(),
    }
}

/// As the comma separated form of the list writes it: `FAMILY, Given`.
fn name(last: &str, first: &str) -> String {
    [last.trim(), first.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn line(address: &Address) -> String {
    let Address { address1, address2, address3, city, state_or_province, postal_code, country } = address;
    let parts = [address1, address2, address3, city, state_or_province, postal_code, country];
    parts.into_iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"<?xml version="1.0" standalone="yes"?>
<sdnList xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <publshInformation><Publish_Date>06/27/2024</Publish_Date><Record_Count>2</Record_Count></publshInformation>
  <sdnEntry>
    <uid>36</uid><lastName>EXAMPLE &amp; SONS</lastName><sdnType>Entity</sdnType>
    <programList><program>CUBA</program></programList>
    <addressList><address><uid>25</uid><city>Havana</city><country>Cuba</country></address></addressList>
  </sdnEntry>
  <sdnEntry>
    <uid>2674</uid><firstName>Abu</firstName><lastName>EXAMPLE</lastName><sdnType>Individual</sdnType>
    <programList><program>SDGT</program></programList>
    <idList>
      <id><uid>1</uid><idType>Passport</idType><idNumber>A1</idNumber><idCountry>Iraq</idCountry></id>
      <id><uid>2</uid><idType>Gender</idType><idNumber>Male</idNumber></id>
    </idList>
    <akaList>
      <aka><uid>99</uid><type>a.k.a.</type><category>strong</category><lastName>SAMPLE</lastName><firstName>Abu</firstName></aka>
      <aka><uid>98</uid><type>a.k.a.</type><category>weak</category><lastName>THE ONE</lastName></aka>
    </akaList>
    <nationalityList><nationality><uid>3</uid><country>Iraq</country><mainEntry>true</mainEntry></nationality></nationalityList>
    <dateOfBirthList>
      <dateOfBirthItem><uid>4</uid><dateOfBirth>10 Dec 1948</dateOfBirth><mainEntry>true</mainEntry></dateOfBirthItem>
      <dateOfBirthItem><uid>5</uid><dateOfBirth>circa 1949</dateOfBirth><mainEntry>false</mainEntry></dateOfBirthItem>
    </dateOfBirthList>
  </sdnEntry>
</sdnList>"#;

    #[test]
    fn entries_come_with_strong_aliases_and_what_tells_persons_apart() {
        let list = read(Path::new("sdn.xml"), LIST).unwrap();
        assert_eq!(list.published.as_deref(), Some("2024-06-27"));
        let organisation = ListedEntry {
            entry: "36".into(),
            kind: EntryKind::Other,
            names: vec!["EXAMPLE & SONS".into()],
            qualifiers: Qualifiers::default(),
            addresses: vec!["Havana, Cuba".into()],
        };
        let births = ["10 Dec 1948", "circa 1949"].iter().filter_map(|text| Birth::parse(text)).collect();
        let person = ListedEntry {
            entry: "2674".into(),
            kind: EntryKind::Person,
            names: vec!["EXAMPLE, Abu".into(), "SAMPLE, Abu".into()],
            qualifiers: Qualifiers { births, nationalities: vec!["IQ"], gender: Some(Gender::Male) },
            addresses: vec![],
        };
        assert_eq!(list.entries, [organisation, person]);
    }

    #[test]
    fn cut_short_mended_or_another_document_is_refused() {
        let second = LIST.rfind("  <sdnEntry>").unwrap();
        let mended = format!("{}</sdnList>", &LIST[..second]);
        let undated = LIST.replace("06/27/2024", "soon");
        for text in [&LIST[..LIST.len() - 12], &LIST[..900], mended.as_str(), undated.as_str(), "<Sanctions/>", ""] {
            assert!(matches!(read(Path::new("sdn.xml"), text), Err(ScreeningError::BadList { .. })), "{text:.60}");
        }
    }
}
