//! Counts that all server processes share, on connections that do not wait for the disk: losing the last of them in a power cut
//! gives back a few requests, no more. Times are microseconds since the epoch.

use super::{Connection, StoreError};
use crate::params;

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn read(row: &super::Row) -> Result<u64, StoreError> {
    u64::try_from(row.get::<i64>("whole_at")?).map_err(|_| StoreError::Corrupt("count"))
}

/// Takes `cost` from a count whose whole is `window`. `None` when that is more than is left.
///
/// # Errors
/// [`StoreError`].
pub async fn take(connection: &mut Connection, name: [u8; 32], now: u64, cost: u64, window: u64) -> Result<Option<u64>, StoreError> {
    let sql = "INSERT INTO limit_counts (name, whole_at) VALUES ($1, $2 + $3)
               ON CONFLICT (name) DO UPDATE SET whole_at = CASE WHEN limit_counts.whole_at > $2 THEN limit_counts.whole_at ELSE $2 END + $3
               WHERE CASE WHEN limit_counts.whole_at > $2 THEN limit_counts.whole_at ELSE $2 END + $3 <= $2 + $4
               RETURNING whole_at";
    connection.fetch_optional(sql, params![name, number(now), number(cost), number(window)]).await?.as_ref().map(read).transpose()
}

/// Takes `cost` from a count even if nothing is left, and returns when it is whole again; the debt never exceeds the whole.
///
/// # Errors
/// [`StoreError`].
pub async fn force(connection: &mut Connection, name: [u8; 32], now: u64, cost: u64, window: u64) -> Result<u64, StoreError> {
    let sql = "INSERT INTO limit_counts (name, whole_at) VALUES ($1, $2 + $3)
               ON CONFLICT (name) DO UPDATE SET whole_at = CASE WHEN limit_counts.whole_at < $2 THEN $2 + $3
               WHEN limit_counts.whole_at + $3 > $2 + $4 THEN $2 + $4 ELSE limit_counts.whole_at + $3 END
               RETURNING whole_at";
    let row = connection.fetch_optional(sql, params![name, number(now), number(cost), number(window)]).await?;
    read(&row.ok_or(StoreError::Corrupt("count"))?)
}

/// When the count is whole again.
///
/// # Errors
/// [`StoreError`].
pub async fn whole_at(connection: &mut Connection, name: [u8; 32]) -> Result<Option<u64>, StoreError> {
    connection.fetch_optional("SELECT whole_at FROM limit_counts WHERE name = $1", params![name]).await?.as_ref().map(read).transpose()
}

/// Removes counts that are whole again.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_whole(connection: &mut Connection, now: u64) -> Result<u64, StoreError> {
    connection.execute("DELETE FROM limit_counts WHERE whole_at <= $1", params![number(now)]).await
}
