//! What one transaction does for all its verifications: a statement of each kind for those that stand.

use std::collections::{BTreeMap, BTreeSet};

use passid_api::time::Timestamp;

use super::{Acceptance, Objection, Outcome, Uses};
use crate::audit;
use crate::store::{self, Connection, StoreError};
use crate::verify::record;

/// The verifications of one transaction and what has become of each.
pub(super) struct Batch<'b>(Vec<(&'b Acceptance, Outcome)>);

impl<'b> Batch<'b> {
    /// Of two that use the same, or answer the same request, the first stands.
    pub(super) fn of(items: &'b [Acceptance]) -> Self {
        let (mut shares, mut sessions, mut scopes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let outcome = |item: &Acceptance| {
            if item.answer.as_ref().is_some_and(|answer| !scopes.insert(answer.scope)) {
                return Err(Objection::Answered);
            }
            let is_first = match item.uses {
                Uses::Share(share) => shares.insert(share),
                Uses::Session(session, _) => sessions.insert(session),
            };
            if is_first { Ok(()) } else { Err(Objection::Taken) }
        };
        let outcomes: Vec<_> = items.iter().map(outcome).collect();
        Self(items.iter().zip(outcomes).collect())
    }

    fn standing(&self) -> impl Iterator<Item = &'b Acceptance> {
        self.0.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(item, _)| *item)
    }

    /// Objects to those that stand and do not hold; returns them.
    fn object(&mut self, objection: Objection, holds: impl Fn(&Acceptance) -> bool) -> Vec<&'b Acceptance> {
        let mut objected = Vec::new();
        for (item, outcome) in &mut self.0 {
            if outcome.is_ok() && !holds(item) {
                *outcome = Err(objection);
                objected.push(*item);
            }
        }
        objected
    }

    /// The order of the statements, and of the rows in each, is the same for every batch, so that batches of several processes rarely wait
    /// for each other in a circle; the chains' heads come last, because whoever appends next waits for them.
    pub(super) async fn write(mut self, connection: &mut Connection, now: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        self.answer(connection, now).await?;
        let mut objected = self.use_shares(connection, now).await?;
        objected.extend(self.use_sessions(connection, now).await?);
        let scopes: Vec<_> = objected.into_iter().filter_map(|item| item.answer.as_ref()).map(|answer| answer.scope).collect();
        store::idempotency::remove_each(connection, &scopes).await?;

        let records: Vec<_> = self.standing().map(|item| &item.record).collect();
        record::write(connection, &records, now).await?;
        let sessions: Vec<_> = self.standing().filter_map(|item| Some((item.session()?.0, item.record.verification.stored.id))).collect();
        store::sessions::set_verifications(connection, &sessions).await?;
        let entries: Vec<_> = self.standing().map(|item| &item.entry).collect();
        audit::append_each(connection, &entries, now).await?;
        Ok(self.0.into_iter().map(|(_, outcome)| outcome).collect())
    }

    async fn answer(&mut self, connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
        let mut answers: Vec<_> = self.standing().filter_map(|item| item.answer.as_ref()).collect();
        answers.sort_unstable_by_key(|answer| answer.scope);
        let stored: BTreeSet<_> = store::idempotency::insert_each(connection, &answers, now).await?.into_iter().collect();
        self.object(Objection::Answered, |item| item.answer.as_ref().is_none_or(|answer| stored.contains(&answer.scope)));
        Ok(())
    }

    async fn use_shares(&mut self, connection: &mut Connection, now: Timestamp) -> Result<Vec<&'b Acceptance>, StoreError> {
        let shares: BTreeMap<_, _> = self.standing().filter_map(|item| Some((item.share()?, item.record.verification.institution))).collect();
        let taken = store::shares::take_unobjected(connection, &shares, now).await?;
        Ok(self.object(Objection::Taken, |item| item.share().is_none_or(|share| taken.contains(&share))))
    }

    async fn use_sessions(&mut self, connection: &mut Connection, now: Timestamp) -> Result<Vec<&'b Acceptance>, StoreError> {
        let sessions: BTreeSet<_> = self.standing().filter_map(|item| Some(item.session()?.0)).collect();
        let completed = store::sessions::complete(connection, &sessions, now).await?;
        let mut objected = self.object(Objection::Taken, |item| item.session().is_none_or(|(session, _)| completed.contains(&session)));

        let mut marks: Vec<_> = self.standing().filter_map(|item| Some(item.session()?.1)).collect();
        marks.sort_unstable();
        let new: BTreeSet<_> = store::verifications::insert_nullifiers(connection, &marks, now).await?.into_iter().collect();
        let replayed = self.object(Objection::Replayed, |item| item.session().is_none_or(|(_, mark)| new.contains(mark)));
        let sessions: Vec<_> = replayed.iter().filter_map(|item| Some(item.session()?.0)).collect();
        store::sessions::reopen(connection, &sessions).await?;
        objected.extend(replayed);
        Ok(objected)
    }
}
