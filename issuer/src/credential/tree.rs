//! The credential tree: leaves appended and zeroed, every change signed as a new head chained to the one before.
//!
//! The tree's row is locked first in every change, so there is one sequence of heads whatever number of processes write.

use sha2::{Digest, Sha256};

use passid_api::environment::Environment;
use passid_api::issuer::{TreeHead, TreePath};
use passid_api::jws::{DocumentType, JwsError, KeyPurpose};
use passid_api::time::Timestamp;
use passid_circuits::FieldElement;
use passid_circuits::tree::{ARITY, CAPACITY, DEPTH, EMPTY_LEAF, empty_subtree_root, node_hash};

use crate::service::Service;
use crate::store::trees::TreeState;
use crate::store::{self, Connection, StoreError};

/// Seconds after which a head is signed again although nothing changed, so that a wallet can show a recent one.
const HEAD_REFRESH_SECONDS: i64 = 60;

/// What can go wrong with the tree.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A head could not be signed or read.
    #[error(transparent)]
    Head(#[from] JwsError),
    /// Compare the heads with a backup: one was changed, removed or inserted.
    #[error("the chain of heads is broken at head {0}")]
    Broken(u64),
    /// 2^30 credentials have been issued: begin another tree.
    #[error("the credential tree is full")]
    Full,
}

/// What a change does to the tree's counters.
enum Change {
    Append,
    Revoke,
    Refresh,
}

/// Begins the tree of each environment where there is none, and signs the head anew where the issuer's address has changed.
///
/// # Errors
/// [`TreeError`].
pub async fn begin_all(service: &Service) -> Result<(), TreeError> {
    for environment in Environment::ALL.iter().copied() {
        let inside = service.clone();
        service.store.write(move |connection| Box::pin(async move { begin(&inside, connection, environment).await })).await?;
    }
    Ok(())
}

async fn begin(service: &Service, connection: &mut Connection, environment: Environment) -> Result<(), TreeError> {
    if !store::trees::exists(connection, environment).await? {
        let root = empty_subtree_root(DEPTH);
        let head = head_of(service, environment, 0, 0, root, String::new());
        let signed = service.keys.credentials(environment).sign(DocumentType::TreeHead, &head)?;
        return Ok(store::trees::begin(connection, environment, root.to_bytes(), &signed, digest(&signed), head.timestamp).await?);
    }
    let state = store::trees::state(connection, environment).await?;
    if current_head(service, &state)?.iss != service.config.issuer() {
        let state = store::trees::lock(connection, environment).await?;
        let root = element(&state.root)?;
        sign_change(service, connection, environment, &state, root, &Change::Refresh).await?;
    }
    Ok(())
}

/// The issuer's address as its newest heads name it; none where no server was started yet. For operator commands, which are not told.
///
/// # Errors
/// [`TreeError`].
pub async fn signed_issuer(connection: &mut Connection) -> Result<Option<String>, TreeError> {
    for environment in Environment::ALL.iter().copied() {
        if store::trees::exists(connection, environment).await? {
            let head: TreeHead = passid_api::jws::read_unverified(&store::trees::state(connection, environment).await?.head)?;
            return Ok(Some(head.iss));
        }
    }
    Ok(None)
}

/// Appends a commitment and signs the new head. Returns the leaf's position.
///
/// # Errors
/// [`TreeError::Full`] at capacity.
pub async fn append(service: &Service, connection: &mut Connection, environment: Environment, commitment: FieldElement) -> Result<u64, TreeError> {
    let state = store::trees::lock(connection, environment).await?;
    let leaf_index = state.size;
    if leaf_index >= CAPACITY {
        return Err(TreeError::Full);
    }
    let root = set_leaf(connection, environment, leaf_index, commitment).await?;
    sign_change(service, connection, environment, &state, root, &Change::Append).await?;
    Ok(leaf_index)
}

/// Zeroes a leaf and signs the new head: whatever rests on that credential fails from now on.
///
/// # Errors
/// [`TreeError`].
pub async fn revoke(service: &Service, connection: &mut Connection, environment: Environment, leaf_index: u64) -> Result<(), TreeError> {
    let state = store::trees::lock(connection, environment).await?;
    let root = set_leaf(connection, environment, leaf_index, EMPTY_LEAF).await?;
    sign_change(service, connection, environment, &state, root, &Change::Revoke).await
}

/// Signs the same tree again when its head is older than a minute.
///
/// # Errors
/// [`TreeError`].
pub async fn refresh_head(service: &Service, environment: Environment) -> Result<String, TreeError> {
    let state = store::trees::state(&mut service.store.reader().await?, environment).await?;
    if !is_old(service, &state)? {
        return Ok(state.head);
    }
    let refreshing = service.clone();
    service
        .store
        .write(move |connection| {
            Box::pin(async move {
                let state = store::trees::lock(connection, environment).await?;
                if is_old(&refreshing, &state)? {
                    let root = element(&state.root)?;
                    sign_change(&refreshing, connection, environment, &state, root, &Change::Refresh).await?;
                }
                Ok::<String, TreeError>(store::trees::state(connection, environment).await?.head)
            })
        })
        .await
}

/// The leaf's way to the root of the current head. Read it in a write transaction, or together with nothing else.
///
/// # Errors
/// [`TreeError`].
pub async fn path(connection: &mut Connection, environment: Environment, leaf_index: u64) -> Result<TreePath, TreeError> {
    let mut siblings = Vec::with_capacity(DEPTH);
    let mut position = leaf_index;
    for level in 0..DEPTH {
        let group = children(connection, environment, level, position / 4).await?;
        let place = position % 4;
        let mut others = group.iter().zip(0_u64..).filter(|(_, child)| *child != place).map(|(hash, _)| hash.to_string());
        siblings.push(std::array::from_fn(|_| others.next().unwrap_or_default()));
        position /= 4;
    }
    let head = store::trees::state(connection, environment).await?.head;
    Ok(TreePath { leaf_index, siblings, head })
}

/// Reads a signed head of this issuer and environment.
///
/// # Errors
/// [`JwsError`] when it is not one; a head of another environment is [`JwsError::UnknownKey`].
pub fn read_head(service: &Service, environment: Environment, signed: &str) -> Result<(TreeHead, String), JwsError> {
    let keys = service.keys.public_keys();
    let (head, key) = keys.verify::<TreeHead>(DocumentType::TreeHead, KeyPurpose::Credential, signed)?;
    let ours = key.passid_environment == environment && head.environment == environment && head.iss == service.config.issuer();
    if ours { Ok((head, key.kid.clone())) } else { Err(JwsError::UnknownKey) }
}

/// Checks that an environment's heads are numbered without a gap and each names the one before. Returns how many there are. Signatures
/// are checked by whoever reads a head.
///
/// # Errors
/// [`TreeError::Broken`] with the first head that does not follow.
pub async fn check_chain(connection: &mut Connection, environment: Environment) -> Result<u64, TreeError> {
    /// Heads read at once.
    const PAGE: u32 = 500;
    let (mut next, mut previous) = (0_u64, String::new());
    loop {
        let page = store::trees::heads(connection, environment, next, PAGE).await?;
        if page.is_empty() {
            return Ok(next);
        }
        for (sequence, signed) in page {
            let head: TreeHead = passid_api::jws::read_unverified(&signed)?;
            if sequence != next || head.previous != previous || head.environment != environment {
                return Err(TreeError::Broken(next));
            }
            previous = hex::encode(digest(&signed));
            next += 1;
        }
    }
}

fn current_head(service: &Service, state: &TreeState) -> Result<TreeHead, JwsError> {
    Ok(service.keys.public_keys().verify(DocumentType::TreeHead, KeyPurpose::Credential, &state.head)?.0)
}

fn is_old(service: &Service, state: &TreeState) -> Result<bool, TreeError> {
    Ok(service.clock.now().seconds_since(current_head(service, state)?.timestamp) > HEAD_REFRESH_SECONDS)
}

fn head_of(service: &Service, environment: Environment, tree_size: u64, revocations: u64, root: FieldElement, previous: String) -> TreeHead {
    let timestamp: Timestamp = service.clock.now();
    TreeHead { iss: service.config.issuer().to_owned(), environment, tree_size, root: root.to_string(), revocations, timestamp, previous }
}

fn digest(signed: &str) -> [u8; 32] {
    Sha256::digest(signed.as_bytes()).into()
}

fn element(bytes: &[u8; 32]) -> Result<FieldElement, StoreError> {
    FieldElement::from_bytes(bytes).map_err(|_| StoreError::Corrupt("tree node"))
}

async fn sign_change(
    service: &Service,
    connection: &mut Connection,
    environment: Environment,
    state: &TreeState,
    root: FieldElement,
    change: &Change,
) -> Result<(), TreeError> {
    let (size, revocations) = match change {
        Change::Append => (state.size + 1, state.revocations),
        Change::Revoke => (state.size, state.revocations + 1),
        Change::Refresh => (state.size, state.revocations),
    };
    let head = head_of(service, environment, size, revocations, root, hex::encode(digest(&state.head)));
    let signed = service.keys.credentials(environment).sign(DocumentType::TreeHead, &head)?;
    let changed = TreeState { sequence: state.sequence, size, revocations, root: root.to_bytes(), head: signed };
    Ok(store::trees::update(connection, environment, &changed, digest(&changed.head), head.timestamp).await?)
}

/// The four children of a node, empty places filled with the empty subtree's root.
async fn children(connection: &mut Connection, environment: Environment, level: usize, parent: u64) -> Result<[FieldElement; ARITY], StoreError> {
    let mut group = [empty_subtree_root(level); ARITY];
    for (place, bytes) in store::trees::children(connection, environment, level, parent).await? {
        group[place] = element(&bytes)?;
    }
    Ok(group)
}

async fn set_leaf(connection: &mut Connection, environment: Environment, leaf_index: u64, leaf: FieldElement) -> Result<FieldElement, StoreError> {
    let (mut position, mut hash) = (leaf_index, leaf);
    for level in 0..DEPTH {
        store::trees::set_node(connection, environment, level, position, hash.to_bytes()).await?;
        hash = node_hash(children(connection, environment, level, position / 4).await?);
        position /= 4;
    }
    Ok(hash)
}
