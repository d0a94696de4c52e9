//! The vault's tables, change by change. A released file here never changes: phones hold vaults made by it.

#[cfg(test)]
mod tests;

use crate::vault::Migration;

/// Every change so far, in order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { name: "initial", sql: include_str!("0001_initial.sql") },
    Migration { name: "recovery", sql: include_str!("0002_recovery.sql") },
    Migration { name: "credential source", sql: include_str!("0003_credential_source.sql") },
];
