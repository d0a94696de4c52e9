//! The sandbox: a bank that behaves like a real one and knows invented people, the documented tokens, and a piece of a sanctions
//! list to screen.

pub mod bank;
pub mod fixtures;

use std::io;
use std::path::Path;

/// The shipped excerpt of a public-domain sanctions list, by file name; `assets/sanctions/README.md` says where it comes from.
const SANCTIONS_EXCERPT: [(&str, &str); 4] = [
    ("sdn.csv", include_str!("../../assets/sanctions/sdn.csv")),
    ("alt.csv", include_str!("../../assets/sanctions/alt.csv")),
    ("list.json", include_str!("../../assets/sanctions/list.json")),
    ("README.md", include_str!("../../assets/sanctions/README.md")),
];

/// Writes the excerpt into `directory`, for [`crate::screening::Screener::from_directory`]; what is there is replaced.
///
/// # Errors
/// When the directory cannot be made or written.
pub fn write_sanctions_excerpt(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    SANCTIONS_EXCERPT.iter().try_for_each(|(name, text)| std::fs::write(directory.join(name), text))
}
