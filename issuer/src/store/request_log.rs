//! The log of the API's answers: written many rows at once, read by workspace, newest first.

use passid_api::environment::Environment;
use passid_api::ids::{ApiKeyId, InstitutionId, InstitutionUserId, RequestId, VerificationId};
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError, Value};
use crate::params;

/// The scope of requests that belong to no environment.
const WORKSPACE: &str = "workspace";
/// After every identifier.
const LAST: &str = "rid_~";

/// A request that a workspace made, and what it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// The identifier the caller got in `X-Request-Id`.
    pub id: RequestId,
    /// The environment of its key; none for a signed-in user's request.
    pub environment: Option<Environment>,
    /// The key it carried.
    pub key: Option<ApiKeyId>,
    /// The user whose access token it carried.
    pub user: Option<InstitutionUserId>,
    /// The method, in capitals.
    pub method: String,
    /// The route's pattern, such as `/v1/sessions/{id}`.
    pub route: String,
    /// The answer's status.
    pub status: u16,
    /// The code of a failed request.
    pub problem: Option<ProblemCode>,
    /// Whether an earlier answer was repeated.
    pub replayed: bool,
    /// Milliseconds until it was answered.
    pub duration_ms: u32,
    /// The verification it made.
    pub verification: Option<VerificationId>,
    /// When it was answered.
    pub created_at: Timestamp,
}

fn scope(environment: Option<Environment>) -> &'static str {
    environment.map_or(WORKSPACE, Environment::as_str)
}

fn values(institution: InstitutionId, row: &RequestRow) -> Vec<Value> {
    params![
        row.id,
        institution,
        scope(row.environment),
        row.key,
        row.user,
        row.method.as_str(),
        row.route.as_str(),
        row.status,
        row.problem,
        row.replayed,
        row.duration_ms,
        row.verification,
        row.created_at,
    ]
}

/// Writes requests of any workspaces.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, rows: &[(InstitutionId, RequestRow)]) -> Result<(), StoreError> {
    let sql = "INSERT INTO request_log (id, institution_id, scope, key_id, user_id, method, route, status, problem_code, replayed, duration_ms, \
               verification_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let rows = rows.iter().map(|(institution, row)| values(*institution, row)).collect();
    connection.execute_each(sql, rows, params![]).await.map(drop)
}

/// Which requests of a workspace.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    /// Only this method.
    pub method: Option<String>,
    /// Only this route's pattern.
    pub route: Option<String>,
    /// Only statuses from the first up to and without the second.
    pub status: Option<(u16, u16)>,
    /// Only those that failed with this code.
    pub problem: Option<ProblemCode>,
    /// Only those with this key.
    pub key: Option<ApiKeyId>,
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
}

/// A page of the workspace's requests in an environment and of those that belong to none, newest first: those made before `after`,
/// at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    filter: &RequestFilter,
    after: Option<RequestId>,
    limit: u32,
) -> Result<Vec<RequestRow>, StoreError> {
    // Identifiers sort by time, so times become bounds of the key and nothing outside them is read.
    let below = [after, filter.until.map(RequestId::first_at)].into_iter().flatten().min().map_or_else(|| LAST.to_owned(), |id| id.to_string());
    let from = filter.from.map_or_else(String::new, |time| RequestId::first_at(time).to_string());
    let (least, most) = filter.status.unwrap_or((0, u16::MAX));
    let sql = "SELECT id, scope, key_id, user_id, method, route, status, problem_code, replayed, duration_ms, verification_id, created_at FROM request_log
               WHERE institution_id = $1 AND scope = $2 AND id < $3 AND id >= $4 AND status >= $5 AND status < $6
               AND ($7 IS NULL OR method = $7) AND ($8 IS NULL OR route = $8) AND ($9 IS NULL OR problem_code = $9) AND ($10 IS NULL OR key_id = $10)
               ORDER BY id DESC LIMIT $11";
    let mut rows = Vec::new();
    for environment in [Some(environment), None] {
        let (method, route) = (filter.method.clone(), filter.route.clone());
        let values = params![institution, scope(environment), below.as_str(), from.as_str(), least, most, method, route, filter.problem, filter.key, limit];
        for row in connection.fetch_all(sql, values).await? {
            rows.push(read(&row)?);
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// One of the workspace's requests in an environment, or one that belongs to none.
///
/// # Errors
/// [`StoreError`].
pub async fn find(connection: &mut Connection, institution: InstitutionId, environment: Environment, id: RequestId) -> Result<Option<RequestRow>, StoreError> {
    let sql = "SELECT id, scope, key_id, user_id, method, route, status, problem_code, replayed, duration_ms, verification_id, created_at FROM request_log
               WHERE institution_id = $1 AND id = $2 AND (scope = $3 OR scope = $4)";
    connection.fetch_optional(sql, params![institution, id, environment, WORKSPACE]).await?.as_ref().map(read).transpose()
}

/// The request that made one of the workspace's verifications, if it is still in the log.
///
/// # Errors
/// [`StoreError`].
pub async fn of_verification(connection: &mut Connection, institution: InstitutionId, verification: VerificationId) -> Result<Option<RequestId>, StoreError> {
    let sql = "SELECT id FROM request_log WHERE verification_id = $2 AND institution_id = $1 ORDER BY id LIMIT 1";
    connection.fetch_optional(sql, params![institution, verification]).await?.map(|row| row.parse("id")).transpose()
}

fn read(row: &Row) -> Result<RequestRow, StoreError> {
    let scope: String = row.get("scope")?;
    let environment = if scope == WORKSPACE { None } else { Some(scope.parse().map_err(|_| StoreError::Corrupt("scope"))?) };
    Ok(RequestRow {
        id: row.parse("id")?,
        environment,
        key: row.parse_optional("key_id")?,
        user: row.parse_optional("user_id")?,
        method: row.get("method")?,
        route: row.get("route")?,
        status: u16::try_from(row.get::<i64>("status")?).map_err(|_| StoreError::Corrupt("status"))?,
        problem: row.parse_optional("problem_code")?,
        replayed: row.flag("replayed")?,
        duration_ms: u32::try_from(row.get::<i64>("duration_ms")?).map_err(|_| StoreError::Corrupt("duration_ms"))?,
        verification: row.parse_optional("verification_id")?,
        created_at: row.time("created_at")?,
    })
}
