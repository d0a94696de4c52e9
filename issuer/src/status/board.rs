//! What this process has seen of each component, until it is written down, and the last picture of all of them.
//!
//! The picture stays in memory: the page shows it also while the database does not answer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use passid_api::time::Timestamp;

use super::component::{Component, Counts};
use super::snapshot::Snapshot;
use super::uptime::minute_of;

/// A request that takes longer has failed, as the service level agreement says.
pub(super) const TOO_LONG: Duration = Duration::from_secs(10);
/// Minutes not yet written that are kept at most: a day's.
const KEPT: i64 = 1_440;

/// Counts and picture of one process.
#[derive(Default)]
pub struct Board {
    seen: Mutex<BTreeMap<(i64, Component), Counts>>,
    picture: RwLock<Arc<Snapshot>>,
}

impl Board {
    fn add(&self, component: Component, now: Timestamp, counts: Counts) {
        let minute = minute_of(now);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen.entry((minute, component)).or_default() += counts;
        while seen.first_key_value().is_some_and(|((oldest, _), _)| *oldest < minute - KEPT) {
            seen.pop_first();
        }
    }

    /// Counts a request that was answered with this status after so long.
    pub fn note_request(&self, component: Component, now: Timestamp, status: u16, took: Duration) {
        let failed = status >= 500 || took > TOO_LONG;
        self.add(component, now, Counts { requests: 1, failures: i64::from(failed), ..Counts::default() });
    }

    /// Counts a probe.
    pub(super) fn note_probe(&self, component: Component, now: Timestamp, passed: bool) {
        self.add(component, now, Counts { probes_passed: i64::from(passed), probes_failed: i64::from(!passed), ..Counts::default() });
    }

    /// Everything not yet written, taken away.
    pub(super) fn take(&self) -> BTreeMap<(i64, Component), Counts> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts back what could not be written.
    pub(super) fn put_back(&self, counts: BTreeMap<(i64, Component), Counts>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, counts) in counts {
            *seen.entry(key).or_default() += counts;
        }
    }

    /// What this process has seen since a minute and not yet written.
    pub(super) fn unwritten_since(&self, minute: i64) -> BTreeMap<Component, Counts> {
        let mut sums = BTreeMap::<Component, Counts>::new();
        for ((seen, component), counts) in self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if *seen >= minute {
                *sums.entry(*component).or_default() += *counts;
            }
        }
        sums
    }

    /// The last picture.
    pub fn picture(&self) -> Arc<Snapshot> {
        Arc::clone(&self.picture.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows another picture.
    pub(super) fn show(&self, picture: Snapshot) {
        *self.picture.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(picture);
    }
}
