//! Outcomes: what became of verified applicants, and how predictions held.

pub mod cohort;
pub(crate) mod examples;
pub mod http;
pub mod report;
#[cfg(test)]
mod tests;
