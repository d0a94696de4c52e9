//! The history's rows.

use passid_api::claims::Slot;
use passid_api::ids::ShareId;
use passid_api::permission::PermissionSet;
use passid_api::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{HistoryEntry, HistoryFilter, NewEntry, Outcome};
use crate::vault::VaultError;

const KEPT: &str = "keep_history";

pub(crate) fn is_kept(tables: &Connection) -> Result<bool, VaultError> {
    let value: Option<String> = tables.query_row("SELECT value FROM setting WHERE name = ?1", [KEPT], |row| row.get(0)).optional()?;
    Ok(value.as_deref() != Some("no"))
}

pub(crate) fn set_kept(tables: &Connection, keep: bool) -> Result<(), VaultError> {
    let value = if keep { "yes" } else { "no" };
    tables.execute("INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", [KEPT, value])?;
    Ok(())
}

/// Begins a line about an attempt, unless the person switched the history off.
pub(crate) fn begin(tables: &Connection, attempt: i64, entry: &NewEntry, now: Timestamp) -> Result<(), VaultError> {
    if !is_kept(tables)? {
        return Ok(());
    }
    let json = |value: serde_json::Result<String>| value.map_err(|_| VaultError::MALFORMED_VALUE);
    tables.execute(
        "INSERT INTO history (attempt, at, way, verifier_id, verifier, permissions, predicates, environment, reference, outcome)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            attempt,
            now.seconds(),
            entry.way.as_str(),
            entry.verifier_id.map(|id| id.to_string()),
            entry.verifier,
            json(serde_json::to_string(&entry.permissions))?,
            json(serde_json::to_string(&entry.predicates))?,
            entry.environment.as_str(),
            entry.reference,
            Outcome::Started.as_str(),
        ],
    )?;
    Ok(())
}

/// Puts a line from a backup back. What was under way on the other phone is not known here.
pub(crate) fn restore(tables: &Connection, entry: &HistoryEntry) -> Result<(), VaultError> {
    let json = |value: serde_json::Result<String>| value.map_err(|_| VaultError::MALFORMED_VALUE);
    let outcome = if entry.outcome == Outcome::Started { Outcome::Unknown } else { entry.outcome };
    tables.execute(
        "INSERT INTO history (attempt, at, way, verifier_id, verifier, permissions, predicates, environment, reference, outcome, reason)
         VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            entry.at.seconds(),
            entry.way.as_str(),
            entry.verifier_id.map(|id| id.to_string()),
            entry.verifier,
            json(serde_json::to_string(&entry.permissions))?,
            json(serde_json::to_string(&entry.predicates))?,
            entry.environment.as_str(),
            entry.reference,
            outcome.as_str(),
            entry.reason,
        ],
    )?;
    Ok(())
}

/// Says what came of an attempt, where there is a line about it.
pub(crate) fn conclude(tables: &Connection, attempt: i64, outcome: Outcome, reason: Option<&str>, reference: Option<&str>) -> Result<(), VaultError> {
    tables.execute(
        "UPDATE history SET outcome = ?2, reason = ?3, reference = coalesce(?4, reference) WHERE attempt = ?1",
        params![attempt, outcome.as_str(), reason, reference],
    )?;
    Ok(())
}

/// Says what came of a share, and who redeemed it.
pub(crate) fn share_used(tables: &Connection, share: ShareId, outcome: Outcome, by: Option<&str>) -> Result<(), VaultError> {
    tables.execute(
        "UPDATE history SET outcome = ?2, verifier = coalesce(?3, verifier) WHERE way = 'share' AND reference = ?1",
        params![share.to_string(), outcome.as_str(), by],
    )?;
    Ok(())
}

pub(crate) fn list(tables: &Connection, filter: &HistoryFilter) -> Result<Vec<HistoryEntry>, VaultError> {
    let mut statement = tables.prepare(
        "SELECT id, at, way, verifier_id, verifier, permissions, predicates, environment, reference, outcome, reason FROM history
         WHERE (?1 IS NULL OR verifier_id = ?1) AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR at >= ?3)
         ORDER BY at DESC, id DESC LIMIT ?4",
    )?;
    let limit = filter.limit.map_or(-1, i64::from);
    let verifier = filter.verifier.map(|id| id.to_string());
    let rows = statement.query_map(params![verifier, filter.outcome.map(Outcome::as_str), filter.since.map(Timestamp::seconds), limit], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Result<HistoryEntry, VaultError> {
    let malformed = VaultError::MALFORMED_VALUE;
    let text = |index: usize| row.get::<_, String>(index);
    Ok(HistoryEntry {
        id: row.get(0)?,
        at: Timestamp::from_seconds(row.get(1)?).map_err(|_| malformed)?,
        way: text(2)?.parse().map_err(|_| malformed)?,
        verifier_id: row.get::<_, Option<String>>(3)?.map(|id| id.parse().map_err(|_| malformed)).transpose()?,
        verifier: row.get(4)?,
        permissions: serde_json::from_str::<PermissionSet>(&text(5)?).map_err(|_| malformed)?,
        predicates: serde_json::from_str::<Vec<Slot>>(&text(6)?).map_err(|_| malformed)?,
        environment: text(7)?.parse().map_err(|_| malformed)?,
        reference: row.get(8)?,
        outcome: text(9)?.parse().map_err(|_| malformed)?,
        reason: row.get(10)?,
    })
}

pub(super) fn delete(tables: &Connection, id: Option<i64>) -> Result<u64, VaultError> {
    let deleted = tables.execute("DELETE FROM history WHERE ?1 IS NULL OR id = ?1", [id])?;
    Ok(u64::try_from(deleted).unwrap_or_default())
}
