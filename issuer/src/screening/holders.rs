//! Holders and the lists: who is screened how, what is kept of it, and what a match does.
//!
//! What is kept is what it takes to screen again, sealed: the names a holder is known under and what they declared. It goes with the
//! account, or when the holder has had no credential for as long as declared names are kept.

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::time::Timestamp;
use zeroize::Zeroizing;

use crate::credential::tree;
use crate::http::ApiError;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::screened::{StoredClearance, StoredHolder};
use crate::store::users::WalletUser;
use crate::store::{self, Connection, StoreError};

use super::log::{self, Action};
use super::outcome::{Hit, ScreeningOutcome};
use super::person::Person;
use super::qualifiers::Qualifiers;

/// The issuer itself, as the log names who acts.
pub(super) const ISSUER: &str = "issuer";

/// A holder as they were screened.
pub struct Screened {
    /// Who was screened: what they say now, and after a match what they said before.
    pub person: Person,
    /// What was found; what an operator cleared is not in it.
    pub outcome: ScreeningOutcome,
    /// Whether a list matched them until now.
    pub was_matched: bool,
}

/// Screens a holder who asks for a credential.
///
/// While a list matches them, what they said before counts on: nobody gets out of a match by another name or birth date. Otherwise what they
/// declared before counts where they declare nothing now.
///
/// # Errors
/// [`ApiError`] when what was kept cannot be read.
pub async fn screen(service: &Service, user: &WalletUser, mut person: Person) -> Result<Screened, ApiError> {
    let mut reader = service.store.reader().await?;
    if let Some(kept) = store::screened::find(&mut reader, user.id).await? {
        let earlier = open_person(service, &kept)?;
        if user.sanctions_match {
            person.add_earlier(&earlier);
        } else if person.qualifiers == Qualifiers::default() {
            person.qualifiers = earlier.qualifiers;
        }
    }
    let clearances = store::screened::clearances(&mut reader, user.id).await?;
    drop(reader);
    let (inside, asked) = (service.clone(), person.clone());
    let screened = tokio::task::spawn_blocking(move || inside.sanctions.screen_all_names(&asked)).await;
    let mut outcome = screened.map_err(|_| StoreError::Interrupted)?.at(service.clock.now(), service.config.sanctions_max_age_days);
    outcome.hits = uncleared(service, &person, outcome.hits, &clearances);
    // Whom an excerpt names it names, but it calls nobody clear outside the sandbox.
    outcome.lists.retain(|list| !list.excerpt || user.environment == Environment::Sandbox);
    Ok(Screened { person, outcome, was_matched: user.sanctions_match })
}

/// Keeps what it takes to screen the holder again, in the transaction of what rests on the screening.
///
/// # Errors
/// [`ApiError`].
pub async fn keep(service: &Service, connection: &mut Connection, user: UserId, screened: &Screened) -> Result<(), ApiError> {
    let now = service.clock.now();
    let holder = StoredHolder {
        user,
        sealed_person: seal(service, &user.to_string(), &serde_json::to_vec(&screened.person)?)?,
        sealed_hits: seal_hits(service, user, &screened.outcome.hits)?,
        version: screened.outcome.number,
        screened_at: now,
        declared_at: now,
    };
    Ok(store::screened::keep(connection, holder).await?)
}

/// A match ends what the holder had: nothing of the account is relied on from now on.
///
/// # Errors
/// [`ApiError`].
pub async fn refuse(service: &Service, connection: &mut Connection, (user, environment): (UserId, Environment), hits: &[Hit]) -> Result<(), ApiError> {
    let now = service.clock.now();
    store::users::set_sanctions_match(connection, user, true).await?;
    for leaf in store::credentials::revoke_all(connection, user, now).await? {
        tree::revoke(service, connection, environment, leaf).await.map_err(|error| ApiError::internal(&error))?;
    }
    let found = hits.iter().map(|hit| format!("{} {}", hit.list, hit.entry)).collect::<Vec<_>>().join("; ");
    Ok(log::append(connection, Action::HolderMatched, &user.to_string(), &found, ISSUER, now).await?)
}

/// No list matches the holder any more. What was revoked stays revoked; they may ask for a fresh credential.
///
/// # Errors
/// [`StoreError`].
pub async fn free(connection: &mut Connection, user: UserId, detail: &str, now: Timestamp) -> Result<(), StoreError> {
    store::users::set_sanctions_match(connection, user, false).await?;
    log::append(connection, Action::HolderFreed, &user.to_string(), detail, ISSUER, now).await
}

/// The hits that no clearance covers. A clearance covers the person and the entry as they were when it was given.
pub(super) fn uncleared(service: &Service, person: &Person, hits: Vec<Hit>, clearances: &[StoredClearance]) -> Vec<Hit> {
    if clearances.is_empty() || hits.is_empty() {
        return hits;
    }
    let person = person_digest(service, person);
    let covers = |clearance: &StoredClearance, hit: &Hit| {
        (&clearance.list, &clearance.entry) == (&hit.list, &hit.entry) && clearance.entry_digest == hit.entry_digest && clearance.person_digest == person
    };
    hits.into_iter().filter(|hit| !clearances.iter().any(|clearance| covers(clearance, hit))).collect()
}

/// A keyed digest of who was screened: it says whether they are the same as then, and nothing to whoever has the database alone.
pub(super) fn person_digest(service: &Service, person: &Person) -> [u8; 32] {
    let plain = Zeroizing::new(serde_json::to_vec(&person.ordered()).unwrap_or_default());
    service.sealer.digest(Purpose::ScreenedPerson, &plain)
}

/// Who is kept.
///
/// # Errors
/// [`ApiError`] when it does not open.
pub fn open_person(service: &Service, kept: &StoredHolder) -> Result<Person, ApiError> {
    Ok(serde_json::from_slice(&service.sealer.open(Purpose::ScreenedPerson, &kept.user.to_string(), &kept.sealed_person)?)?)
}

/// The hits that stand against who is kept.
///
/// # Errors
/// [`ApiError`] when they do not open.
pub fn open_hits(service: &Service, kept: &StoredHolder) -> Result<Vec<Hit>, ApiError> {
    let Some(sealed) = &kept.sealed_hits else { return Ok(Vec::new()) };
    Ok(serde_json::from_slice(&service.sealer.open(Purpose::ScreenedPerson, &format!("{}/hits", kept.user), sealed)?)?)
}

pub(super) fn seal_hits(service: &Service, user: UserId, hits: &[Hit]) -> Result<Option<Vec<u8>>, ApiError> {
    if hits.is_empty() {
        return Ok(None);
    }
    seal(service, &format!("{user}/hits"), &serde_json::to_vec(hits)?).map(Some)
}

pub(super) fn seal(service: &Service, context: &str, plain: &[u8]) -> Result<Vec<u8>, ApiError> {
    Ok(service.with_random(|random| service.sealer.seal(Purpose::ScreenedPerson, context, plain, random))?)
}
