//! The rows of the audit log and the head of each workspace's chain.

use std::collections::BTreeMap;

use passid_api::ids::InstitutionId;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::chain::Head;
use crate::params;

/// One entry.
pub struct AuditRow {
    /// Its number, from 1.
    pub sequence: i64,
    /// What happened.
    pub action: String,
    /// To what.
    pub subject: String,
    /// By whom.
    pub actor: String,
    /// When, seconds since the epoch.
    pub created_at: Timestamp,
    /// The chain up to and including this entry.
    pub digest: [u8; 32],
}

fn read_head(row: &Row) -> Result<Head, StoreError> {
    Ok(Head { sequence: row.get("sequence")?, digest: row.digest("digest")? })
}

/// Takes the next numbers of the chains, as many as are asked for each, and locks their heads for the transaction; of two appends at once
/// the second waits here. The heads say the last number taken and the digest of the entry before the first, `first` when there is none.
/// Each workspace is asked for once; in the order of their identifiers, so that no two appends wait for each other.
///
/// # Errors
/// [`StoreError`].
pub async fn take_next(
    connection: &mut Connection,
    numbers: &BTreeMap<InstitutionId, i64>,
    first: [u8; 32],
) -> Result<BTreeMap<InstitutionId, Head>, StoreError> {
    let sql = "INSERT INTO audit_heads (institution_id, sequence, digest) VALUES ($1, $2, $3)
               ON CONFLICT (institution_id) DO UPDATE SET sequence = audit_heads.sequence + excluded.sequence
               RETURNING institution_id, sequence, digest";
    let rows = numbers.iter().map(|(institution, count)| params![*institution, *count, first]).collect();
    let heads = connection.fetch_each(sql, rows, params![]).await?;
    heads.iter().map(|row| Ok((row.parse("institution_id")?, read_head(row)?))).collect()
}

/// Writes entries and makes these the heads.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, entries: &[(InstitutionId, AuditRow)], heads: &BTreeMap<InstitutionId, Head>) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit_log (institution_id, sequence, action, subject, actor, created_at, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let row = |(institution, row): &(InstitutionId, AuditRow)| {
        params![*institution, row.sequence, row.action.as_str(), row.subject.as_str(), row.actor.as_str(), row.created_at, row.digest]
    };
    connection.execute_each(sql, entries.iter().map(row).collect(), params![]).await?;
    let sql = "WITH asked (institution, head) AS (VALUES ($1, $2))
               UPDATE audit_heads SET digest = head FROM asked WHERE institution_id = institution";
    let rows = heads.iter().map(|(institution, head)| params![*institution, head.digest]).collect();
    connection.execute_each(sql, rows, params![]).await.map(drop)
}

/// The head of the workspace's chain, if anything was ever written.
///
/// # Errors
/// [`StoreError`].
pub async fn head(connection: &mut Connection, institution: InstitutionId) -> Result<Option<Head>, StoreError> {
    let sql = "SELECT sequence, digest FROM audit_heads WHERE institution_id = $1";
    connection.fetch_optional(sql, params![institution]).await?.as_ref().map(read_head).transpose()
}

/// Keeps a checkpoint; one of the same length is there already when two were made at once.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_checkpoint(connection: &mut Connection, institution: InstitutionId, sequence: i64, note: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit_checkpoints (institution_id, sequence, note, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![institution, sequence, note, now]).await?;
    Ok(())
}

/// The checkpoint at this length, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn checkpoint_at(connection: &mut Connection, institution: InstitutionId, sequence: i64) -> Result<Option<String>, StoreError> {
    let sql = "SELECT note FROM audit_checkpoints WHERE institution_id = $1 AND sequence = $2";
    connection.fetch_optional(sql, params![institution, sequence]).await?.map(|row| row.get("note")).transpose()
}

/// The workspace's checkpoints longer than `after`, shortest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn checkpoints(connection: &mut Connection, institution: InstitutionId, after: i64, limit: u32) -> Result<Vec<(i64, String)>, StoreError> {
    let sql = "SELECT sequence, note FROM audit_checkpoints WHERE institution_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    let rows = connection.fetch_all(sql, params![institution, after, limit]).await?;
    rows.iter().map(|row| Ok((row.get("sequence")?, row.get("note")?))).collect()
}

/// Workspaces whose log is longer than their last checkpoint says, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn grown_logs(connection: &mut Connection, limit: u32) -> Result<Vec<InstitutionId>, StoreError> {
    let sql = "SELECT h.institution_id FROM audit_heads h WHERE NOT EXISTS
               (SELECT 1 FROM audit_checkpoints c WHERE c.institution_id = h.institution_id AND c.sequence >= h.sequence) LIMIT $1";
    connection.fetch_all(sql, params![limit]).await?.iter().map(|row| row.parse("institution_id")).collect()
}

/// At most `limit` entries after number `after`, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn list(connection: &mut Connection, institution: InstitutionId, after: i64, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    let sql = "SELECT sequence, action, subject, actor, created_at, digest FROM audit_log
               WHERE institution_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
    let rows = connection.fetch_all(sql, params![institution, after, limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(AuditRow {
                sequence: row.get("sequence")?,
                action: row.get("action")?,
                subject: row.get("subject")?,
                actor: row.get("actor")?,
                created_at: row.time("created_at")?,
                digest: row.digest("digest")?,
            })
        })
        .collect()
}
