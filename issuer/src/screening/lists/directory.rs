//! Reading what lies in a directory: all of it, or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::screening::error::ScreeningError;
use crate::screening::outcome::ListVersion;

use super::entry::{ListedEntry, PublishedList};
use super::{eu_journal, eu_json, eu_xml, ofac_csv, ofac_xml, un_xml};

/// A list that was read.
#[derive(Debug, Clone)]
pub struct FoundList {
    /// Its name and version.
    pub version: ListVersion,
    /// Its entries of every kind.
    pub entries: Vec<ListedEntry>,
}

/// What an operator may write beside the files, in `list.json`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct About {
    /// The list's name.
    name: Option<String>,
    /// Its publication date.
    published: Option<String>,
    /// Whether it is only a part.
    #[serde(default)]
    excerpt: bool,
}

/// Reads every list in `directory` and its folders `ofac`, `un` and `eu`.
///
/// Of each publisher's editions the newest by file name counts: `sdn.csv` or else the last `sdn_<date>.csv`, with `alt` and `add`
/// beside it; of files ending in `.xml` the last with each publisher's root (OFAC's consolidated list has `cons` in its name); the last
/// `eu_….jsonl`; of the Official Journal all tables in `consolidated`, amended by those in `amendments`.
///
/// # Errors
/// [`ScreeningError`] when nothing is there or a file is not whole.
pub fn read(directory: &Path) -> Result<Vec<FoundList>, ScreeningError> {
    let mut found = Vec::new();
    read_folder(directory, &mut found)?;
    for folder in ["ofac", "un", "eu"] {
        let folder = directory.join(folder);
        if folder.is_dir() {
            read_folder(&folder, &mut found)?;
        }
    }
    if found.is_empty() { Err(ScreeningError::NothingFound(directory.to_owned())) } else { Ok(found) }
}

fn read_folder(folder: &Path, found: &mut Vec<FoundList>) -> Result<(), ScreeningError> {
    let files = files(folder)?;
    for (name, primary, aliases, addresses) in [("OFAC SDN", "sdn", "alt", "add"), ("OFAC consolidated", "cons_prim", "cons_alt", "cons_add")] {
        let Some(primary) = newest(&files, primary) else { continue };
        let file = |path: &PathBuf| Ok::<_, ScreeningError>((path.clone(), contents(path)?));
        let primary = file(primary)?;
        let aliases = newest(&files, aliases).map(file).transpose()?;
        let addresses = newest(&files, addresses).map(file).transpose()?;
        let texts: Vec<&[u8]> = std::iter::once(&primary).chain(&aliases).chain(&addresses).map(|(_, text)| text.as_slice()).collect();
        let list = ofac_csv::read(&ofac_csv::Files {
            primary: (&primary.0, &primary.1),
            aliases: aliases.as_ref().map(|(path, text)| (path.as_path(), text.as_slice())),
            addresses: addresses.as_ref().map(|(path, text)| (path.as_path(), text.as_slice())),
        })?;
        // What `list.json` says is of the main list.
        let about = if name == "OFAC SDN" { about(folder)? } else { About::default() };
        add(found, name, list, &texts, about)?;
    }
    for (name, (path, text)) in newest_xml(&files)? {
        let text = utf8(path, &text)?;
        let list = match name {
            "UN consolidated" => un_xml::read(path, text.as_bytes())?,
            "EU consolidated" => eu_xml::read(path, text)?,
            _ => ofac_xml::read(path, text)?,
        };
        add(found, name, list, &[text.as_bytes()], about(folder)?)?;
    }
    if let Some(path) = last(&files, "eu_", "jsonl") {
        let text = contents(path)?;
        add(found, "EU consolidated", eu_json::read(path, &text)?, &[&text], about(folder)?)?;
    }
    let (consolidated, amendments) = (tables(&folder.join("consolidated"))?, tables(&folder.join("amendments"))?);
    if !(consolidated.is_empty() && amendments.is_empty()) {
        let list = eu_journal::read(consolidated.iter().map(borrow), amendments.iter().map(borrow))?;
        let texts: Vec<&[u8]> = consolidated.iter().chain(&amendments).map(|(_, text)| text.as_slice()).collect();
        add(found, "EU Official Journal", list, &texts, About::default())?;
    }
    Ok(())
}

/// The tables of a folder by name; none where there is no such folder.
fn tables(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, ScreeningError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = files(folder)?.into_values().filter(|path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")));
    files.map(|path| contents(&path).map(|text| (path, text))).collect()
}

fn borrow(file: &(PathBuf, Vec<u8>)) -> (&Path, &[u8]) {
    (&file.0, &file.1)
}

/// Of the XML files the last of each list, by the list's name.
fn newest_xml(files: &BTreeMap<String, PathBuf>) -> Result<BTreeMap<&'static str, (&PathBuf, Vec<u8>)>, ScreeningError> {
    let mut newest = BTreeMap::new();
    for (name, path) in files.iter().filter(|(_, path)| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xml"))) {
        let text = contents(path)?;
        let root = root(utf8(path, &text)?);
        let list = match root.as_deref() {
            Some("CONSOLIDATED_LIST") => "UN consolidated",
            Some("export") => "EU consolidated",
            Some("sdnList") if name.contains("cons") => "OFAC consolidated",
            Some("sdnList") => "OFAC SDN",
            _ => {
                let reason = "not a list of the UN, the EU or OFAC (OFAC's advanced format is not read; fetch SDN.XML)";
                return Err(ScreeningError::BadList { path: path.clone(), line: 0, reason });
            }
        };
        newest.insert(list, (path, text));
    }
    Ok(newest)
}

/// The name of the document's root element.
fn root(text: &str) -> Option<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            quick_xml::events::Event::Start(root) | quick_xml::events::Event::Empty(root) => {
                return Some(root.local_name().as_ref().to_owned());
            }
            quick_xml::events::Event::Eof => return None,
            _ => {}
        }
    }
}

fn utf8<'t>(path: &Path, text: &'t [u8]) -> Result<&'t str, ScreeningError> {
    let text = std::str::from_utf8(text).map_err(|_| ScreeningError::BadList { path: path.to_owned(), line: 0, reason: "not in UTF-8" })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Adds a list read from `texts`. Its version is the publication date where known, and the beginning of the texts' SHA-256.
fn add(found: &mut Vec<FoundList>, name: &str, list: PublishedList, texts: &[&[u8]], about: About) -> Result<(), ScreeningError> {
    let name = about.name.unwrap_or_else(|| name.to_owned());
    if found.iter().any(|other| other.version.name == name) {
        return Err(ScreeningError::Twice(name));
    }
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let published = about.published.or(list.published);
    let short = hex::encode(digest.get(..6).unwrap_or_default());
    let version = published.as_ref().map_or_else(|| format!("sha256:{short}"), |published| format!("{published} sha256:{short}"));
    let entries = u64::try_from(list.entries.len()).unwrap_or(u64::MAX);
    let version = ListVersion { name, version, entries, excerpt: about.excerpt, published, confirmed_at: None };
    found.push(FoundList { version, entries: list.entries });
    Ok(())
}

fn files(directory: &Path) -> Result<BTreeMap<String, PathBuf>, ScreeningError> {
    let unreadable = |source| ScreeningError::Unreadable { path: directory.to_owned(), source };
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            files.insert(name.to_lowercase(), path.clone());
        }
    }
    Ok(files)
}

/// `kind.csv`, else the last of `kind_<date>.csv` by name; `sdn_comments` is another file.
fn newest<'a>(files: &'a BTreeMap<String, PathBuf>, kind: &str) -> Option<&'a PathBuf> {
    let dated = |name: &&String| {
        let date = name.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')).and_then(|rest| rest.strip_suffix(".csv"));
        date.is_some_and(|date| date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
    };
    files.get(&format!("{kind}.csv")).or_else(|| files.keys().rev().find(dated).and_then(|name| files.get(name)))
}

/// The last by name of the files that begin and end like this.
fn last<'a>(files: &'a BTreeMap<String, PathBuf>, prefix: &str, extension: &str) -> Option<&'a PathBuf> {
    files
        .iter()
        .rev()
        .find(|(name, path)| name.starts_with(prefix) && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(extension)))
        .map(|(_, path)| path)
}

fn contents(path: &Path) -> Result<Vec<u8>, ScreeningError> {
    std::fs::read(path).map_err(|source| ScreeningError::Unreadable { path: path.to_owned(), source })
}

fn about(directory: &Path) -> Result<About, ScreeningError> {
    let path = directory.join("list.json");
    match std::fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|_| ScreeningError::BadList { path, line: 0, reason: "not {\"name\",\"published\",\"excerpt\"}" }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(About::default()),
        Err(source) => Err(ScreeningError::Unreadable { path, source }),
    }
}
