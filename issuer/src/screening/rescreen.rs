//! Screening every holder again, because the lists changed.

use rayon::prelude::*;

use crate::http::ApiError;
use crate::service::Service;
use crate::store::screened::{DueHolder, StoredHolder};
use crate::store::{self, StoreError};

use super::holders;
use super::outcome::ScreeningOutcome;
use super::person::Person;

/// Holders screened together.
const PAGE: u32 = 500;

/// What rescreening did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rescreened {
    /// Holders screened against the lists in force.
    pub screened: u64,
    /// Holders a list matches now and did not before; their credentials are revoked.
    pub matched: u64,
    /// Holders no list matches any more.
    pub freed: u64,
    /// Holders whose record does not open under this master key; they are left as they were.
    pub unreadable: u64,
}

/// Screens every holder who was screened against an older version than the one in force. What was done stays done: when it breaks off,
/// whoever runs it next goes on, and two at once change nothing twice.
///
/// # Errors
/// [`ApiError`] when the database fails.
pub async fn rescreen(service: &Service) -> Result<Rescreened, ApiError> {
    let (number, _) = service.sanctions.in_force();
    let (mut done, mut after) = (Rescreened::default(), String::new());
    loop {
        let due = store::screened::due(&mut service.store.reader().await?, number, &after, PAGE).await?;
        let Some(last) = due.last() else { return Ok(done) };
        after = last.holder.user.to_string();
        let inside = service.clone();
        let screened = tokio::task::spawn_blocking(move || {
            let one = |due: DueHolder| {
                let person = holders::open_person(&inside, &due.holder).ok()?;
                let outcome = inside.sanctions.screen_all_names(&person);
                Some((due, person, outcome))
            };
            due.into_par_iter().map(one).collect::<Vec<_>>()
        });
        let mut clear = Vec::new();
        for found in screened.await.map_err(|_| StoreError::Interrupted)? {
            match found {
                None => done.unreadable += 1,
                Some((due, _, outcome)) if outcome.hits.is_empty() && !due.matched => clear.push((due.holder, outcome.number)),
                Some((due, person, outcome)) => judge(service, due, person, outcome, &mut done).await?,
            }
        }
        done.screened += note_clear(service, clear).await?;
    }
}

/// Most people, before and after: one transaction for all of them.
async fn note_clear(service: &Service, clear: Vec<(StoredHolder, i64)>) -> Result<u64, ApiError> {
    let now = service.clock.now();
    let work = service.store.write(move |connection| {
        Box::pin(async move {
            let mut noted = 0;
            for (holder, number) in clear {
                noted += u64::from(store::screened::screened(connection, &holder, number, None, now).await?);
            }
            Ok::<_, StoreError>(noted)
        })
    });
    Ok(work.await?)
}

/// A holder with hits, or with a match that may be over.
async fn judge(service: &Service, due: DueHolder, person: Person, outcome: ScreeningOutcome, done: &mut Rescreened) -> Result<(), ApiError> {
    let (inside, now) = (service.clone(), service.clock.now());
    let (noted, now_matched, was_matched) = service
        .store
        .write(move |connection| {
            Box::pin(async move {
                let DueHolder { holder, environment, matched } = due;
                let user = holder.user;
                let clearances = store::screened::clearances(connection, user).await?;
                let hits = holders::uncleared(&inside, &person, outcome.hits, &clearances);
                let sealed = holders::seal_hits(&inside, user, &hits)?;
                if !store::screened::screened(connection, &holder, outcome.number, sealed, now).await? {
                    return Ok::<_, ApiError>((false, matched, matched));
                }
                match (matched, hits.is_empty()) {
                    (false, false) => holders::refuse(&inside, connection, (user, environment), &hits).await?,
                    (true, true) => holders::free(connection, user, &format!("lists {}", outcome.number), now).await?,
                    _ => {}
                }
                Ok((true, !hits.is_empty(), matched))
            })
        })
        .await?;
    done.screened += u64::from(noted);
    done.matched += u64::from(now_matched && !was_matched);
    done.freed += u64::from(was_matched && !now_matched);
    Ok(())
}
