//! How much anyone may ask: quotas per key, wallet, workspace and address, and the budget that makes guessing codes pointless.
//!
//! With SQLite, one process serves, and the counts live in its memory: a request pays no commit for them. With PostgreSQL the
//! counts live in the database and each process takes them in blocks, so that a busy key asks for one row in many requests; what
//! all processes grant together never exceeds the quota.

pub mod address;
mod bucket;
mod meter;
mod quota;

pub use meter::{Charge, CodeTry, Meter, Refused, Subject};
pub use quota::{InvalidLimit, LimitName, LimitSetting, Limits, Quota};
