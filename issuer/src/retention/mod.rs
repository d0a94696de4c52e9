//! How long each kind of record is kept, and the job that ends it.
//!
//! Raw transactions and undisclosed claims never reach the database, so there is nothing of them to end. The audit log, the tree and
//! its heads, and the nullifiers that make a presentation count once stay: they hold no personal data, and cutting them would break
//! what they prove.

mod job;

#[cfg(test)]
mod tests;

pub use job::{enforce, run};

/// Days each kind of record is kept after it has served its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events, their deliveries and every attempt, after the event.
    pub events: u32,
    /// What a verification disclosed and its evidence, after the verification. Its identifier and time stay.
    pub verifications: u32,
    /// Requests to applicants, after their end.
    pub sessions: u32,
    /// Shares, after their end.
    pub shares: u32,
    /// The name declared for a bank connection, after its end.
    pub bank_links: u32,
    /// Sign-ins of institutions' users, after their end.
    pub sign_ins: u32,
    /// Entries of the request log, after the request.
    pub requests: u32,
}

impl Default for Retention {
    /// Events 90 days, verifications two years, requests in the log 14 days, the others 30 or 90 days.
    fn default() -> Self {
        Self { events: 90, verifications: 730, sessions: 90, shares: 90, bank_links: 30, sign_ins: 30, requests: 14 }
    }
}
