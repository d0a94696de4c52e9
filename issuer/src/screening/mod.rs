//! Sanctions screening: lists, and whether a name is on them.
//!
//! [`Screener`] holds the lists in force and swaps them only for lists that loaded completely. No list loaded means nothing was
//! screened, which is not the same as clear.

pub mod clearance;
pub mod error;
pub mod follow;
pub mod holders;
pub mod lists;
mod loaded;
pub mod log;
mod matching;
pub mod outcome;
pub mod person;
pub mod qualifiers;
pub mod rescreen;
pub mod screener;
pub mod speed;
pub mod update;

#[cfg(test)]
mod tests;

pub use error::{ScreeningError, UpdateError};
pub use matching::{PAIR_THRESHOLD, THRESHOLD, name_similarity};
pub use outcome::{Grade, Hit, ListVersion, ScreeningOutcome};
pub use person::Person;
pub use qualifiers::Qualifiers;
pub use screener::Screener;
