//! Where a setting's value comes from: the flag, else the environment, else the file, else the default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ArgMatches;

use super::table::{SERVE, STORE, Setting};

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    Flag,
    Environment,
    File(PathBuf),
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("flag"),
            Self::Environment => formatter.write_str("environment"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Default => formatter.write_str("default"),
        }
    }
}

/// What is wrong, and where to put it right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
    #[error("{path}: there is no setting {key}; `passid config reference` lists them")]
    UnknownKey { path: String, key: String },
    #[error("{name} (from {from}): {reason}")]
    Value { name: &'static str, from: String, reason: String },
}

/// The layers, read and merged as text.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    values: BTreeMap<&'static str, (String, Source)>,
    /// Everything wrong so far.
    pub(crate) mistakes: Vec<Mistake>,
}

impl Layers {
    /// Reads `settings` from the command line, from what `environment` says, and from the file at `--config` or `PASSID_CONFIG`.
    pub(crate) fn read(settings: &[&'static [Setting]], matches: &ArgMatches, environment: impl Fn(&str) -> Option<String>) -> Self {
        let mut layers = Self::default();
        let given = |name: &str| matches.try_get_many::<String>(name).ok().flatten().map(|values| values.cloned().collect::<Vec<_>>().join(","));
        let path = given("config").or_else(|| environment("PASSID_CONFIG")).map(PathBuf::from);
        let mut file = path.as_deref().map(|path| layers.read_file(path)).unwrap_or_default();
        for setting in settings.iter().copied().flatten() {
            let from_file = file.remove(setting.name).zip(path.clone()).map(|(value, path)| (value, Source::File(path)));
            let decided = given(setting.name)
                .map(|value| (value, Source::Flag))
                .or_else(|| environment(&setting.variable()).filter(|value| !value.is_empty()).map(|value| (value, Source::Environment)))
                .or(from_file)
                .or_else(|| setting.default.map(|value| (value.to_owned(), Source::Default)));
            if let Some(decided) = decided {
                layers.values.insert(setting.name, decided);
            }
        }
        layers
    }

    /// The file's values by their names. Tables are another way to write the first word of a name.
    fn read_file(&mut self, path: &Path) -> BTreeMap<String, String> {
        let shown = path.display().to_string();
        let table = match std::fs::read_to_string(path) {
            Err(error) => {
                self.mistakes.push(Mistake::File { path: shown, reason: error.to_string() });
                return BTreeMap::new();
            }
            Ok(text) => match text.parse::<toml::Table>() {
                Err(error) => {
                    self.mistakes.push(Mistake::File { path: shown, reason: error.to_string().trim_end().to_owned() });
                    return BTreeMap::new();
                }
                Ok(table) => table,
            },
        };
        let mut values = BTreeMap::new();
        flatten("", &table, &mut values);
        for key in values.keys().filter(|key| !STORE.iter().chain(SERVE).any(|setting| setting.name == key.as_str())) {
            self.mistakes.push(Mistake::UnknownKey { path: shown.clone(), key: key.clone() });
        }
        values
    }

    /// The text that was decided for a setting, and by whom.
    pub(crate) fn text(&self, name: &str) -> Option<(&str, &Source)> {
        self.values.get(name).map(|(value, source)| (value.as_str(), source))
    }

    /// The value of a setting, read by `read`; notes the mistake when it does not read.
    pub(crate) fn read_with<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (text, source) = self.values.get(name)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.mistakes.push(Mistake::Value { name, from: source.to_string(), reason });
                None
            }
        }
    }

    /// The value of a setting.
    pub(crate) fn value<T: FromStr<Err: fmt::Display>>(&mut self, name: &'static str) -> Option<T> {
        self.read_with(name, |text| text.parse().map_err(|error: T::Err| error.to_string()))
    }
}

fn flatten(prefix: &str, table: &toml::Table, values: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}_{key}") };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, values),
            toml::Value::String(text) => drop(values.insert(name, text.clone())),
            toml::Value::Integer(number) => drop(values.insert(name, number.to_string())),
            toml::Value::Float(number) => drop(values.insert(name, number.to_string())),
            toml::Value::Boolean(truth) => drop(values.insert(name, truth.to_string())),
            toml::Value::Array(items) => drop(values.insert(name, items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(","))),
            // No setting is a date: what it was meant for says so.
            toml::Value::Datetime(_) => drop(values.insert(name, "a date".to_owned())),
        }
    }
}
