//! What holds for every operation: who may call it, who may not, and that what changes something is on record.
//!
//! One table drives all of it. It is held against the operations the server documents, so that nobody adds one without saying
//! here what a stranger gets and whether the audit log knows of it.

mod audit;
mod roles;
mod stage;
mod table;
mod tenancy;
