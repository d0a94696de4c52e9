//! Both versions of UK Open Banking tell the same of a person.

use super::*;

/// What is known of a customer, without purpose codes, which 3.1 does not have.
async fn told(version: ApiVersion, customer: &str) -> (Vec<(String, i64, String)>, Vec<String>, [u64; 16]) {
    let world = World::start(Scheme::Obie(version)).await;
    let mut tokens = world.link(customer).await;
    let snapshot = world.read(&mut tokens).await.unwrap();
    let accounts = snapshot
        .accounts
        .iter()
        .map(|history| {
            let account = &history.account;
            format!("{} {:?} {} {:?} {:?}", account.id, account.kind, account.currency, account.opened_on, history.balance.map(|balance| balance.minor))
        })
        .collect();
    let codes = snapshot.accounts.iter().flat_map(|history| &history.transactions).map(|row| format!("{:?}/{:?}", row.code, row.sub_code));
    let contents = contents(&snapshot);
    let accounts = [accounts, codes.collect::<Vec<_>>()].concat();
    let declared = DeclaredHolder { name: "Amara Osei".into(), destination: "GB".parse().unwrap(), origin: None };
    let claims = derive(snapshot, &declared, &ScreeningOutcome::default(), world.clock.now()).unwrap();
    (contents, accounts, claims.values)
}

#[tokio::test]
async fn the_same_accounts_transactions_and_claims_come_by_both_versions() {
    for customer in ["amara", "tobenna", "efua"] {
        let (older, newer) = (told(ApiVersion::V3, customer).await, told(ApiVersion::V4, customer).await);
        assert_eq!(older.0, newer.0, "{customer}");
        assert_eq!(older.1, newer.1, "{customer}");
        assert_eq!(older.2, newer.2, "{customer}: purposes say nothing the bank transaction codes do not");
    }
}

/// 3.1 calls a consent authorised after its end; only the date tells.
#[tokio::test]
async fn a_consent_that_time_has_ended_is_expired_in_both_versions() {
    for version in ApiVersion::ALL {
        let world = World::start(Scheme::Obie(version)).await;
        let mut tokens = world.link("tobenna").await;
        let consent = tokens.consent_id.clone();
        assert_eq!(world.provider.status(&consent).await, Ok(BankLinkStatus::Authorised), "{version:?}");
        world.clock.advance(366 * 86_400);
        assert_eq!(world.provider.status(&consent).await, Ok(BankLinkStatus::Expired), "{version:?}");
        assert!(matches!(world.read(&mut tokens).await, Err(BankError::ConsentExpired | BankError::AuthorisationLost)), "{version:?}");
    }
}
