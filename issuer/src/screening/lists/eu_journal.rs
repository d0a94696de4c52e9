//! Designations of the European Union by legal act, as tables of the Official Journal: the acts as consolidated (`consolidated/*.csv`)
//! and the acts that amend them (`amendments/*.csv`), which come days before the consolidated list has them.
//!
//! A row of an amending act replaces the row of the amended act, annex and number it names, or is new.

use std::collections::HashMap;
use std::path::Path;

use crate::screening::error::ScreeningError;
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};

use super::entry::{EntryKind, ListedEntry, PublishedList};

/// Columns that every table has, beside the act's.
const COLUMNS: [&str; 8] = ["recordId", "annex", "schema", "name", "alias", "birthDate", "nationality", "gender"];

/// Reads the consolidated acts, then applies the amending ones, each in the order given.
///
/// # Errors
/// [`ScreeningError::BadList`] when a table is cut short or another file.
pub(super) fn read<'f>(
    consolidated: impl IntoIterator<Item = (&'f Path, &'f [u8])>,
    amendments: impl IntoIterator<Item = (&'f Path, &'f [u8])>,
) -> Result<PublishedList, ScreeningError> {
    let mut list = PublishedList { entries: Vec::new(), published: None };
    let mut positions: HashMap<String, usize> = HashMap::new();
    for (act, (path, text)) in consolidated.into_iter().map(|file| ("celex", file)).chain(amendments.into_iter().map(|file| ("amendedCelex", file))) {
        for entry in read_table(path, text, act)? {
            match positions.get(&entry.entry).and_then(|position| list.entries.get_mut(*position)) {
                // Several rows of one act and number are names of one entry, or one entry under several measures.
                Some(known) if act == "celex" => {
                    entry
                        .names
                        .iter()
                        .filter(|name| !known.names.contains(name))
                        .cloned()
                        .collect::<Vec<_>>()
                        .into_iter()
                        .for_each(|name| known.names.push(name));
                }
                Some(known) => *known = entry,
                None => {
                    positions.insert(entry.entry.clone(), list.entries.len());
                    list.entries.push(entry);
                }
            }
        }
    }
    Ok(list)
}

fn read_table(path: &Path, text: &[u8], act: &str) -> Result<Vec<ListedEntry>, ScreeningError> {
    let bad = |line, reason| ScreeningError::BadList { path: path.to_owned(), line, reason };
    let text = std::str::from_utf8(text).map_err(|_| bad(0, "not in UTF-8"))?;
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes());
    let columns = reader.headers().map_err(|_| bad(1, "not comma separated values"))?.clone();
    let column = |name: &str| columns.iter().position(|column| column == name);
    let place = column(act).ok_or_else(|| bad(1, "no column of the act: another file"))?;
    if COLUMNS.iter().any(|name| column(name).is_none()) {
        return Err(bad(1, "a column is missing: cut short, or another file"));
    }
    let mut entries = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| bad(error.position().map_or(0, csv::Position::line), "a row of another width than the first: cut short"))?;
        let field = |name: &str| column(name).and_then(|column| row.get(column)).unwrap_or_default().trim();
        let (act, number, name) = (row.get(place).unwrap_or_default(), field("recordId"), field("name"));
        if act.is_empty() || name.is_empty() {
            return Err(bad(row.position().map_or(0, csv::Position::line), "a row without an act or a name"));
        }
        let kind = if field("schema") == "Person" { EntryKind::Person } else { EntryKind::Other };
        let aliases = field("alias").split(';').map(str::trim).filter(|alias| !alias.is_empty());
        let qualifiers = Qualifiers {
            births: field("birthDate").split(';').flat_map(|text| text.split(" or ")).filter_map(birth).collect(),
            nationalities: field("nationality").split([',', ';']).filter_map(|text| country_code(text.trim())).collect(),
            gender: Gender::parse(field("gender").trim_end_matches('.')),
        };
        entries.push(ListedEntry {
            // Some annexes do not number their rows.
            entry: format!("{act} {} {}", field("annex"), if number.is_empty() { name } else { number }),
            kind,
            names: std::iter::once(name).chain(aliases).map(str::to_owned).collect(),
            qualifiers: if kind == EntryKind::Person { qualifiers } else { Qualifiers::default() },
            addresses: column("address").and_then(|column| row.get(column)).into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        });
    }
    Ok(entries)
}

/// `16.12.1987`, `Approximately 1961`, `Between 1960 and 1965`, `9 January 1970`, `1961`.
fn birth(text: &str) -> Option<Birth> {
    let text = text.trim();
    if let Some(about) = text.strip_prefix("Approximately ") {
        return birth(about).map(Birth::about);
    }
    if let Some((from, to)) = text.strip_prefix("Between ").and_then(|range| range.split_once(" and ")) {
        return Some(Birth::between(from.trim().parse().ok()?, to.trim().parse().ok()?));
    }
    match text.split('.').collect::<Vec<_>>().as_slice() {
        [day, month, year] => Birth::day(&format!("{year}-{month:0>2}-{day:0>2}")),
        _ => Birth::parse(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACT: &str = "celex,recordId,annex,schema,name,alias,nationality,birthDate,gender,address\n\
        32020R1998,1,I.A,Person,Ada EXAMPLE,Ada SAMPLE; Ада,\"Iraq, Atlantis\",16.12.1987; Approximately 1986,female,\n\
        32020R1998,1,II,LegalEntity,Example Ltd,,,,,\"1 High Street, Minsk\"\n\
        32020R1998,,II,LegalEntity,Unnumbered Ltd,,,,,\n";
    const AMENDMENT: &str = "amendedCelex,amendmentCelex,recordId,annex,schema,name,alias,nationality,birthDate,gender\n\
        32020R1998,32026R1895,1,I.A,Person,Ada EXAMPLE,Ada SAMPLE,Iraq,16.12.1987,female\n\
        32020R1998,32026R1895,2,I.A,Person,Grace EXAMPLE,,,Between 1960 and 1965,\n";

    fn read_texts(act: &str, amendment: &str) -> Result<PublishedList, ScreeningError> {
        let amendments = [(Path::new("b.csv"), amendment.as_bytes())];
        read([(Path::new("a.csv"), act.as_bytes())], amendments.into_iter().filter(|(_, text)| !text.is_empty()))
    }

    #[test]
    fn an_amending_act_replaces_the_rows_it_names_and_adds_others() {
        let before = read_texts(ACT, "").unwrap();
        assert_eq!(
            before.entries.iter().map(|entry| entry.entry.as_str()).collect::<Vec<_>>(),
            ["32020R1998 I.A 1", "32020R1998 II 1", "32020R1998 II Unnumbered Ltd"]
        );
        let births = vec![Birth::day("1987-12-16").unwrap(), Birth::between(1986, 1986).about()];
        assert_eq!(before.entries[0].names, ["Ada EXAMPLE", "Ada SAMPLE", "Ада"]);
        assert_eq!(before.entries[0].qualifiers, Qualifiers { births, nationalities: vec!["IQ"], gender: Some(Gender::Female) });
        assert_eq!(before.entries[1].addresses, ["1 High Street, Minsk"]);
        let after = read_texts(ACT, AMENDMENT).unwrap();
        let changes = crate::screening::lists::changes::Changes::between(&before.entries, &after.entries);
        assert_eq!((changes.added.len(), changes.changed.len(), changes.removed.len()), (1, 1, 0));
        assert_eq!((changes.added[0].name.as_str(), after.entries[3].qualifiers.births[0]), ("Grace EXAMPLE", Birth::between(1960, 1965)));
    }

    #[test]
    fn cut_short_or_another_table_is_refused_with_its_line() {
        let line_of = |act: &str, amendment: &str| match read_texts(act, amendment) {
            Err(ScreeningError::BadList { line, .. }) => Some(line),
            _ => None,
        };
        assert_eq!(line_of(&ACT[..ACT.len() - 20], ""), Some(4));
        assert_eq!(line_of(ACT, ACT), Some(1), "a consolidated act is no amendment");
        assert_eq!(line_of("<html/>", ""), Some(1));
        assert_eq!(line_of(&ACT.replace("Example Ltd", ""), ""), Some(3));
    }
}
