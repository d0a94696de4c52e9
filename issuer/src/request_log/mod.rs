//! The log of what the API answered to each workspace, for the people who integrate with it: which request, when, how it ended.
//!
//! It holds patterns of addresses and identifiers, never an address, a body or a token, so there is nothing in it to redact. A
//! request only puts its entry into a queue in memory; [`worker`] writes them beside the requests, many in one transaction. When the
//! database does not keep up, entries are dropped and counted: no request waits for its log.

pub mod worker;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId, InstitutionUserId, RequestId, VerificationId};
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;

use crate::store::request_log::RequestRow;

/// Entries that wait at most, about two megabytes. They are written every second.
pub const MAX_WAITING: usize = 8_192;
/// Longer than any route there is.
const MAX_ROUTE: usize = 120;

/// The workspace a request belongs to: left in the response by whoever found it out. A response without it belongs to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestOwner {
    /// The workspace.
    pub institution: InstitutionId,
    /// The environment of the key; none for a user's access token.
    pub environment: Option<Environment>,
    /// The key.
    pub key: Option<ApiKeyId>,
    /// The user.
    pub user: Option<InstitutionUserId>,
}

/// The verification a request made: left in the response by its handler.
#[derive(Debug, Clone, Copy)]
pub struct Made(pub VerificationId);

/// What is known of a request when it was answered.
#[derive(Debug)]
pub struct Answered<'a> {
    /// Its identifier.
    pub id: RequestId,
    /// Its method.
    pub method: &'a Method,
    /// The route's pattern.
    pub route: &'a str,
    /// The answer's status.
    pub status: u16,
    /// The code, when it failed.
    pub problem: Option<ProblemCode>,
    /// Whether an earlier answer was repeated.
    pub replayed: bool,
    /// How long it took.
    pub took: Duration,
    /// The verification it made.
    pub verification: Option<VerificationId>,
    /// The time of the answer.
    pub now: Timestamp,
}

/// Entries of this process that are not written yet.
#[derive(Default)]
pub struct RequestLog {
    waiting: Mutex<VecDeque<(InstitutionId, RequestRow)>>,
}

impl RequestLog {
    /// Notes a request. Returns whether there was room for it.
    #[must_use]
    pub fn note(&self, owner: RequestOwner, answered: &Answered<'_>) -> bool {
        let row = RequestRow {
            id: answered.id,
            environment: owner.environment,
            key: owner.key,
            user: owner.user,
            method: standard(answered.method).to_owned(),
            route: answered.route.chars().take(MAX_ROUTE).collect(),
            status: answered.status,
            problem: answered.problem,
            replayed: answered.replayed,
            duration_ms: u32::try_from(answered.took.as_millis()).unwrap_or(u32::MAX),
            verification: answered.verification,
            created_at: answered.now,
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let room = waiting.len() < MAX_WAITING;
        if room {
            waiting.push_back((owner.institution, row));
        }
        room
    }

    /// The oldest entries, at most `limit`, taken away.
    fn take(&self, limit: usize) -> Vec<(InstitutionId, RequestRow)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(limit);
        waiting.drain(..count).collect()
    }
}

/// The method's name; a caller's own word could hold anything.
fn standard(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
