//! Tree heads and paths: signed by the issuer, never going back, leading from the credential to the root.

use passid_api::issuer::{TreeHead, TreePath};
use passid_api::jws::DocumentType;
use passid_api::time::Timestamp;
use passid_circuits::FieldElement;
use passid_circuits::tree::{CAPACITY, MerklePath};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::CredentialError;
use super::verify::{MAX_CLOCK_SKEW_SECONDS, VerifiedCredential};
use crate::core::Core;
use crate::error::WalletError;
use crate::identity::Account;
use crate::vault::VaultError;

/// A path that leads from a credential to the root of a head whose signature was checked.
pub(crate) struct VerifiedPath {
    pub(crate) path: MerklePath,
    /// The head's compact JWS.
    pub(crate) head: String,
}

/// What is remembered of a head.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SeenHead {
    digest: String,
    tree_size: u64,
    revocations: u64,
    root: String,
    timestamp: Timestamp,
}

impl Core {
    /// Checks a path and its head, and remembers the head.
    ///
    /// # Errors
    /// [`crate::issuer::IssuerError::Signature`] for the head, [`CredentialError`] for everything else.
    pub(crate) async fn verify_path(&self, account: &Account, credential: &VerifiedCredential, path: TreePath) -> Result<VerifiedPath, WalletError> {
        let head: TreeHead = self.verify_document(DocumentType::TreeHead, &path.head).await?;
        if head.iss != account.issuer {
            return Err(CredentialError::OtherIssuer.into());
        }
        if head.environment != self.environment {
            return Err(CredentialError::OtherEnvironment.into());
        }
        if head.timestamp > self.clock.now().plus_seconds(MAX_CLOCK_SKEW_SECONDS) {
            return Err(CredentialError::Times.into());
        }
        let root: FieldElement = head.root.parse().map_err(|_| CredentialError::Malformed)?;
        let merkle = merkle_path(&path)?;
        let seen = SeenHead {
            digest: hex::encode(Sha256::digest(path.head.as_bytes())),
            tree_size: head.tree_size,
            revocations: head.revocations,
            root: head.root,
            timestamp: head.timestamp,
        };
        let (id, previous) = (account.id, head.previous);
        self.vault.write(move |tables| remember(tables, id, &seen, &previous)).await?;
        if merkle.leaf_index >= head.tree_size || merkle.root(credential.commitment) != root {
            return Err(CredentialError::NotInTree.into());
        }
        Ok(VerifiedPath { path: merkle, head: path.head })
    }
}

fn merkle_path(path: &TreePath) -> Result<MerklePath, CredentialError> {
    let malformed = CredentialError::Malformed;
    if path.leaf_index >= CAPACITY {
        return Err(malformed);
    }
    let level = |texts: &[String; 3]| -> Result<[FieldElement; 3], CredentialError> {
        let [first, second, third] = texts.each_ref().map(|text| text.parse::<FieldElement>());
        Ok([first.map_err(|_| malformed)?, second.map_err(|_| malformed)?, third.map_err(|_| malformed)?])
    };
    let siblings: Vec<[FieldElement; 3]> = path.siblings.iter().take(64).map(level).collect::<Result<_, _>>()?;
    Ok(MerklePath { leaf_index: path.leaf_index, siblings: siblings.try_into().map_err(|_| malformed)? })
}

/// Stores `head` when it follows the last one seen.
fn remember(tables: &Connection, account: i64, head: &SeenHead, previous: &str) -> Result<(), WalletError> {
    if let Some(last) = last_seen(tables, account)? {
        follows(&last, head, previous)?;
    }
    let number = |value: u64| i64::try_from(value).map_err(|_| CredentialError::Malformed);
    tables
        .execute(
            "INSERT OR REPLACE INTO tree_head (account, digest, tree_size, revocations, root, timestamp) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![account, head.digest, number(head.tree_size)?, number(head.revocations)?, head.root, head.timestamp.seconds()],
        )
        .map_err(VaultError::from)?;
    Ok(())
}

/// Whether `head` may come after `last`: nothing shrinks, one state has one root, and a direct successor names its predecessor.
fn follows(last: &SeenHead, head: &SeenHead, previous: &str) -> Result<(), CredentialError> {
    if head.digest == last.digest {
        return Ok(());
    }
    if head.tree_size < last.tree_size || head.revocations < last.revocations || head.timestamp < last.timestamp {
        return Err(CredentialError::TreeWentBack);
    }
    let unchanged = head.tree_size == last.tree_size && head.revocations == last.revocations;
    if unchanged && head.root != last.root {
        return Err(CredentialError::TreeForked);
    }
    // A first head names no predecessor, so it cannot come after another.
    if previous.is_empty() { Err(CredentialError::TreeForked) } else { Ok(()) }
}

fn last_seen(tables: &Connection, account: i64) -> Result<Option<SeenHead>, VaultError> {
    let row = tables
        .query_row("SELECT digest, tree_size, revocations, root, timestamp FROM tree_head WHERE account = ?1", [account], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?, row.get::<_, i64>(4)?))
        })
        .optional()?;
    row.map(|(digest, size, revocations, root, timestamp)| {
        let malformed = VaultError::MALFORMED_VALUE;
        Ok(SeenHead {
            digest,
            tree_size: u64::try_from(size).map_err(|_| malformed)?,
            revocations: u64::try_from(revocations).map_err(|_| malformed)?,
            root,
            timestamp: Timestamp::from_seconds(timestamp).map_err(|_| malformed)?,
        })
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(tree_size: u64, revocations: u64, root: &str, second: i64) -> SeenHead {
        SeenHead {
            digest: format!("{tree_size}/{revocations}/{root}/{second}"),
            tree_size,
            revocations,
            root: root.to_owned(),
            timestamp: Timestamp::from_seconds(second).unwrap(),
        }
    }

    #[test]
    fn a_tree_only_grows() {
        let last = head(5, 2, "7", 100);
        assert_eq!(follows(&last, &last, ""), Ok(()));
        assert_eq!(follows(&last, &head(6, 2, "8", 100), "x"), Ok(()));
        assert_eq!(follows(&last, &head(5, 3, "8", 101), "x"), Ok(()));
        assert_eq!(follows(&last, &head(5, 2, "7", 160), "x"), Ok(()), "the same state signed again");
        assert_eq!(follows(&last, &head(4, 2, "7", 101), "x"), Err(CredentialError::TreeWentBack));
        assert_eq!(follows(&last, &head(6, 1, "7", 101), "x"), Err(CredentialError::TreeWentBack));
        assert_eq!(follows(&last, &head(6, 2, "7", 99), "x"), Err(CredentialError::TreeWentBack));
        assert_eq!(follows(&last, &head(5, 2, "9", 101), "x"), Err(CredentialError::TreeForked));
        assert_eq!(follows(&last, &head(6, 2, "8", 101), ""), Err(CredentialError::TreeForked));
    }
}
