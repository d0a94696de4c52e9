//! Sanctions lists: their publishers' formats, what lies in a directory, and what differs between two editions.

pub mod changes;
mod directory;
pub mod entry;
mod eu_json;
mod ofac_csv;
mod un_xml;

pub use directory::{FoundList, read};
