//! Waiting for a session's answer: long polls and event streams.
//!
//! Who answers in this process wakes who waits in it. What happened in another process is found by looking again now and then, and
//! only where other processes can write to the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use passid_api::ids::SessionId;
use passid_api::session::SessionState;

use crate::http::ApiError;
use crate::service::Service;
use crate::store;
use crate::store::sessions::StoredSession;

/// How long it may take until an answer given through another process is seen.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

type Waiting = Arc<Mutex<HashMap<SessionId, Arc<Notify>>>>;

/// Who waits for which session.
#[derive(Default)]
pub struct SessionChanges(Waiting);

/// A place to wait; leaves no trace when dropped.
struct Place {
    session: SessionId,
    changed: Arc<Notify>,
    waiting: Waiting,
}

impl SessionChanges {
    /// Wakes everybody who waits for the session.
    pub fn notify(&self, session: SessionId) {
        if let Some(changed) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&session) {
            changed.notify_waiters();
        }
    }

    fn place(&self, session: SessionId) -> Place {
        let changed = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(session).or_default());
        Place { session, changed, waiting: Arc::clone(&self.0) }
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // This place and the map: nobody else waits.
        if Arc::strong_count(&self.changed) <= 2 {
            waiting.remove(&self.session);
        }
    }
}

/// The session as soon as it is no longer pending, or as it stands after `at_most`.
///
/// # Errors
/// [`ApiError`] when the database fails or the session is gone.
pub async fn answered(service: &Service, session: StoredSession, at_most: Duration) -> Result<StoredSession, ApiError> {
    let place = service.session_changes.place(session.id);
    let until = tokio::time::Instant::now() + at_most;
    let mut session = session;
    loop {
        // Before the look: a change between looking and waiting is not missed.
        let changed = place.changed.notified();
        session = store::sessions::find(&mut service.store.reader().await?, session.id).await?.ok_or_else(ApiError::not_found)?;
        let now = service.clock.now();
        if session.state(now) != SessionState::Pending || tokio::time::Instant::now() >= until || service.stopping.is_cancelled() {
            return Ok(session);
        }
        let lasts = Duration::from_secs(session.expires_at.seconds_since(now).max(0).unsigned_abs());
        let mut look = until.min(tokio::time::Instant::now() + lasts);
        if service.store.is_shared() {
            look = look.min(tokio::time::Instant::now() + LOOK_AGAIN);
        }
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep_until(look) => {}
            () = service.stopping.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn who_went_away_is_forgotten() {
        let id = |seed| {
            let clock = passid_api::time::ManualClock::new(passid_api::time::Timestamp::from_seconds(1_773_756_131).unwrap());
            SessionId::generate(&clock, &mut rand::rngs::StdRng::seed_from_u64(seed))
        };
        let changes = SessionChanges::default();
        let (first, second, other) = (changes.place(id(1)), changes.place(id(1)), changes.place(id(2)));
        assert_eq!(changes.waiting(), 2);
        drop(first);
        assert_eq!(changes.waiting(), 2, "another waits for it");
        drop(second);
        drop(other);
        assert_eq!(changes.waiting(), 0);
    }
}
