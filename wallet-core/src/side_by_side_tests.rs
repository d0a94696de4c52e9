//! Two issuers in one open wallet: nothing of one reaches the other.

use passid_api::environment::Environment;
use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::deep_link;

use crate::consent::KeystoreApproval;
use crate::history::HistoryFilter;
use crate::issuer::http_client;
use crate::presentation::PresentationControl;
use crate::request::RequestError;
use crate::testing::{FakeIssuer, Home};
use crate::{VaultError, Wallet, WalletError};

async fn other_issuer(home: &Home) -> FakeIssuer {
    let other = FakeIssuer::start(home.clock.clone()).await;
    other.inside().identifier = "https://other.test".to_owned();
    // Both are seeded alike: the other one draws on.
    other.session(PermissionSet::new([Permission::IncomeVerified]).unwrap());
    other
}

fn beside(wallet: &Wallet, issuer: &FakeIssuer) -> Wallet {
    wallet.beside(issuer.address.parse().unwrap(), Environment::Sandbox, http_client().unwrap())
}

#[tokio::test]
async fn two_issuers_have_accounts_credentials_and_sharing_of_their_own() {
    let home = Home::new().await;
    let (wallet, first) = home.wallet().await;
    let other = other_issuer(&home).await;
    let second_wallet = beside(&wallet, &other);
    assert_eq!(second_wallet.credentials().await, Err(WalletError::NotRegistered));
    assert_eq!(second_wallet.register().await.unwrap().issuer, "https://other.test");
    let second = home.receive(&second_wallet).await.unwrap();
    assert_eq!(wallet.credentials().await.unwrap(), [first]);
    assert_eq!(second_wallet.credentials().await.unwrap(), [second]);
    let (one, two) = (wallet.core.registered_account().await.unwrap(), second_wallet.core.registered_account().await.unwrap());
    assert_ne!(one.device_key.public(), two.device_key.public(), "the issuers cannot tell that it is one phone");
    assert_ne!(one.holder_commitment, two.holder_commitment);

    let session = other.session(PermissionSet::new([Permission::IncomeVerified]).unwrap());
    let link = deep_link(session.request_id, session.institution.id);
    assert_eq!(wallet.review(&link).await, Err(RequestError::NotFound.into()));
    let review = second_wallet.review(&link).await.unwrap();
    let approval = std::sync::Arc::new(KeystoreApproval);
    second_wallet.approve(review.session, review.request_hash, approval, PresentationControl::default()).await.unwrap();
    assert_eq!((home.issuer.effects(), other.effects()), (0, 1));
    assert_eq!(wallet.history(HistoryFilter::default()).await.unwrap().len(), 1, "one person, one history");
}

#[tokio::test]
async fn closing_one_closes_both_and_both_are_there_again() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let other = other_issuer(&home).await;
    let second_wallet = beside(&wallet, &other);
    second_wallet.register().await.unwrap();
    home.receive(&second_wallet).await.unwrap();
    second_wallet.close().await.unwrap();
    assert_eq!(wallet.credentials().await, Err(VaultError::Closed.into()));
    let again = home.open().await.unwrap();
    assert_eq!(again.credentials().await.unwrap().len(), 1);
    assert_eq!(beside(&again, &other).credentials().await.unwrap().len(), 1);
}
