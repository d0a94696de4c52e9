//! From which web pages a workspace's publishable keys may be used.

use passid_api::environment::Environment;
use passid_api::ids::InstitutionId;

use crate::params;
use crate::store::{Connection, StoreError};

/// A registered origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginRow {
    /// For which environment's keys.
    pub environment: Environment,
    /// Scheme, host and port, as browsers write them.
    pub origin: String,
}

/// The workspace's origins, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn list_origins(connection: &mut Connection, institution: InstitutionId) -> Result<Vec<OriginRow>, StoreError> {
    let sql = "SELECT environment, origin FROM institution_origins WHERE institution_id = $1 ORDER BY origin, environment";
    let rows = connection.fetch_all(sql, params![institution]).await?;
    rows.iter().map(|row| Ok(OriginRow { environment: row.parse("environment")?, origin: row.get("origin")? })).collect()
}

/// Replaces the workspace's origins. The caller holds a lock on the workspace.
///
/// # Errors
/// [`StoreError`].
pub async fn replace_origins(connection: &mut Connection, institution: InstitutionId, origins: Vec<OriginRow>) -> Result<(), StoreError> {
    connection.execute("DELETE FROM institution_origins WHERE institution_id = $1", params![institution]).await?;
    for row in origins {
        let sql = "INSERT INTO institution_origins (origin, institution_id, environment) VALUES ($1, $2, $3)";
        connection.execute(sql, params![row.origin, institution, row.environment]).await?;
    }
    Ok(())
}

/// Whether any workspace registered this origin: all that can be asked before a browser has sent a key.
///
/// # Errors
/// [`StoreError`].
pub async fn any_workspace_allows(connection: &mut Connection, origin: &str) -> Result<bool, StoreError> {
    let sql = "SELECT origin FROM institution_origins WHERE origin = $1 LIMIT 1";
    Ok(connection.fetch_optional(sql, params![origin]).await?.is_some())
}

/// Whether the workspace registered this origin for this environment.
///
/// # Errors
/// [`StoreError`].
pub async fn workspace_allows(connection: &mut Connection, institution: InstitutionId, environment: Environment, origin: &str) -> Result<bool, StoreError> {
    let sql = "SELECT origin FROM institution_origins WHERE origin = $1 AND institution_id = $2 AND environment = $3";
    Ok(connection.fetch_optional(sql, params![origin, institution, environment]).await?.is_some())
}
