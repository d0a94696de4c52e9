//! The credential trees as stored: counters, nodes, and the chain of signed heads.

use passid_api::environment::Environment;
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// A tree's counters and its newest head.
#[derive(Clone)]
pub struct TreeState {
    /// Number of the newest head.
    pub sequence: u64,
    /// Leaves appended.
    pub size: u64,
    /// Leaves zeroed.
    pub revocations: u64,
    /// The root, 32 bytes big-endian.
    pub root: [u8; 32],
    /// The newest head, compact JWS.
    pub head: String,
}

pub(super) const NO_TREE: StoreError = StoreError::Corrupt("credential tree");

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn read_state(row: &Row) -> Result<TreeState, StoreError> {
    let count = |column| u64::try_from(row.get::<i64>(column)?).map_err(|_| NO_TREE);
    Ok(TreeState {
        sequence: count("sequence")?,
        size: count("size")?,
        revocations: count("revocations")?,
        root: row.get::<Vec<u8>>("root")?.try_into().map_err(|_| NO_TREE)?,
        head: row.get("head")?,
    })
}

/// Whether the environment's tree was begun.
///
/// # Errors
/// [`StoreError`].
pub async fn exists(connection: &mut Connection, environment: Environment) -> Result<bool, StoreError> {
    Ok(connection.fetch_optional("SELECT environment FROM trees WHERE environment = $1", params![environment]).await?.is_some())
}

/// Begins a tree; does nothing when another process has begun it meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(
    connection: &mut Connection,
    environment: Environment,
    root: [u8; 32],
    head: &str,
    digest: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO trees (environment, sequence, size, revocations, root, head) VALUES ($1, 0, 0, 0, $2, $3) ON CONFLICT DO NOTHING";
    if connection.execute(sql, params![environment, root, head]).await? == 1 {
        insert_head(connection, environment, 0, head, digest, now).await?;
    }
    Ok(())
}

/// The tree's state, with its row locked until the transaction ends. Its sequence is already that of the next head.
///
/// # Errors
/// [`StoreError::Corrupt`] when the tree was never begun.
pub async fn lock(connection: &mut Connection, environment: Environment) -> Result<TreeState, StoreError> {
    let sql = "UPDATE trees SET sequence = sequence + 1 WHERE environment = $1 RETURNING sequence, size, revocations, root, head";
    read_state(&connection.fetch_optional(sql, params![environment]).await?.ok_or(NO_TREE)?)
}

/// The tree's state.
///
/// # Errors
/// [`StoreError::Corrupt`] when the tree was never begun.
pub async fn state(connection: &mut Connection, environment: Environment) -> Result<TreeState, StoreError> {
    let sql = "SELECT sequence, size, revocations, root, head FROM trees WHERE environment = $1";
    read_state(&connection.fetch_optional(sql, params![environment]).await?.ok_or(NO_TREE)?)
}

/// The states of these trees.
///
/// # Errors
/// [`StoreError`].
pub async fn states(connection: &mut Connection, environments: &[Environment]) -> Result<Vec<(Environment, TreeState)>, StoreError> {
    let sql = "SELECT environment, sequence, size, revocations, root, head FROM trees WHERE environment IN (VALUES ($1))";
    let found = connection.fetch_each(sql, environments.iter().map(|environment| params![*environment]).collect(), params![]).await?;
    found.iter().map(|row| Ok((row.parse("environment")?, read_state(row)?))).collect()
}

/// Stores the state after a change, and its head in the chain.
///
/// # Errors
/// [`StoreError`].
pub async fn update(connection: &mut Connection, environment: Environment, state: &TreeState, digest: [u8; 32], now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE trees SET size = $2, revocations = $3, root = $4, head = $5 WHERE environment = $1";
    connection.execute(sql, params![environment, number(state.size), number(state.revocations), state.root, state.head.as_str()]).await?;
    insert_head(connection, environment, state.sequence, &state.head, digest, now).await
}

async fn insert_head(
    connection: &mut Connection,
    environment: Environment,
    sequence: u64,
    head: &str,
    digest: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO tree_heads (environment, sequence, head, digest, created_at) VALUES ($1, $2, $3, $4, $5)";
    connection.execute(sql, params![environment, number(sequence), head, digest, now]).await?;
    Ok(())
}

/// At most `limit` signed heads from number `from` on, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn heads(connection: &mut Connection, environment: Environment, from: u64, limit: u32) -> Result<Vec<(u64, String)>, StoreError> {
    let sql = "SELECT sequence, head FROM tree_heads WHERE environment = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3";
    let rows = connection.fetch_all(sql, params![environment, number(from), limit]).await?;
    rows.iter().map(|row| Ok((u64::try_from(row.get::<i64>("sequence")?).map_err(|_| NO_TREE)?, row.get("head")?))).collect()
}

/// The stored children of a node: place (0 to 3) and hash.
///
/// # Errors
/// [`StoreError`].
pub async fn children(connection: &mut Connection, environment: Environment, level: usize, parent: u64) -> Result<Vec<(usize, [u8; 32])>, StoreError> {
    let sql = "SELECT position, hash FROM tree_nodes WHERE environment = $1 AND level = $2 AND position BETWEEN $3 AND $4";
    let first = number(parent.saturating_mul(4));
    let rows = connection.fetch_all(sql, params![environment, number(level as u64), first, first.saturating_add(3)]).await?;
    rows.iter()
        .map(|row| {
            let place = usize::try_from(row.get::<i64>("position")?.saturating_sub(first)).ok().filter(|place| *place < 4);
            let hash = row.get::<Vec<u8>>("hash")?.try_into().map_err(|_| StoreError::Corrupt("tree node"))?;
            Ok((place.ok_or(StoreError::Corrupt("tree node"))?, hash))
        })
        .collect()
}

/// Sets a node.
///
/// # Errors
/// [`StoreError`].
pub async fn set_node(connection: &mut Connection, environment: Environment, level: usize, position: u64, hash: [u8; 32]) -> Result<(), StoreError> {
    let sql = "INSERT INTO tree_nodes (environment, level, position, hash) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (environment, level, position) DO UPDATE SET hash = excluded.hash";
    connection.execute(sql, params![environment, number(level as u64), number(position), hash]).await?;
    Ok(())
}
