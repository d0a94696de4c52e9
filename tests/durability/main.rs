//! Servers that are killed at any moment: what they answered stands, what they committed arrives, and nothing else does.

mod backups;
mod crashes;
mod instances;
mod load;
