//! Consents over time: confirmed again, withdrawn, and told to banks that do not listen.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use passid_api::wallet::{BankLinkStatus, Reconfirmation};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::testing::{linked, tokens};
use super::{links, withdrawals};
use crate::bank::authorisation::Secret;
use crate::bank::obie::Obie;
use crate::bank::pause::Pause;
use crate::bank::provider::BankProvider;
use crate::sandbox::bank::{BankSource, Fault, PROVIDER_ID, RegisteredClient, SandboxBank, SandboxBankConfig};
use crate::store::testing::{TestDatabase, databases};
use crate::store::{self, StoreError};
use crate::testing::{TestIssuer, TestSetup, beginning};

struct NoPause;

impl Pause for NoPause {
    fn pause<'a>(&'a self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async {})
    }
}

async fn issuer_with_bank(database: &TestDatabase) -> (TestIssuer, SandboxBank, Arc<Obie>) {
    // The process needs one provider of cryptography; whoever comes first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clock = beginning();
    let redirect_urls = vec!["http://127.0.0.1:9/back".to_owned()];
    let client = RegisteredClient {
        client_id: "passid".into(),
        client_secret: Secret::new("secret".into()),
        statement_key: None,
        behind_mutual_tls: false,
        redirect_urls,
    };
    let config = SandboxBankConfig { clock: clock.clone(), source: BankSource::Personas, client, random: StdRng::seed_from_u64(5), page_size: 50 };
    let bank = SandboxBank::start(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(), config).await.unwrap();
    let http = crate::network::client().unwrap();
    let provider = Arc::new(Obie::new(bank.connection(), http, clock.clone(), Arc::new(NoPause), StdRng::seed_from_u64(6)));
    let setup = TestSetup { clock: Some(clock), banks: vec![provider.clone()], ..TestSetup::default() };
    (TestIssuer::start_with(database, setup).await, bank, provider)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_does_not_listen_is_told_of_a_withdrawal_until_it_has_heard() {
    for database in databases().await {
        let (TestIssuer { service, clock, .. }, bank, provider) = issuer_with_bank(&database).await;
        let pending = provider.begin("http://127.0.0.1:9/back", None).await.unwrap();
        let now = service.clock.now();
        let link = linked(&service, PROVIDER_ID, &tokens(&pending.consent_id, now, pending.consent_expires_at)).await;
        bank.faults().inject(Fault::TokenFault, u32::MAX);
        withdrawals::withdraw(&service, link.id, &pending.consent_id).await.unwrap();
        withdrawals::tell_banks(&service).await.unwrap();
        let stored = store::bank_links::find(&mut service.store.reader().await.unwrap(), link.user, link.id).await.unwrap().unwrap();
        assert_eq!(stored.status, BankLinkStatus::Revoked, "here it ends whatever the bank does");
        assert!(stored.sealed_tokens.is_none());
        bank.faults().clear();
        withdrawals::tell_banks(&service).await.unwrap();
        assert_eq!(provider.status(&pending.consent_id).await, Ok(BankLinkStatus::AwaitingAuthorisation), "not before its time");
        clock.advance(61);
        withdrawals::tell_banks(&service).await.unwrap();
        assert_eq!(provider.status(&pending.consent_id).await, Ok(BankLinkStatus::Revoked), "{}", database.engine);
        let due = service.store.write::<_, StoreError, _>(move |connection| {
            Box::pin(async move { store::bank_links::take_withdrawals(connection, now.plus_seconds(1 << 30), now).await })
        });
        assert!(due.await.unwrap().is_empty(), "told once it has heard, and never again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_asks_to_be_confirmed_in_time() {
    for database in databases().await {
        let (TestIssuer { service, clock, .. }, _bank, _) = issuer_with_bank(&database).await;
        let now = service.clock.now();
        let link = linked(&service, PROVIDER_ID, &tokens("consent", now, now.plus_seconds(365 * 86_400))).await;
        let state = |link| links::view(&service, link).unwrap().reconfirmation;
        assert_eq!(state(&link), Some(Reconfirmation::NotDue));
        clock.advance(83 * 86_400);
        assert_eq!(state(&link), Some(Reconfirmation::DueSoon));
        clock.advance(7 * 86_400);
        assert_eq!(state(&link), Some(Reconfirmation::Due), "{}", database.engine);
        let (user, id, later) = (link.user, link.id, service.clock.now());
        let confirm =
            service.store.write::<_, StoreError, _>(move |connection| Box::pin(async move { store::bank_links::confirm(connection, user, id, later).await }));
        assert!(confirm.await.unwrap());
        let confirmed = store::bank_links::find(&mut service.store.reader().await.unwrap(), user, id).await.unwrap().unwrap();
        assert_eq!(state(&confirmed), Some(Reconfirmation::NotDue));
        // Past the consent's own end there is nothing to confirm.
        clock.advance(300 * 86_400);
        assert_eq!((links::view(&service, &confirmed).unwrap().status, state(&confirmed)), (BankLinkStatus::Expired, None));
        let after = service.clock.now();
        let late =
            service.store.write::<_, StoreError, _>(move |connection| Box::pin(async move { store::bank_links::confirm(connection, user, id, after).await }));
        assert!(!late.await.unwrap());
    }
}
