//! The lists of the United States Office of Foreign Assets Control, in the comma separated form of its data specification.
//!
//! `sdn.csv` has twelve columns, `alt.csv` five, `add.csv` six; `-0-` means empty; files end with an end-of-file character; some editions begin with
//! a header. Weak aliases stand in the remarks and are not screened, as the publisher advises. A row of another width means a truncated or wrong file, which is refused whole.

use std::collections::HashMap;
use std::path::Path;

use crate::screening::error::ScreeningError;
use crate::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};

use super::entry::{EntryKind, ListedEntry, PublishedList};

/// What stands for nothing.
const EMPTY: &str = "-0-";

/// The three files of a list.
pub(super) struct Files<'a> {
    /// `sdn.csv` or `cons_prim.csv`: one entry a row, twelve columns.
    pub(super) primary: (&'a Path, &'a [u8]),
    /// `alt.csv` or `cons_alt.csv`: one alias a row, five columns.
    pub(super) aliases: Option<(&'a Path, &'a [u8])>,
    /// `add.csv` or `cons_add.csv`: one address a row, six columns.
    pub(super) addresses: Option<(&'a Path, &'a [u8])>,
}

/// Reads the primary file, and the aliases and addresses beside it.
///
/// # Errors
/// [`ScreeningError::BadList`] when a file is not whole or not in this layout.
pub(super) fn read(files: &Files<'_>) -> Result<PublishedList, ScreeningError> {
    let mut entries: Vec<ListedEntry> = Vec::new();
    let mut position: HashMap<String, usize> = HashMap::new();
    let (path, text) = files.primary;
    for_each_row(path, text, 12, |row| {
        let kind = if &row[2] == "individual" { EntryKind::Person } else { EntryKind::Other };
        let qualifiers = if kind == EntryKind::Person { qualifiers(&row[11]) } else { Qualifiers::default() };
        position.insert(row[0].to_owned(), entries.len());
        entries.push(ListedEntry { entry: row[0].to_owned(), kind, names: vec![row[1].to_owned()], qualifiers, addresses: Vec::new() });
    })?;
    if entries.is_empty() {
        return Err(ScreeningError::BadList { path: path.to_owned(), line: 0, reason: "no entries" });
    }
    // Aliases and addresses of entries listed after this edition belong to nobody here.
    if let Some((path, text)) = files.aliases {
        for_each_row(path, text, 5, |row| {
            if let Some(entry) = position.get(&row[0]).and_then(|position| entries.get_mut(*position)) {
                entry.names.push(row[3].to_owned());
            }
        })?;
    }
    if let Some((path, text)) = files.addresses {
        for_each_row(path, text, 6, |row| {
            let address = row.iter().skip(2).take(3).filter(|part| !part.is_empty() && *part != EMPTY).collect::<Vec<_>>().join(", ");
            if let Some(entry) = position.get(&row[0]).and_then(|position| entries.get_mut(*position)).filter(|_| !address.is_empty()) {
                entry.addresses.push(address);
            }
        })?;
    }
    Ok(PublishedList { entries, published: None })
}

/// Birth dates, nationalities and gender stand in the remarks: `DOB circa 1961; alt. DOB 1963; nationality Iraq; Gender Male.`
fn qualifiers(remarks: &str) -> Qualifiers {
    let mut found = Qualifiers::default();
    for part in remarks.split(';').map(|part| part.trim().trim_end_matches('.')) {
        let part = part.strip_prefix("alt. ").unwrap_or(part);
        if let Some(date) = part.strip_prefix("DOB ") {
            found.births.extend(Birth::parse(date));
        } else if let Some(country) = part.strip_prefix("nationality ").or_else(|| part.strip_prefix("citizen ")) {
            found.nationalities.extend(country_code(country));
        } else if let Some(gender) = part.strip_prefix("Gender ") {
            found.gender = Gender::parse(gender);
        }
    }
    found
}

fn for_each_row(path: &Path, text: &[u8], width: usize, mut use_row: impl FnMut(&csv::StringRecord)) -> Result<(), ScreeningError> {
    let bad = |line, reason| ScreeningError::BadList { path: path.to_owned(), line, reason };
    let text = text.strip_suffix(b"\x1a").unwrap_or(text);
    let text = std::str::from_utf8(text).map_err(|_| bad(0, "not in UTF-8"))?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    for row in reader.records() {
        let row = row.map_err(|error| bad(error.position().map_or(0, |position| position.record() + 1), "not comma separated values"))?;
        // The layout has one row a line; the reader's own line count lags behind after a carriage return.
        let line = row.position().map_or(0, |position| position.record() + 1);
        if row.len() != width {
            return Err(bad(line, "a row of another width than the layout's: cut short, or another file"));
        }
        if row[0].bytes().all(|byte| byte.is_ascii_digit()) && !row[0].is_empty() {
            use_row(&row);
        } else if line > 1 {
            return Err(bad(line, "an entry without a number"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIMARY: &str = "36,\"AEROCARIBBEAN AIRLINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\
        2674,\"EXAMPLE, Abu\",\"individual\",\"SDGT\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB 10 Dec 1948; a.k.a. 'THE ONE'.\"\r\n\x1a";
    const ALIASES: &str = "36,12,\"aka\",\"AERO-CARIBBEAN\",-0- \r\n2674,99,\"aka\",\"SAMPLE, Abu\",-0- \r\n9,1,\"aka\",\"LATER\",-0- \r\n\x1a";
    const ADDRESSES: &str =
        "36,25,-0- ,\"Havana\",\"Cuba\",-0- \r\n2674,26,-0- ,-0- ,-0- ,-0- \r\n2674,27,\"1 High Street\",\"Tunis\",\"Tunisia\",-0- \r\n\x1a";

    fn read_texts(primary: &str, aliases: &str, addresses: &str) -> Result<PublishedList, ScreeningError> {
        read(&Files {
            primary: (Path::new("sdn.csv"), primary.as_bytes()),
            aliases: Some((Path::new("alt.csv"), aliases.as_bytes())),
            addresses: Some((Path::new("add.csv"), addresses.as_bytes())),
        })
    }

    #[test]
    fn entries_come_with_their_aliases_and_addresses_and_persons_with_what_tells_them_apart() {
        let list = read_texts(PRIMARY, ALIASES, ADDRESSES).unwrap();
        let other = ListedEntry {
            entry: "36".into(),
            kind: EntryKind::Other,
            names: vec!["AEROCARIBBEAN AIRLINES".into(), "AERO-CARIBBEAN".into()],
            qualifiers: Qualifiers::default(),
            addresses: vec!["Havana, Cuba".into()],
        };
        let person = ListedEntry {
            entry: "2674".into(),
            kind: EntryKind::Person,
            names: vec!["EXAMPLE, Abu".into(), "SAMPLE, Abu".into()],
            qualifiers: Qualifiers { births: vec![Birth::parse("1948-12-10").unwrap()], ..Qualifiers::default() },
            addresses: vec!["1 High Street, Tunis, Tunisia".into()],
        };
        assert_eq!(list.entries, [other, person]);
        let with_header = format!("ent_num,SDN_name,SDN_type,Program,Title,Call_Sign,Vess_type,Tonnage,GRT,Vess_flag,Vess_owner,Remarks\r\n{PRIMARY}");
        assert_eq!(read_texts(&with_header, ALIASES, ADDRESSES).unwrap().entries.len(), 2);
    }

    #[test]
    fn cut_short_wrong_and_unreadable_files_are_refused_with_their_line() {
        let cut = &PRIMARY[..PRIMARY.len() - 60];
        for (primary, aliases, addresses, file, at) in [
            (cut, ALIASES, ADDRESSES, "sdn.csv", 2),
            (ALIASES, PRIMARY, ADDRESSES, "sdn.csv", 1),
            (PRIMARY, PRIMARY, ADDRESSES, "alt.csv", 1),
            (PRIMARY, "2674,99,\"aka\"\r\n", ADDRESSES, "alt.csv", 1),
            ("<html><body>Not found</body></html>", ALIASES, ADDRESSES, "sdn.csv", 1),
            ("", ALIASES, ADDRESSES, "sdn.csv", 0),
            (PRIMARY, "36,12,\"aka\",\"A\",-0- \r\n<html>,1,2,3,4\r\n", ADDRESSES, "alt.csv", 2),
            (PRIMARY, ALIASES, ALIASES, "add.csv", 1),
        ] {
            match read_texts(primary, aliases, addresses) {
                Err(ScreeningError::BadList { path, line, .. }) => assert_eq!((path.as_path(), line), (Path::new(file), at), "{primary:.40}"),
                other => panic!("{primary:.40}: {other:?}"),
            }
        }
        assert!(read(&Files { primary: (Path::new("sdn.csv"), b"1,\"\xff\""), aliases: None, addresses: None }).is_err());
    }
}
