//! Loading what lies in a directory: all of it, or nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::ScreeningError;
use super::name::NameKey;
use super::ofac;
use super::outcome::ListVersion;

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
}

/// Every list of a directory.
#[derive(Debug, Default)]
pub(super) struct LoadedLists {
    /// What was loaded.
    pub(super) versions: Vec<ListVersion>,
    /// Every name.
    pub(super) names: Vec<ListedName>,
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

/// Loads `directory`: `sdn.csv` with `alt.csv`, or the newest of `sdn_*.csv` with the newest of `alt_*.csv`.
///
/// # Errors
/// [`ScreeningError`] when nothing is there or a file is not whole.
pub(super) fn load(directory: &Path) -> Result<LoadedLists, ScreeningError> {
    let files = files(directory)?;
    let primary_path = newest(&files, "sdn").ok_or_else(|| ScreeningError::NothingFound(directory.to_owned()))?;
    let primary = contents(primary_path)?;
    let aliases = newest(&files, "alt").map(|path| contents(path).map(|text| (path, text))).transpose()?;
    let list = ofac::read(primary_path, &primary, aliases.as_ref().map(|(path, text)| (path.as_path(), text.as_slice())))?;

    let about = about(directory)?;
    let mut hash = Sha256::new_with_prefix(&primary);
    if let Some((_, text)) = &aliases {
        hash.update(text);
    }
    let digest = hex::encode(hash.finalize());
    let digest = digest.get(..12).unwrap_or(&digest);
    let version = about.published.map_or_else(|| format!("sha256:{digest}"), |published| format!("{published} sha256:{digest}"));
    let name = about.name.unwrap_or_else(|| "OFAC SDN".to_owned());
    let mut loaded = LoadedLists { versions: vec![ListVersion { name, version, entries: list.entries, excerpt: about.excerpt }], names: Vec::new() };
    for person in list.persons {
        let names = person.names.into_iter().filter_map(|name| NameKey::of(&name).map(|key| (name, key)));
        loaded.names.extend(names.map(|(name, key)| ListedName { list: 0, entry: person.entry.clone(), name, key }));
    }
    Ok(loaded)
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
