//! What was seen of each component, by the minute and, later, by the day.

use super::{Connection, StoreError};
use crate::params;
use crate::status::component::{Component, Counts};

/// Adds what this process saw in a minute.
///
/// # Errors
/// [`StoreError`].
pub async fn add(connection: &mut Connection, component: Component, minute: i64, counts: Counts) -> Result<(), StoreError> {
    let sql = "INSERT INTO status_minutes (component, minute, probes_passed, probes_failed, requests, failures) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (component, minute) DO UPDATE SET
                   probes_passed = status_minutes.probes_passed + excluded.probes_passed, probes_failed = status_minutes.probes_failed + excluded.probes_failed,
                   requests = status_minutes.requests + excluded.requests, failures = status_minutes.failures + excluded.failures";
    connection.execute(sql, params![component, minute, counts.probes_passed, counts.probes_failed, counts.requests, counts.failures]).await?;
    Ok(())
}

/// What all processes saw of each component from a minute on.
///
/// # Errors
/// [`StoreError`].
pub async fn sums_since(connection: &mut Connection, minute: i64) -> Result<Vec<(Component, Counts)>, StoreError> {
    let sql = "SELECT component, CAST(SUM(probes_passed) AS BIGINT) AS passed, CAST(SUM(probes_failed) AS BIGINT) AS failed,
                      CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(failures) AS BIGINT) AS failures
               FROM status_minutes WHERE minute >= $1 GROUP BY component";
    let rows = connection.fetch_all(sql, params![minute]).await?;
    rows.iter()
        .map(|row| {
            let counts =
                Counts { probes_passed: row.get("passed")?, probes_failed: row.get("failed")?, requests: row.get("requests")?, failures: row.get("failures")? };
            Ok((row.parse("component")?, counts))
        })
        .collect()
}

/// The first minute that is not summed up into a day: the one after the last day summed up, or the first anything was seen in.
///
/// # Errors
/// [`StoreError`].
pub async fn first_minute(connection: &mut Connection) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT COALESCE((SELECT (MAX(day) + 1) * 1440 FROM status_days), (SELECT MIN(minute) FROM status_minutes)) AS first";
    connection.fetch_optional(sql, params![]).await?.map_or(Ok(None), |row| row.get("first"))
}

/// Minutes in which each component worked, from `from` up to `until`, those of announced maintenance left out. The rule, with its
/// 10 requests and 48 hours, stands in [`crate::status::uptime`].
///
/// # Errors
/// [`StoreError`].
pub async fn minutes_up(connection: &mut Connection, from: i64, until: i64) -> Result<Vec<(Component, i64)>, StoreError> {
    let sql = "SELECT component, COUNT(*) AS up FROM status_minutes
               WHERE minute >= $1 AND minute < $2 AND probes_passed > 0 AND (requests < 10 OR failures * 2 <= requests)
                 AND NOT EXISTS (SELECT 1 FROM incidents WHERE impact = 'maintenance' AND started_at - created_at >= 172800
                                 AND minute >= started_at / 60 AND minute < (scheduled_until + 59) / 60)
               GROUP BY component";
    let rows = connection.fetch_all(sql, params![from, until]).await?;
    rows.iter().map(|row| Ok((row.parse("component")?, row.get("up")?))).collect()
}

/// A day summed up.
pub struct Day {
    /// What of.
    pub component: Component,
    /// Days since the epoch.
    pub day: i64,
    /// Minutes it worked.
    pub up: i64,
    /// Minutes it did not.
    pub down: i64,
}

/// Days summed up, from one on.
///
/// # Errors
/// [`StoreError`].
pub async fn days_since(connection: &mut Connection, day: i64) -> Result<Vec<Day>, StoreError> {
    let sql = "SELECT component, day, minutes_up, minutes_down FROM status_days WHERE day >= $1";
    let rows = connection.fetch_all(sql, params![day]).await?;
    rows.iter()
        .map(|row| Ok(Day { component: row.parse("component")?, day: row.get("day")?, up: row.get("minutes_up")?, down: row.get("minutes_down")? }))
        .collect()
}

/// Sums a day up, once.
///
/// # Errors
/// [`StoreError`].
pub async fn insert_day(connection: &mut Connection, day: &Day) -> Result<(), StoreError> {
    let sql = "INSERT INTO status_days (component, day, minutes_up, minutes_down) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![day.component, day.day, day.up, day.down]).await?;
    Ok(())
}

/// Forgets minutes before one.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_minutes(connection: &mut Connection, before: i64) -> Result<u64, StoreError> {
    connection.execute("DELETE FROM status_minutes WHERE minute < $1", params![before]).await
}
