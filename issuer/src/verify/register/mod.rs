//! Writes accepted verifications, many in one transaction: what waits while one batch is committed is the next.
//!
//! Alone, each would cost a round trip to the database per statement, a commit, and for the commit's length the head of its workspace's
//! audit chain, which the workspace's next one needs. Together they share all three. One that something speaks against comes to
//! nothing and harms no neighbour.

mod batch;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use passid_api::ids::{SessionId, ShareId};
use tokio::sync::oneshot::Sender;
use tracing::Instrument;

use crate::audit::Entry;
use crate::gather::Line;
use crate::service::Service;
use crate::store::idempotency::NewAnswer;
use crate::store::verifications::Mark;
use crate::store::{Store, StoreError};

use super::record::Record;
use batch::Batch;

/// Verifications in one transaction at most, so that the first is not kept waiting by the last.
const MAX_BATCH: usize = 32;
/// Verifications that are few for a transaction: less time goes into their statements than into the commit.
const FEW: usize = 8;

/// An accepted verification, to be written unless something has come up that speaks against it.
pub struct Acceptance {
    /// What it uses up.
    pub uses: Uses,
    /// The answer for a repeated request.
    pub answer: Option<NewAnswer>,
    /// What is kept of it, and who is told.
    pub record: Record,
    /// What the audit log says of it.
    pub entry: Entry,
}

/// What a verification uses up.
pub enum Uses {
    /// A share, which is to be unused, of a holder who is on no list and has a credential in force.
    Share(ShareId),
    /// A session, which is to be pending, and a presentation, which is to be new.
    Session(SessionId, Mark),
}

/// Why a verification was not written; nothing of it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// A request under the same idempotency key was answered first.
    Answered,
    /// The share or the session is no longer to be had.
    Taken,
    /// The presentation counted before.
    Replayed,
}

type Outcome = Result<(), Objection>;

/// Transactions at once where others write to the database too: while one is made durable, the next one's statements run.
const SHARED_TRANSACTIONS: usize = 2;

/// The accepted verifications that wait to be written.
pub struct Register(Line<Acceptance, Result<Outcome, StoreError>>);

impl Register {
    /// A register for the database, with nobody in it.
    pub fn new(store: &Store) -> Self {
        // The embedded engine has one writer.
        Self(Line::new(if store.is_shared() { SHARED_TRANSACTIONS } else { 1 }))
    }
}

/// Why a transaction brought no outcome.
enum Unwritten {
    /// A statement failed; nothing happened.
    Undone(StoreError),
    /// It could not begin, or perhaps not end.
    Unknown(StoreError),
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Self::Unknown(error)
    }
}

/// Writes the verification, durably, unless something speaks against it. Wake the deliveries afterwards.
///
/// # Errors
/// [`StoreError`] when the database fails.
pub async fn write(service: &Service, acceptance: Acceptance) -> Result<Outcome, StoreError> {
    let written = service.register.0.join(acceptance, || begin(service));
    written.instrument(tracing::debug_span!("register verification")).await.map_err(|_| StoreError::Interrupted)?
}

fn begin(service: &Service) {
    tokio::spawn(work(service.clone()));
}

/// The verifications of a transaction, where their answers go, and whether the next transaction is none of its business any more.
#[derive(Default)]
struct Taken {
    items: Arc<[Acceptance]>,
    answers: Vec<Sender<Result<Outcome, StoreError>>>,
    left: bool,
}

/// Writes what waits when its transaction has begun, and sees to the next one when it has ended. While there are few, the embedded engine's
/// writer finds the next at once and commits it with this one; when there are many, their answers are made while others are written.
async fn work(service: Service) {
    let place = Arc::new(Mutex::new(None));
    let (inside, taking) = (service.clone(), Arc::clone(&place));
    let written = service.store.write(move |connection| {
        Box::pin(async move {
            let line = &inside.register.0;
            let Some(batch) = line.next(MAX_BATCH) else {
                put(&taking, Taken { left: true, ..Taken::default() });
                return Ok(Vec::new());
            };
            let (items, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.item, waiting.answer)).unzip();
            let items: Arc<[Acceptance]> = items.into();
            let left = inside.store.is_embedded() && items.len() <= FEW;
            put(&taking, Taken { items: Arc::clone(&items), answers, left });
            if left {
                line.leave(|| begin(&inside));
            }
            Batch::of(&items).write(connection, inside.clock.now()).await.map_err(Unwritten::Undone)
        })
    });
    let written = written.await;
    let taken = place.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(taken) = taken else {
        // The transaction did not begin: whoever waits hears that it was interrupted.
        tracing::error!("no transaction could be begun for the verifications that wait");
        while service.register.0.next(MAX_BATCH).is_some() {}
        return;
    };
    let left = taken.left;
    answer(&service, taken, written).await;
    if !left {
        service.register.0.leave(|| begin(&service));
    }
}

fn put(place: &Mutex<Option<Taken>>, taken: Taken) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken);
}

async fn answer(service: &Service, taken: Taken, written: Result<Vec<Outcome>, Unwritten>) {
    let Taken { items, answers, .. } = taken;
    let outcomes = match written {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(Unwritten::Undone(error)) => {
            // One of them is to blame, or none, as when two processes waited for each other; the others get what is theirs.
            tracing::warn!(%error, "a batch of verifications failed; they are written one by one");
            write_singly(service, &items).await
        }
        Err(Unwritten::Unknown(error)) => {
            tracing::error!(%error, "a batch of verifications may not have been written");
            items.iter().map(|_| Err(StoreError::Interrupted)).collect()
        }
    };
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // The caller may have gone away; what it asked for happened all the same.
        let _ = answer.send(outcome);
    }
}

async fn write_singly(service: &Service, items: &Arc<[Acceptance]>) -> Vec<Result<Outcome, StoreError>> {
    let mut outcomes = Vec::with_capacity(items.len());
    for place in 0..items.len() {
        let (items, now) = (Arc::clone(items), service.clock.now());
        let written = service
            .store
            .write(move |connection| Box::pin(async move { Batch::of(items.get(place..=place).unwrap_or_default()).write(connection, now).await }));
        outcomes.push(written.await.and_then(|outcomes: Vec<Outcome>| outcomes.into_iter().next().ok_or(StoreError::Interrupted)));
    }
    outcomes
}

impl Acceptance {
    fn share(&self) -> Option<ShareId> {
        match self.uses {
            Uses::Share(share) => Some(share),
            Uses::Session(..) => None,
        }
    }

    fn session(&self) -> Option<(SessionId, &Mark)> {
        match &self.uses {
            Uses::Session(session, mark) => Some((*session, mark)),
            Uses::Share(_) => None,
        }
    }
}
