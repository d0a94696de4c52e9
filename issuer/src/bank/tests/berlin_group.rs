//! What only the Berlin Group's scheme has: reads that are counted, consents that are shortened, names that are not told.

use super::*;
use crate::sandbox::bank::Fault;

#[tokio::test]
async fn both_schemes_tell_the_same_of_the_same_accounts() {
    let mut found = Vec::new();
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let snapshot = world.read(&mut world.link("amara").await).await.unwrap();
        let balances: Vec<_> =
            snapshot.accounts.iter().map(|history| (history.account.kind, history.account.currency, history.balance.unwrap().minor)).collect();
        let codes: Vec<_> = snapshot.accounts.iter().flat_map(|history| &history.transactions).map(|row| (row.code.clone(), row.sub_code.clone())).collect();
        assert_eq!(snapshot.accounts[0].holders[0].name, "Amara Osei");
        found.push((contents(&snapshot), balances, codes));
    }
    assert!(found.iter().all(|told| *told == found[0]));
}

#[tokio::test]
async fn reads_without_the_holder_are_counted_and_nobody_waits_for_tomorrow() {
    let world = World::start(Scheme::BerlinGroup).await;
    let mut tokens = world.link("tobenna").await;
    let alone = Notebook { unattended: true, ..Notebook::default() };
    for _ in 0..4 {
        sync::read(world.provider.as_ref(), &mut tokens, world.window(), &NoStaging, &alone).await.unwrap();
    }
    let before = world.clock.now();
    let exceeded = sync::read(world.provider.as_ref(), &mut tokens, world.window(), &NoStaging, &alone).await.unwrap_err();
    assert_eq!((exceeded, world.clock.now()), (BankError::RateLimited { retry_after_seconds: 86_400 }, before));
    assert!(world.read(&mut tokens).await.is_ok(), "while the holder is there nothing is counted");
    world.clock.advance(86_400);
    assert!(sync::read(world.provider.as_ref(), &mut tokens, world.window(), &NoStaging, &alone).await.is_ok());
}

#[tokio::test]
async fn a_consent_lasts_as_long_as_the_bank_says() {
    let world = World::start(Scheme::BerlinGroup).await;
    world.bank.faults().inject(Fault::ConsentShortened, 1);
    let mut tokens = world.link("efua").await;
    assert_eq!(tokens.consent_expires_at, "2027-02-20T00:00:00Z".parse().unwrap(), "the end of the ninetieth day");
    world.clock.advance(tokens.consent_expires_at.seconds() - world.clock.now().seconds() - 1);
    assert!(world.read(&mut tokens).await.is_ok(), "the last day is part of it");
    world.clock.advance(1);
    assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::ConsentExpired);
}

#[tokio::test]
async fn a_bank_that_tells_no_owners_is_linked_without_their_names() {
    let world = World::start(Scheme::BerlinGroup).await;
    world.bank.faults().inject(Fault::OwnerNamesRefused, 2);
    let mut tokens = world.link("tobenna").await;
    let snapshot = world.read(&mut tokens).await.unwrap();
    assert!(!snapshot.accounts.is_empty() && snapshot.accounts.iter().all(|history| history.holders.is_empty()));
}

#[tokio::test]
async fn what_is_only_offered_for_download_is_read_in_smaller_ranges() {
    let world = World::start(Scheme::BerlinGroup).await;
    let mut tokens = world.link("tobenna").await;
    let whole = contents(&world.read(&mut tokens).await.unwrap());
    world.bank.faults().inject(Fault::OnlyDownload, 3);
    assert_eq!(contents(&world.read(&mut tokens).await.unwrap()), whole);
    world.bank.faults().inject(Fault::OnlyDownload, u32::MAX);
    assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::MalformedAnswer("the request was refused"));
}

#[tokio::test]
async fn a_consent_of_the_other_scheme_is_none() {
    let world = World::start(Scheme::BerlinGroup).await;
    let mut config = world.bank.connection();
    config.limits.attempts = 1;
    let obie = Obie::new(config, world.http.clone(), world.clock.clone(), Arc::new(ClockPause(world.clock.clone())), StdRng::seed_from_u64(3));
    let pending = obie.begin(BACK, HOLDER).await.unwrap();
    let back = visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap();
    let mut tokens = obie.complete(&pending, &response(&back)).await.unwrap();
    assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::ConsentRevoked);
}
