//! An operator clears a false positive: once, with a reason, for one person and one entry, until either changes.

use passid_api::ids::UserId;
use passid_api::time::Timestamp;

use crate::http::ApiError;
use crate::service::Service;
use crate::store::screened::{StoredClearance, clearance_id};
use crate::store::{self, StoreError};

use super::holders;
use super::log::{self, Action};

/// The longest reason, characters.
const MAX_REASON: usize = 1_000;

/// Why a match was not cleared.
#[derive(Debug, thiserror::Error)]
pub enum ClearanceError {
    /// Look at the matches there are.
    #[error("this entry does not stand against this holder; `passid lists matches` shows those that do")]
    NoSuchMatch,
    /// Say why.
    #[error("say why in 1 to {MAX_REASON} characters, and who clears in 1 to 100")]
    NoReason,
    /// What is kept does not open, or the database failed.
    #[error("what is kept of the holder could not be read or written: {0}")]
    Failed(String),
}

impl From<ApiError> for ClearanceError {
    fn from(error: ApiError) -> Self {
        Self::Failed(error.0.detail)
    }
}

impl From<StoreError> for ClearanceError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Clears the match of `entry` in `list` against the holder, and frees them when it was the last. Returns how many matches still stand.
///
/// # Errors
/// [`ClearanceError`].
pub async fn clear(service: &Service, user: UserId, (list, entry): (&str, &str), reason: &str, operator: &str) -> Result<usize, ClearanceError> {
    let within = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
    if !within(reason, MAX_REASON) || !within(operator, 100) {
        return Err(ClearanceError::NoReason);
    }
    let kept = store::screened::find(&mut service.store.reader().await?, user).await?.ok_or(ClearanceError::NoSuchMatch)?;
    let person = holders::open_person(service, &kept)?;
    let (cleared, standing): (Vec<_>, Vec<_>) = holders::open_hits(service, &kept)?.into_iter().partition(|hit| hit.list == list && hit.entry == entry);
    let hit = cleared.into_iter().next().ok_or(ClearanceError::NoSuchMatch)?;
    let now: Timestamp = service.clock.now();
    let clearance = StoredClearance {
        person_digest: holders::person_digest(service, &person),
        entry_digest: hit.entry_digest,
        sealed_reason: holders::seal(service, &clearance_id(user, list, entry), reason.trim().as_bytes())?,
        list: hit.list,
        entry: hit.entry,
        cleared_by: operator.trim().to_owned(),
        cleared_at: now,
    };
    let (left, sealed) = (standing.len(), holders::seal_hits(service, user, &standing)?);
    let (detail, operator) = (format!("{list} {entry}"), operator.trim().to_owned());
    let work = service.store.write(move |connection| {
        Box::pin(async move {
            store::screened::clear(connection, user, clearance).await?;
            if !store::screened::screened(connection, &kept, kept.version, sealed, now).await? {
                return Ok::<_, StoreError>(false);
            }
            log::append(connection, Action::MatchCleared, &user.to_string(), &detail, &operator, now).await?;
            if left == 0 {
                holders::free(connection, user, "cleared", now).await?;
            }
            Ok(true)
        })
    });
    if work.await? { Ok(left) } else { Err(ClearanceError::Failed("the holder was screened again meanwhile; look at the matches, then clear again".into())) }
}
