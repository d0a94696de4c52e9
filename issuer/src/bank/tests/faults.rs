//! The provider against a bank that goes wrong.

use proptest::prelude::*;

use super::*;
use crate::sandbox::bank::Fault;

/// Faults a read must get over by itself or by being repeated.
const PASSING: [Fault; 14] = [
    Fault::PageLinksToItself,
    Fault::PageLinksElsewhere,
    Fault::PageLinkIsNull,
    Fault::PageLinkMissing,
    Fault::RowRepeated,
    Fault::RowLeftOut,
    Fault::IdentifiersChanged,
    Fault::PendingTwins,
    Fault::LongRangeRefused,
    Fault::RangeEndIgnored,
    Fault::TooManyRequests,
    Fault::ResourceFault,
    Fault::TokenFault,
    Fault::AccessTokenDropped,
];
/// Reads a caller would schedule before giving up.
const REPEATS: usize = 8;

/// Reads again as long as the fault is one that may pass.
async fn read_until_done(world: &World, tokens: &mut BankTokens) -> Result<BankSnapshot, BankError> {
    for _ in 1..REPEATS {
        match world.read(tokens).await {
            Err(error) if error.is_transient() => {}
            outcome => return outcome,
        }
    }
    world.read(tokens).await
}

async fn undisturbed(scheme: Scheme) -> Vec<(String, i64, String)> {
    let world = World::start(scheme).await;
    let mut tokens = world.link("tobenna").await;
    contents(&world.read(&mut tokens).await.unwrap())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mix_of_faults_ends_with_the_same_transactions_as_none(
        scheme in prop::sample::select(SCHEMES.to_vec()),
        mix in prop::collection::vec((prop::sample::select(PASSING.to_vec()), 0_u32..8, 1_u32..=3), 1..=6)
    ) {
        let (found, expected) = runtime().block_on(async {
            let world = World::with_page_size(scheme, 20).await;
            let mut tokens = world.link("tobenna").await;
            for (fault, spared, times) in &mix {
                world.bank.faults().inject_after(*fault, *spared, *times);
            }
            let snapshot = read_until_done(&world, &mut tokens).await;
            (snapshot.map(|snapshot| contents(&snapshot)), undisturbed(scheme).await)
        });
        prop_assert_eq!(found, Ok(expected));
    }
}

#[tokio::test]
async fn a_page_that_links_to_itself_and_changes_is_counted_once() {
    for scheme in SCHEMES {
        for changes in [
            &[(Fault::IdentifiersChanged, 1)][..],
            &[(Fault::IdentifiersChanged, 1), (Fault::RowLeftOut, 1)],
            &[(Fault::IdentifiersChanged, 3), (Fault::RowLeftOut, 3)],
        ] {
            for spared in 0..4 {
                let world = World::with_page_size(scheme, 20).await;
                let mut tokens = world.link("tobenna").await;
                world.bank.faults().inject_after(Fault::PageLinksToItself, spared, 1);
                for (fault, times) in changes {
                    world.bank.faults().inject_after(*fault, spared, *times);
                }
                assert_eq!(contents(&world.read(&mut tokens).await.unwrap()), undisturbed(scheme).await, "{scheme:?} {changes:?} after {spared}");
            }
        }
    }
}

#[tokio::test]
async fn each_fault_alone_is_got_over_in_one_read() {
    for scheme in SCHEMES {
        let expected = undisturbed(scheme).await;
        for fault in PASSING {
            let world = World::with_page_size(scheme, 20).await;
            let mut tokens = world.link("tobenna").await;
            world.bank.faults().inject_after(fault, 1, 2);
            let snapshot = world.read(&mut tokens).await.unwrap_or_else(|error| panic!("{scheme:?} {fault}: {error}"));
            assert_eq!(contents(&snapshot), expected, "{scheme:?} {fault}");
        }
    }
}

#[tokio::test]
async fn a_fault_that_stays_is_named() {
    for scheme in SCHEMES {
        for (fault, expected) in [
            (Fault::PageLinksToItself, "bank_bad_page_link"),
            (Fault::TooManyRequests, "bank_rate_limited"),
            (Fault::ResourceFault, "bank_fault"),
            (Fault::TokenFault, "bank_fault"),
        ] {
            let world = World::with_page_size(scheme, 1).await;
            let mut tokens = world.link("tobenna").await;
            // The stay at the bank has outlived the token, so that reading begins with the token endpoint.
            world.clock.advance(3_600);
            world.bank.faults().inject(fault, u32::MAX);
            assert_eq!(world.read(&mut tokens).await.unwrap_err().code(), expected, "{scheme:?} {fault}");
        }
    }
}

#[tokio::test]
async fn a_consent_withdrawn_while_reading_is_said_and_gives_nothing() {
    for scheme in SCHEMES {
        let world = World::with_page_size(scheme, 20).await;
        let mut tokens = world.link("amara").await;
        world.bank.faults().inject_after(Fault::ConsentWithdrawn, 9, 1);
        assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::ConsentRevoked);
    }
}

/// The fault that made every customer of one bank link anew: the exchange succeeds, the answer is lost.
#[tokio::test]
async fn tokens_lost_in_the_exchange_ask_for_a_new_linking_that_reads_the_same() {
    for scheme in SCHEMES {
        let world = World::with_page_size(scheme, 20).await;
        let mut tokens = world.link("tobenna").await;
        world.clock.advance(3_600);
        world.bank.faults().inject(Fault::TokenFaultAfterExchange, 1);
        assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::AuthorisationLost);
        let mut tokens = world.link("tobenna").await;
        assert_eq!(contents(&world.read(&mut tokens).await.unwrap()), undisturbed(scheme).await);
    }
}

#[tokio::test]
async fn a_bank_that_asks_to_wait_too_long_is_not_waited_for() {
    for scheme in SCHEMES {
        let world = World::start(scheme).await;
        let mut tokens = world.link("tobenna").await;
        world.bank.faults().inject(Fault::TooManyRequests, 1);
        let provider = world.provider_with(|_, limits| limits.longest_pause = Duration::from_secs(1));
        let before = world.clock.now();
        let error = sync::read(provider.as_ref(), &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.unwrap_err();
        assert_eq!(error, BankError::RateLimited { retry_after_seconds: 2 });
        assert_eq!(world.clock.now(), before);
    }
}
