//! What the wallet refuses to keep or use, one corruption at a time, and what it keeps.

use passid_api::environment::Environment;
use passid_api::issuer::{CredentialDocument, TreeHead, TreePath};
use passid_api::jws::{DocumentType, JwsError};
use passid_api::wallet::CredentialState;

use super::*;
use crate::issuer::IssuerError;
use crate::testing::{Home, signer};

/// Bends something, and what the wallet must say to it.
type Row<T> = (fn(&mut T), CredentialError);

#[tokio::test]
async fn a_good_credential_is_kept_word_for_word_over_a_restart() {
    let home = Home::new().await;
    let (wallet, received) = home.wallet().await;
    assert_eq!(received.claims["income_monthly"], 345_678);
    assert_eq!(received.claims["corridor"], "KE→GB");
    wallet.close().await.unwrap();
    let wallet = home.open().await.unwrap();
    assert_eq!(wallet.credentials().await.unwrap(), std::slice::from_ref(&received));
    home.clock.advance(31 * 86_400);
    assert_eq!(wallet.credentials().await.unwrap()[0].state, CredentialState::Expired);
    wallet.delete_credential(received.id).await.unwrap();
    assert_eq!(wallet.delete_credential(received.id).await, Err(CredentialError::Unknown.into()));
    assert_eq!(wallet.credentials().await.unwrap(), []);
}

#[tokio::test]
async fn a_bent_credential_is_refused_for_what_is_bent() {
    let table: [Row<CredentialDocument>; 16] = [
        (|document| document.iss.push('x'), CredentialError::OtherIssuer),
        (|document| document.environment = Environment::Live, CredentialError::OtherEnvironment),
        (|document| document.schema += 1, CredentialError::UnknownSchema),
        (|document| document.holder_commitment = "7".to_owned(), CredentialError::OtherHolder),
        (|document| document.holder_commitment.insert(0, '0'), CredentialError::Malformed),
        (|document| document.claims[0] = 1 << 48, CredentialError::Malformed),
        (|document| document.claims[0] = 2, CredentialError::Malformed),
        (|document| document.claims[3] += 1, CredentialError::Commitment),
        (|document| document.blinding = "7".to_owned(), CredentialError::Commitment),
        (|document| document.blinding = "0".to_owned(), CredentialError::Malformed),
        (|document| document.commitment = "7".to_owned(), CredentialError::Commitment),
        (|document| document.data_timestamp = document.data_timestamp.plus_seconds(1), CredentialError::Commitment),
        (|document| document.expires_at = document.expires_at.plus_seconds(1), CredentialError::Commitment),
        (|document| document.data_timestamp = document.data_timestamp.plus_seconds(6_000), CredentialError::Times),
        (|document| document.expires_at = document.expires_at.plus_seconds(400 * 86_400), CredentialError::Times),
        (|document| document.iat += 300, CredentialError::Times),
    ];
    let home = Home::new().await;
    let wallet = home.open().await.unwrap();
    wallet.register().await.unwrap();
    for (index, (bend, expected)) in table.into_iter().enumerate() {
        home.issuer.inside().bend_credential = bend;
        assert_eq!(home.receive(&wallet).await, Err(expected.into()), "row {index}");
        home.issuer.forget_leaves();
    }
    assert_eq!(wallet.credentials().await.unwrap(), [], "nothing of it was kept");
}

#[tokio::test]
async fn a_bent_head_or_path_is_refused_for_what_is_bent() {
    let heads: [Row<TreeHead>; 6] = [
        (|head| head.iss.push('x'), CredentialError::OtherIssuer),
        (|head| head.environment = Environment::Live, CredentialError::OtherEnvironment),
        (|head| head.root = "7".to_owned(), CredentialError::NotInTree),
        (|head| head.root = "seven".to_owned(), CredentialError::Malformed),
        (|head| head.tree_size = 0, CredentialError::NotInTree),
        (|head| head.timestamp = head.timestamp.plus_seconds(300), CredentialError::Times),
    ];
    let paths: [Row<TreePath>; 5] = [
        (|path| path.leaf_index += 1, CredentialError::NotInTree),
        (|path| path.leaf_index = u64::MAX, CredentialError::Malformed),
        (|path| path.siblings[3][1] = "7".to_owned(), CredentialError::NotInTree),
        (|path| path.siblings.truncate(14), CredentialError::Malformed),
        (|path| path.siblings[0][0] = "-1".to_owned(), CredentialError::Malformed),
    ];
    for (index, (bend, expected)) in heads.into_iter().enumerate() {
        let home = Home::new().await;
        let wallet = home.open().await.unwrap();
        wallet.register().await.unwrap();
        home.issuer.inside().bend_head = bend;
        assert_eq!(home.receive(&wallet).await, Err(expected.into()), "head {index}");
        assert_eq!(wallet.credentials().await.unwrap(), []);
    }
    for (index, (bend, expected)) in paths.into_iter().enumerate() {
        let home = Home::new().await;
        let wallet = home.open().await.unwrap();
        wallet.register().await.unwrap();
        home.issuer.inside().bend_path = bend;
        assert_eq!(home.receive(&wallet).await, Err(expected.into()), "path {index}");
    }
}

#[tokio::test]
async fn only_the_issuers_credential_key_of_this_environment_counts() {
    let home = Home::new().await;
    let wallet = home.open().await.unwrap();
    wallet.register().await.unwrap();
    let refused = |error: IssuerError| Err(WalletError::Issuer(error));

    home.issuer.inside().credential_type = DocumentType::AccessToken;
    assert_eq!(home.receive(&wallet).await, refused(JwsError::WrongType(DocumentType::Credential).into()));
    home.issuer.inside().credential_type = DocumentType::Credential;
    home.issuer.forget_leaves();

    home.issuer.inside().signer = signer(2, Environment::Sandbox);
    assert_eq!(home.receive(&wallet).await, refused(JwsError::UnknownKey.into()));
    home.issuer.forget_leaves();

    // The stranger's key is published, but for the other environment.
    let live = signer(2, Environment::Live);
    home.issuer.inside().published.keys.push(live.public_key().clone());
    assert_eq!(home.receive(&wallet).await, refused(IssuerError::OtherEnvironment));
    home.issuer.forget_leaves();

    // A new key that is published properly is found without waiting.
    let next = signer(3, Environment::Sandbox);
    home.issuer.inside().published.keys.push(next.public_key().clone());
    home.issuer.inside().signer = next;
    home.receive(&wallet).await.unwrap();
}

#[tokio::test]
async fn a_tree_that_goes_back_is_noticed() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    home.clock.advance(10);
    home.receive(&wallet).await.unwrap();
    home.issuer.inside().bend_head = |head| head.tree_size -= 1;
    home.clock.advance(10);
    assert_eq!(home.receive(&wallet).await, Err(CredentialError::TreeForked.into()), "three leaves, said to be two, with another root");
    home.issuer.inside().bend_head = |head| head.timestamp = head.timestamp.plus_seconds(-60);
    assert_eq!(home.receive(&wallet).await, Err(CredentialError::TreeWentBack.into()));
}

#[tokio::test]
async fn the_issuers_word_on_status_is_remembered() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    home.issuer.revoke_newest();
    assert_eq!(wallet.credentials().await.unwrap()[0].state, CredentialState::Active);
    assert_eq!(wallet.refresh_credentials().await.unwrap()[0].state, CredentialState::Revoked);
    assert_eq!(wallet.credentials().await.unwrap()[0].state, CredentialState::Revoked);
}

#[tokio::test]
async fn a_credential_is_renewed_in_its_last_week_and_the_newer_one_is_used() {
    let home = Home::new().await;
    let (wallet, first) = home.wallet().await;
    let due_at = first.expires_at.plus_seconds(-7 * 86_400);
    assert_eq!(wallet.renew_credential().await, Ok(Renewal::NotDue { due_at }));
    home.clock.advance(23 * 86_400 - 1);
    assert_eq!(wallet.renew_credential().await, Ok(Renewal::NotDue { due_at }));
    home.clock.advance(1);
    let Renewal::Renewed(second) = wallet.renew_credential().await.unwrap() else { panic!("it was due") };
    assert_eq!(wallet.credentials().await.unwrap()[0].id, second.id);
    assert!(matches!(wallet.renew_credential().await, Ok(Renewal::NotDue { .. })));
    let review = home.review(&wallet, &home.session()).await;
    assert_eq!(review.credential, Some(second.id));
    // A phone that was off for long renews what has expired, too.
    home.clock.advance(40 * 86_400);
    assert!(matches!(wallet.renew_credential().await, Ok(Renewal::Renewed(_))));
}

#[tokio::test]
async fn without_a_bank_connection_the_person_is_asked_to_link() {
    let home = Home::new().await;
    let (wallet, first) = home.wallet().await;
    home.clock.advance(29 * 86_400);
    home.issuer.inside().bank_links_ended = true;
    assert_eq!(wallet.renew_credential().await, Ok(Renewal::LinkBank));
    assert_eq!(wallet.credentials().await.unwrap()[0].id, first.id, "the old one is there until it ends");
    home.issuer.inside().bank_links_ended = false;
    let forget = "UPDATE credential SET bank_link = NULL, destination = NULL";
    wallet.core.vault.write(move |tables| tables.execute_batch(forget).map_err(crate::vault::VaultError::from)).await.unwrap();
    assert_eq!(wallet.renew_credential().await, Ok(Renewal::LinkBank), "as after an update of the app");
    wallet.delete_credential(first.id).await.unwrap();
    assert_eq!(wallet.renew_credential().await, Err(CredentialError::None.into()));
}
