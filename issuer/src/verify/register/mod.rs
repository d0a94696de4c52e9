//! Writes accepted verifications, many in one transaction: what waits while one batch is committed is the next.
//!
//! Alone, each would cost a round trip to the database per statement, a commit, and for the commit's length the head of its workspace's
//! audit chain, which the workspace's next one needs. Together they share all three. One that something speaks against comes to
//! nothing and harms no neighbour.

mod batch;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use passid_api::ids::{SessionId, ShareId};
use tracing::Instrument;

use crate::audit::Entry;
use crate::gather::{Line, Waiting};
use crate::service::Service;
use crate::store::idempotency::NewAnswer;
use crate::store::verifications::Mark;
use crate::store::{Store, StoreError};

use super::record::Record;
use batch::Batch;

/// Verifications in one transaction at most, so that the first is not kept waiting by the last.
const MAX_BATCH: usize = 32;

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
    let written = service.register.0.join(acceptance, || {
        tokio::spawn(work(service.clone()));
    });
    written.instrument(tracing::debug_span!("register verification")).await.map_err(|_| StoreError::Interrupted)?
}

/// Writes what waits until nothing does.
async fn work(service: Service) {
    while let Some(batch) = service.register.0.next(MAX_BATCH) {
        // Whatever happens, the next batch is written; whose verifications these were hears that it is not known.
        let _ = AssertUnwindSafe(serve(&service, batch)).catch_unwind().await;
    }
}

async fn serve(service: &Service, batch: Vec<Waiting<Acceptance, Result<Outcome, StoreError>>>) {
    let (items, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.item, waiting.answer)).unzip();
    let items: Arc<[Acceptance]> = items.into();
    let outcomes = match write_range(service, &items, 0..items.len()).await {
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
        outcomes.push(match write_range(service, items, place..place + 1).await {
            Ok(outcome) => outcome.into_iter().next().ok_or(StoreError::Interrupted),
            Err(Unwritten::Undone(error) | Unwritten::Unknown(error)) => Err(error),
        });
    }
    outcomes
}

async fn write_range(service: &Service, items: &Arc<[Acceptance]>, range: Range<usize>) -> Result<Vec<Outcome>, Unwritten> {
    let (items, now) = (Arc::clone(items), service.clock.now());
    let written = service.store.write(move |connection| {
        Box::pin(async move {
            let batch = Batch::of(items.get(range).unwrap_or_default());
            batch.write(connection, now).await.map_err(Unwritten::Undone)
        })
    });
    written.await
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
