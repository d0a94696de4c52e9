//! Why a list was not loaded. The version in force stays in force.

use std::path::PathBuf;

/// A list directory that could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ScreeningError {
    /// The directory or a file could not be read: check path and rights.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A directory without any list this reader knows: check the path, or configure none.
    #[error(
        "no sanctions list found in {0}; expected sdn.csv or cons_prim.csv with what belongs to them (OFAC), an XML list of OFAC, the UN or the EU, eu_*.jsonl, or tables of the Official Journal in consolidated and amendments, here or in the folders ofac, un, eu"
    )]
    NothingFound(PathBuf),
    /// Two lists of one name: keep one of the two files.
    #[error("there are two lists named {0}; keep one of the files")]
    Twice(String),
    /// A file is not in its publisher's format: fetch it again.
    #[error("{path} is not a whole list: {reason} (line {line})")]
    BadList {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1; 0 for the file as a whole.
        line: u64,
        /// What is wrong.
        reason: &'static str,
    },
}

/// New lists that were not put in force. Those in force stay.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// A list does not load.
    #[error(transparent)]
    List(#[from] ScreeningError),
    /// Look at the files; say that the loss is meant if it is.
    #[error("these lists would lose entries: {}; the version in force stays. If that is meant, say --accept-loss", .0.join("; "))]
    Loss(Vec<String>),
    /// Run it again.
    #[error("another update put its lists in force at the same time; run this one again")]
    AnotherUpdate,
    /// Try again.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl ScreeningError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "screening_list_unreadable",
            Self::NothingFound(_) => "screening_no_list_found",
            Self::Twice(_) => "screening_list_twice",
            Self::BadList { .. } => "screening_bad_list",
        }
    }
}
