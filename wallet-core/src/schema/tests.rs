//! Vaults that earlier releases wrote open with this one, with everything in them.
//!
//! A release adds a fixture and never changes one: `PASSID_FIXTURE=DIR cargo test -p passid-wallet-core --lib write_the_fixture -- --ignored`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::deep_link;
use passid_api::time::{ManualClock, Timestamp};
use sha2::{Digest, Sha256};

use super::MIGRATIONS;
use crate::backup::{HolderSecretChoice, Passphrase};
use crate::consent::KeystoreApproval;
use crate::history::{HistoryFilter, Outcome};
use crate::presentation::PresentationControl;
use crate::testing::{FakeIssuer, open_on_files};
use crate::vault::VaultError;

/// When the fixtures were written: the issuer's keys in them are fresh, so that no network is needed.
fn then() -> Timestamp {
    Timestamp::from_seconds(1_773_756_131).unwrap()
}

/// One for each release.
const FIXTURES: [&str; 1] = ["vault-v1"];

fn copy(name: &str, to: &Path) -> (String, String) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    for file in ["vault.db", "vault.key", "keystore-vault.key", "keystore-consent.key"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
    let kept = |file: &str| std::fs::read_to_string(from.join(file)).unwrap();
    (kept("issuer"), kept("vault.db.sha256"))
}

#[tokio::test]
async fn every_released_vault_opens_with_everything_in_it() {
    for name in FIXTURES {
        let directory = tempfile::tempdir().unwrap();
        let (issuer, digest) = copy(name, directory.path());
        let before = std::fs::read(directory.path().join("vault.db")).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&before)), digest.trim(), "{name} was changed");
        let wallet = open_on_files(directory.path(), issuer.trim(), then(), 1).await;
        assert!(wallet.registration().await.unwrap().is_some(), "{name}");
        assert_eq!(wallet.credentials().await.unwrap().len(), 1, "{name}: checked in full again");
        assert_eq!(wallet.history(HistoryFilter::default()).await.unwrap()[0].outcome, Outcome::Shared, "{name}");
        let account = wallet.core.registered_account().await.unwrap();
        assert!(account.consent_lock(&wallet.core).open().is_ok(), "{name}: the holder secret opens");
        let version: u32 =
            wallet.core.vault.read(|tables| tables.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(VaultError::from)).await.unwrap();
        assert_eq!(usize::try_from(version).unwrap(), MIGRATIONS.len(), "{name} was brought up");
        wallet.close().await.unwrap();
    }
}

#[tokio::test]
#[ignore = "writes a fixture for a release; it is then frozen"]
async fn write_the_fixture() {
    let directory = PathBuf::from(std::env::var("PASSID_FIXTURE").unwrap());
    std::fs::create_dir_all(&directory).unwrap();
    let issuer = FakeIssuer::start(Arc::new(ManualClock::new(then()))).await;
    let wallet = open_on_files(&directory, &issuer.address, then(), 7).await;
    wallet.register().await.unwrap();
    wallet.request_credential("lnk_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap(), "GB".parse().unwrap()).await.unwrap();
    let session = issuer.session(PermissionSet::new([Permission::IncomeVerified]).unwrap());
    let review = wallet.review(&deep_link(session.request_id, session.institution.id)).await.unwrap();
    wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), PresentationControl::default()).await.unwrap();
    let backup = wallet.backup(Passphrase::new("a frozen passphrase".to_owned()), HolderSecretChoice::LeaveOut).await.unwrap();
    std::fs::write(directory.join("backup.hex"), hex::encode(backup)).unwrap();
    // The first release knew the first migration only.
    wallet.core.vault.write(|tables| tables.execute_batch("DROP TABLE recovery; ALTER TABLE credential DROP COLUMN bank_link; ALTER TABLE credential DROP COLUMN destination; PRAGMA user_version = 1;").map_err(VaultError::from)).await.unwrap();
    wallet.close().await.unwrap();
    std::fs::write(directory.join("issuer"), &issuer.address).unwrap();
    let database = std::fs::read(directory.join("vault.db")).unwrap();
    std::fs::write(directory.join("vault.db.sha256"), hex::encode(Sha256::digest(database))).unwrap();
}
