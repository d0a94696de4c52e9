//! Loading what lies in a directory: all of it, or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::ScreeningError;
use super::index::NameIndex;
use super::listed::PublishedList;
use super::name::NameKey;
use super::outcome::ListVersion;
use super::qualifiers::Qualifiers;
use super::{eu, ofac, un};

/// One name of one listed person, ready to be compared.
#[derive(Debug)]
pub(super) struct ListedName {
    /// Position of its list in [`LoadedLists::versions`].
    pub(super) list: usize,
    /// The entry's number.
    pub(super) entry: String,
    /// The name as the list has it.
    pub(super) name: String,
    /// The name as it is compared.
    pub(super) key: NameKey,
    /// What tells the person from namesakes.
    pub(super) qualifiers: Arc<Qualifiers>,
}

/// Every list of a directory.
#[derive(Debug, Default)]
pub(super) struct LoadedLists {
    /// What was loaded.
    pub(super) versions: Vec<ListVersion>,
    /// Every name.
    pub(super) names: Vec<ListedName>,
    /// Which of them are worth comparing.
    pub(super) index: NameIndex,
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

/// Loads every list in `directory` and its folders `ofac`, `un` and `eu`.
///
/// Of each publisher's editions the newest by file name counts: `sdn.csv` or else the last `sdn_<date>.csv`, with `alt` beside it;
/// the last `.xml`; the last `eu_….jsonl`.
///
/// # Errors
/// [`ScreeningError`] when nothing is there or a file is not whole.
pub(super) fn load(directory: &Path) -> Result<LoadedLists, ScreeningError> {
    let mut loaded = LoadedLists::default();
    load_folder(directory, &mut loaded)?;
    for folder in ["ofac", "un", "eu"] {
        let folder = directory.join(folder);
        if folder.is_dir() {
            load_folder(&folder, &mut loaded)?;
        }
    }
    if loaded.versions.is_empty() {
        return Err(ScreeningError::NothingFound(directory.to_owned()));
    }
    loaded.index = NameIndex::over(loaded.names.iter().map(|listed| &listed.key));
    Ok(loaded)
}

fn load_folder(folder: &Path, loaded: &mut LoadedLists) -> Result<(), ScreeningError> {
    let files = files(folder)?;
    if let Some(primary_path) = newest(&files, "sdn") {
        let primary = contents(primary_path)?;
        let aliases = newest(&files, "alt").map(|path| contents(path).map(|text| (path, text))).transpose()?;
        let list = ofac::read(primary_path, &primary, aliases.as_ref().map(|(path, text)| (path.as_path(), text.as_slice())))?;
        let texts: Vec<&[u8]> = std::iter::once(primary.as_slice()).chain(aliases.as_ref().map(|(_, text)| text.as_slice())).collect();
        loaded.add("OFAC SDN", list, &texts, about(folder)?);
    }
    if let Some(primary_path) = newest(&files, "cons_prim") {
        let primary = contents(primary_path)?;
        let aliases = newest(&files, "cons_alt").map(|path| contents(path).map(|text| (path, text))).transpose()?;
        let list = ofac::read(primary_path, &primary, aliases.as_ref().map(|(path, text)| (path.as_path(), text.as_slice())))?;
        let texts: Vec<&[u8]> = std::iter::once(primary.as_slice()).chain(aliases.as_ref().map(|(_, text)| text.as_slice())).collect();
        loaded.add("OFAC consolidated", list, &texts, About::default());
    }
    if let Some(path) = last(&files, "", "xml") {
        let text = contents(path)?;
        loaded.add("UN consolidated", un::read(path, &text)?, &[&text], about(folder)?);
    }
    if let Some(path) = last(&files, "eu_", "jsonl") {
        let text = contents(path)?;
        loaded.add("EU consolidated", eu::read(path, &text)?, &[&text], about(folder)?);
    }
    Ok(())
}

impl LoadedLists {
    /// Adds a list read from `texts`. Its version is the publication date where known, and the beginning of the texts' SHA-256.
    fn add(&mut self, name: &str, list: PublishedList, texts: &[&[u8]], about: About) {
        let mut hash = Sha256::new();
        for text in texts {
            hash.update(text);
        }
        let digest = hex::encode(hash.finalize());
        let digest = digest.get(..12).unwrap_or(&digest);
        let version = about.published.or(list.published).map_or_else(|| format!("sha256:{digest}"), |published| format!("{published} sha256:{digest}"));
        let position = self.versions.len();
        self.versions.push(ListVersion { name: about.name.unwrap_or_else(|| name.to_owned()), version, entries: list.entries, excerpt: about.excerpt });
        for person in list.persons {
            let qualifiers = Arc::new(person.qualifiers);
            let names = person.names.into_iter().filter_map(|name| NameKey::of(&name).map(|key| (name, key)));
            self.names.extend(names.map(|(name, key)| ListedName {
                list: position,
                entry: person.entry.clone(),
                name,
                key,
                qualifiers: Arc::clone(&qualifiers),
            }));
        }
    }
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
