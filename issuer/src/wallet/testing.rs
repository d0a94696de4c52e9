//! Holders with linked banks, for the tests of other rooms.

use passid_api::environment::Environment;
use passid_api::ids::{BankLinkId, UserId};
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;

use crate::bank::authorisation::{BankTokens, Secret};
use crate::credential::issue::seal_tokens;
use crate::service::Service;
use crate::store::bank_links::StoredLink;
use crate::store::users::WalletUser;
use crate::store::{self, StoreError};

/// Tokens of a consent, good for ten minutes.
pub(crate) fn tokens(consent_id: &str, now: Timestamp, consent_expires_at: Timestamp) -> BankTokens {
    BankTokens {
        access_token: Secret::new("access".into()),
        refresh_token: None,
        access_expires_at: now.plus_seconds(600),
        consent_id: consent_id.to_owned(),
        consent_expires_at,
    }
}

/// A fresh holder of the sandbox, registered.
pub(crate) async fn registered(service: &Service) -> UserId {
    let now = service.clock.now();
    let (id, mut key) = (service.with_random(|random| UserId::generate(service.clock.as_ref(), random)), [0; 32]);
    service.with_random(|random| random.fill_bytes(&mut key));
    let holder = WalletUser { id, environment: Environment::Sandbox, holder_commitment: id.to_string(), sanctions_match: false, device_generation: 0 };
    let stored = service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::users::insert(connection, &holder, key, now).await }));
    stored.await.unwrap();
    id
}

/// A fresh holder with an authorised link to `provider`.
pub(crate) async fn linked(service: &Service, provider: &str, tokens: &BankTokens) -> StoredLink {
    let now = service.clock.now();
    let user = registered(service).await;
    let id = service.with_random(|random| BankLinkId::generate(service.clock.as_ref(), random));
    let sealed = seal_tokens(service, id, tokens).unwrap();
    let link = StoredLink {
        id,
        user,
        provider: provider.to_owned(),
        status: BankLinkStatus::AwaitingAuthorisation,
        sealed_pending: None,
        sealed_tokens: None,
        sealed_name: vec![1],
        expires_at: now,
        confirmed_at: None,
    };
    let mut key = [0; 32];
    service.with_random(|random| random.fill_bytes(&mut key));
    let expires_at = tokens.consent_expires_at;
    let stored = service.store.write::<(), StoreError, _>(move |connection| {
        Box::pin(async move {
            store::bank_links::insert(connection, &link, key, now).await?;
            store::bank_links::authorise(connection, id, sealed, expires_at, now).await
        })
    });
    stored.await.unwrap();
    store::bank_links::find(&mut service.store.reader().await.unwrap(), user, id).await.unwrap().unwrap()
}
