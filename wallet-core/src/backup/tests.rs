//! The move to a new phone, and everything that must not move with it.

use super::*;
use crate::consent::KeystoreApproval;
use crate::history::Outcome;
use crate::keystore::{KeyRole, KeystoreError};
use crate::testing::{Behaviour, Home};

fn passphrase() -> Passphrase {
    Passphrase::new("a long passphrase".to_owned())
}

fn with_secret() -> HolderSecretChoice {
    HolderSecretChoice::Include(Arc::new(KeystoreApproval))
}

async fn commitment(wallet: &Wallet) -> String {
    wallet.core.registered_account().await.unwrap().holder_commitment.to_string()
}

#[tokio::test]
async fn a_new_phone_takes_over_the_account_and_its_history_and_the_old_one_is_out() {
    let home = Home::new().await;
    let (old, _) = home.wallet().await;
    home.approve(&old, &home.review(&old, &home.session()).await).await.unwrap();
    let backup = old.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
    let before = old.registration().await.unwrap().unwrap();

    let new = home.other_phone().await;
    let restored = new.restore(backup, passphrase()).await.unwrap();
    assert_eq!((restored.user_id, restored.history_lines, restored.same_applicant), (before.user_id, 1, false));
    assert_eq!(new.history(HistoryFilter::default()).await.unwrap()[0].outcome, Outcome::Shared);
    assert_ne!(commitment(&new).await, commitment(&old).await, "the secret stayed on the old phone");
    assert_eq!(new.credentials().await.unwrap(), [], "no credential travels");
    home.receive(&new).await.unwrap();
    home.approve(&new, &home.review(&new, &home.session()).await).await.unwrap();

    home.clock.advance(600);
    let review = home.review(&old, &home.session()).await;
    assert_eq!(home.approve(&old, &review).await.unwrap_err().code(), "unauthenticated");
}

#[tokio::test]
async fn with_the_holder_secret_the_person_stays_the_same_applicant() {
    let home = Home::new().await;
    let (old, _) = home.wallet().await;
    let opened = home.keystore.times_opened(KeyRole::Consent);
    let backup = old.backup(passphrase(), with_secret()).await.unwrap();
    assert_eq!(home.keystore.times_opened(KeyRole::Consent), opened + 1, "the keystore opened it, nobody else");
    let new = home.other_phone().await;
    assert!(new.restore(backup, passphrase()).await.unwrap().same_applicant);
    assert_eq!(commitment(&new).await, commitment(&old).await);

    home.keystore.fail(KeyRole::Consent, KeystoreError::Cancelled);
    assert_eq!(old.backup(passphrase(), with_secret()).await.unwrap_err(), KeystoreError::Cancelled.into());
    old.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
}

#[tokio::test]
async fn a_restore_whose_answer_was_lost_is_done_again() {
    let home = Home::new().await;
    let (old, _) = home.wallet().await;
    let backup = old.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
    let new = home.other_phone().await;
    home.issuer.behave(Behaviour::LoseAnswer);
    assert_eq!(new.restore(backup.clone(), passphrase()).await.unwrap_err().code(), "issuer_status");
    assert_eq!(new.history(HistoryFilter::default()).await.unwrap(), []);
    new.restore(backup.clone(), passphrase()).await.unwrap();
    assert_eq!(new.restore(backup, passphrase()).await.unwrap_err(), BackupError::WalletInUse.into());
    home.receive(&new).await.unwrap();
}

#[tokio::test]
async fn what_is_not_this_wallets_is_refused_before_anything_changes() {
    let home = Home::new().await;
    let (old, _) = home.wallet().await;
    let backup = old.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
    let refused = async |backup: &[u8], passphrase: Passphrase| {
        let phone = home.other_phone().await;
        let error = phone.restore(backup.to_vec(), passphrase).await.unwrap_err();
        assert!(phone.registration().await.is_ok_and(|account| account.is_none()), "{error}");
        phone.close().await.unwrap();
        error.code()
    };
    assert_eq!(refused(&backup, Passphrase::new("another passphrase".to_owned())).await, "backup_wrong_passphrase");
    assert_eq!(refused(b"something else", passphrase()).await, "backup_malformed");
    old.withdraw_backups().await.unwrap();
    assert_eq!(refused(&backup, passphrase()).await, "backup_withdrawn");
    // A backup made after the withdrawal has a key of its own.
    let later = old.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
    home.issuer.inside().identifier = "https://other.test".to_owned();
    assert_eq!(refused(&later, passphrase()).await, "backup_other_issuer");
}

#[tokio::test]
async fn once_the_issuer_knows_the_key_a_backup_needs_no_network() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    wallet.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
    home.issuer.inside().tokens_valid = false;
    home.issuer.inside().recovery_keys.clear();
    wallet.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
    assert!(home.issuer.inside().recovery_keys.is_empty(), "nothing was sent");
}

#[tokio::test]
async fn the_file_tells_nothing_without_the_passphrase() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let backup = wallet.backup(passphrase(), with_secret()).await.unwrap();
    for text in ["sandbox", "usr_", "passid-wallet", "history"] {
        assert!(!backup.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
    }
}
