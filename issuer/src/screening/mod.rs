//! Sanctions screening: lists, and whether a name is on them.
//!
//! [`lists::ScreeningLists`] is one loaded version of everything; [`screener::Screener`] holds the version in force and swaps it
//! only for one that loaded completely.

pub mod error;
pub mod outcome;
pub mod screener;

pub use error::ScreeningError;
pub use outcome::{Hit, ListVersion, ScreeningOutcome};
pub use screener::Screener;
