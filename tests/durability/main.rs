//! Servers that are killed at any moment: what they answered stands, what they committed arrives, and nothing else does.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::similar_names, reason = "a test fails by panicking, and what was answered is held against answers")]

mod backups;
mod crashes;
mod instances;
mod load;
