//! Loading a new version of the lists into the store, and reading the one in force from it.

use std::path::Path;

use passid_api::time::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::store::sanctions::{StoredList, StoredVersion};
use crate::store::{self, Connection, Store, StoreError};

use super::error::UpdateError;
use super::lists::changes::Changes;
use super::lists::{self, FoundList};
use super::log::{self, Action};
use super::outcome::ListVersion;

/// What became of a list.
#[derive(Debug, Clone, Serialize)]
pub struct ListReport {
    /// Its name.
    pub list: String,
    /// Its edition; nothing when the list is in force no more.
    pub edition: Option<String>,
    /// Entries of every kind.
    pub entries: u64,
    /// What differs from the edition before.
    #[serde(flatten)]
    pub changes: Changes,
}

/// A loaded version.
#[derive(Debug, Clone, Serialize)]
pub struct Loaded {
    /// The number in force.
    pub version: i64,
    /// The same lists were in force already: only the day they were confirmed is new.
    pub unchanged: bool,
    /// Every list of this version and the one before.
    pub lists: Vec<ListReport>,
}

/// Puts the lists in `directory` in force, all or none, and says what differs. Every running server takes them within
/// [`FOLLOW_EVERY`](super::follow::FOLLOW_EVERY); who rescreens is [`super::rescreen`].
///
/// Unless `accept_loss`, lists are refused of which one in force is missing, older, or shorter by more than a tenth: a file that was cut
/// between two lines looks like that, and no other check can tell.
///
/// # Errors
/// [`UpdateError`]; the version in force stays in force.
pub async fn load(store: &Store, directory: &Path, accept_loss: bool, actor: &str, now: Timestamp) -> Result<Loaded, UpdateError> {
    let path = directory.to_owned();
    let mut found = tokio::task::spawn_blocking(move || lists::read(&path)).await.map_err(|_| StoreError::Interrupted)??;
    found.sort_by(|one, other| one.version.name.cmp(&other.version.name));
    let stored = found.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    let digest = digest(&stored);
    let before = in_force(&mut store.reader().await?).await?;
    let (number, before_digest, old) = before.map_or((0, None, Vec::new()), |(version, lists)| (version.version, Some(version.digest), lists));
    let unchanged = before_digest == Some(digest);
    let losses = losses(&old, &found);
    if !(losses.is_empty() || accept_loss) {
        return Err(UpdateError::Loss(losses));
    }
    let reports = report(&old, &found);
    let loaded = Loaded { version: if unchanged { number } else { number + 1 }, unchanged, lists: reports };
    let (version, actor) = (StoredVersion { version: loaded.version, digest, loaded_at: now, confirmed_at: now }, actor.to_owned());
    let counts = counts(&loaded.lists);
    let work = store.write(move |connection| {
        Box::pin(async move {
            let number = version.version;
            if unchanged {
                store::sanctions::confirm(connection, number, now).await?;
                return log::append(connection, Action::ListsConfirmed, &number.to_string(), "", &actor, now).await;
            }
            store::sanctions::insert(connection, &version, stored, &counts).await?;
            log::append(connection, Action::ListsLoaded, &number.to_string(), &counts, &actor, now).await
        })
    });
    match work.await {
        Ok(()) => Ok(loaded),
        Err(StoreError::Duplicate(_)) => Err(UpdateError::AnotherUpdate),
        Err(error) => Err(error.into()),
    }
}

/// The version in force with its lists; none when none was ever loaded.
///
/// # Errors
/// [`StoreError::Corrupt`] when a list is not what was loaded.
pub async fn in_force(connection: &mut Connection) -> Result<Option<(StoredVersion, Vec<FoundList>)>, StoreError> {
    let Some(version) = store::sanctions::latest(connection).await? else { return Ok(None) };
    let stored = store::sanctions::lists(connection, version.version).await?;
    let confirmed_at = version.confirmed_at;
    let opened = tokio::task::spawn_blocking(move || stored.into_iter().map(|list| open(list, confirmed_at)).collect::<Result<Vec<_>, _>>());
    Ok(Some((version, opened.await.map_err(|_| StoreError::Interrupted)??)))
}

fn stored(found: &FoundList) -> Result<StoredList, StoreError> {
    let content = serde_json::to_vec(&found.entries).map_err(|_| StoreError::Corrupt("sanctions list"))?;
    let ListVersion { name, version, entries, excerpt, published, .. } = found.version.clone();
    Ok(StoredList { name, edition: version, published, entries, excerpt, digest: Sha256::digest(&content).into(), content: Some(content) })
}

fn open(list: StoredList, confirmed_at: Timestamp) -> Result<FoundList, StoreError> {
    let content = list.content.filter(|content| <[u8; 32]>::from(Sha256::digest(content)) == list.digest).ok_or(StoreError::Corrupt("sanctions list"))?;
    let entries = serde_json::from_slice(&content).map_err(|_| StoreError::Corrupt("sanctions list"))?;
    let StoredList { name, edition, published, entries: count, excerpt, .. } = list;
    let version = ListVersion { name, version: edition, entries: count, excerpt, published, confirmed_at: Some(confirmed_at) };
    Ok(FoundList { version, entries })
}

/// SHA-256 over every list's name, edition and content, each behind its length.
fn digest(lists: &[StoredList]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for list in lists {
        for field in [list.name.as_bytes(), list.edition.as_bytes(), &[u8::from(list.excerpt)], &list.digest] {
            hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(field);
        }
    }
    hash.finalize().into()
}

fn losses(before: &[FoundList], after: &[FoundList]) -> Vec<String> {
    let loss = |old: &FoundList| {
        let (name, before) = (&old.version.name, old.version.entries);
        let Some(new) = after.iter().find(|list| list.version.name == *name) else { return Some(format!("{name} is in force and not there")) };
        match (&old.version.published, &new.version.published) {
            (Some(old), Some(new)) if new < old => return Some(format!("{name} of {new} is older than that of {old} in force")),
            _ => {}
        }
        let shorter = new.version.entries.saturating_mul(10) < before.saturating_mul(9);
        shorter.then(|| format!("{name} has {} entries, that in force {before}", new.version.entries))
    };
    before.iter().filter_map(loss).collect()
}

fn report(before: &[FoundList], after: &[FoundList]) -> Vec<ListReport> {
    let old = |name: &str| before.iter().find(|list| list.version.name == name).map(|list| list.entries.as_slice()).unwrap_or_default();
    let gone = before.iter().filter(|list| after.iter().all(|other| other.version.name != list.version.name));
    let present = after.iter().map(|list| ListReport {
        list: list.version.name.clone(),
        edition: Some(list.version.version.clone()),
        entries: list.version.entries,
        changes: Changes::between(old(&list.version.name), &list.entries),
    });
    present
        .chain(gone.map(|list| ListReport { list: list.version.name.clone(), edition: None, entries: 0, changes: Changes::between(&list.entries, &[]) }))
        .collect()
}

/// `OFAC SDN +2 ~1 -0; …`: added, changed, removed.
fn counts(lists: &[ListReport]) -> String {
    let one = |list: &ListReport| format!("{} +{} ~{} -{}", list.list, list.changes.added.len(), list.changes.changed.len(), list.changes.removed.len());
    lists.iter().map(one).collect::<Vec<_>>().join("; ")
}
