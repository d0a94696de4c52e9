//! The process dies at random places of random tasks, while the network loses requests and answers, and again while recovering.
//!
//! A test run dies a few times; `PASSID_CRASH_POINTS=1000 cargo test -p passid-wallet-core --lib at_random_places` dies a thousand times,
//! `PASSID_CRASH_SEED` chooses another thousand.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::testing::Behaviour;

/// More places than any task has: some children get through.
const PLACES: u64 = 40;
/// Places of a recovery.
const RECOVERY_PLACES: u64 = 12;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread")]
async fn at_random_places_nothing_is_doubled_lost_or_stuck() {
    let (wanted, seed) = (number("PASSID_CRASH_POINTS", 24), number("PASSID_CRASH_SEED", 1));
    let mut random = StdRng::seed_from_u64(seed);
    let directory = tempfile::tempdir().unwrap();
    let (clock, issuer) = wallet_with_a_credential(directory.path()).await;
    let (mut deaths, mut round, mut shares) = (0, 0, 0);
    while deaths < wanted {
        round += 1;
        let here = format!("seed {seed}, round {round}");
        let session = issuer.session(permissions());
        let link = deep_link(session.request_id, session.institution.id);
        let task = [Task::Approve(link.clone()), Task::Approve(link.clone()), Task::Share, Task::Decline(link.clone())][random.random_range(0..4)].clone();
        issuer.inside().effects.clear();
        match (random.random_range(0..6_u8), &task) {
            (0, _) => issuer.behave(Behaviour::LoseAnswer),
            (1, _) => issuer.behave(Behaviour::LoseRequest),
            (2, Task::Approve(_) | Task::Share) => issuer.behave(Behaviour::StaleHead),
            _ => {}
        }
        let mut tasks = vec![(task.clone(), PLACES)];
        tasks.extend(std::iter::repeat_n((Task::Recover, RECOVERY_PLACES), random.random_range(0..3)));
        for (task, places) in tasks {
            let orders = Orders {
                directory: directory.path().to_owned(),
                issuer: issuer.address.clone(),
                now: clock.now(),
                crash_at: random.random_range(0..places),
                seed: random.random(),
                task,
                may_fail: true,
            };
            deaths += u64::from(!child(orders).await);
        }
        issuer.inside().behaviour.clear();

        let wallet = open(directory.path(), &issuer.address, clock.now(), 50_000_000 + round).await;
        wallet.resume_attempts().await.unwrap();
        assert_eq!(wallet.credentials().await.unwrap().len(), 1, "{here}: the credential is there");
        assert!(issuer.effects() <= 1, "{here}: {} effects", issuer.effects());
        match &task {
            Task::Approve(link) if issuer.effects() == 0 => approve(&wallet, link).await.unwrap_or_else(|error| panic!("{here}: stuck: {error}")),
            Task::Decline(link) if issuer.effects() == 0 => decline(&wallet, link).await.unwrap_or_else(|error| panic!("{here}: stuck: {error}")),
            Task::Approve(link) | Task::Decline(link) => {
                assert!(approve(&wallet, link).await.is_err(), "{here}: answered a second time");
            }
            Task::Share | Task::Recover => {
                let kept = wallet.shares().await.unwrap();
                assert_eq!(kept.len() - shares, issuer.effects(), "{here}: every share the issuer made is in the wallet");
                assert!(kept.iter().all(|share| share.code.is_some()), "{here}: with its code");
                shares = kept.len();
            }
        }
        assert!(issuer.effects() <= 1, "{here}: done twice");
        assert_eq!(wallet.resume_attempts().await.unwrap(), [], "{here}: something is stuck");
        wallet.close().await.unwrap();
    }
}
