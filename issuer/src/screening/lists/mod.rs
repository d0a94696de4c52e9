//! Sanctions lists: their publishers' formats, what lies in a directory, and what differs between two editions.

pub mod changes;
mod directory;
pub mod entry;
mod eu_journal;
mod eu_json;
mod eu_xml;
mod ofac_csv;
mod ofac_xml;
mod un_xml;
#[cfg(test)]
mod vintages;

pub use directory::{FoundList, read};
