//! Many verifications in one transaction end as each would have alone; on both engines.

use futures_util::FutureExt;
use futures_util::future::join_all;
use passid_api::codes::SessionCode;
use passid_api::ids::{InstitutionId, SessionId};
use passid_api::permission::PermissionSet;
use passid_api::session::SessionState;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::*;
use crate::audit;
use crate::params;
use crate::store;
use crate::store::sessions::NewSession;
use crate::store::testing::databases;
use crate::testing::TestIssuer;
use crate::verify::testing::Shown;

/// Writes them in one transaction, and says what became of each.
async fn write_together(service: &Service, items: Vec<Acceptance>) -> Vec<Result<Outcome, StoreError>> {
    // As many are at work as may be, so everybody waits; then one of them takes them all.
    service.register.0.set_at_work(2);
    let waiting: Vec<_> = items.into_iter().map(|item| service.register.0.join(item, || unreachable!("somebody is at work"))).collect();
    work(service.clone()).await;
    service.register.0.set_at_work(0);
    join_all(waiting).await.into_iter().map(Result::unwrap).collect()
}

fn became(outcomes: Vec<Result<Outcome, StoreError>>) -> Vec<Outcome> {
    outcomes.into_iter().map(Result::unwrap).collect()
}

fn answer(scope: u8) -> NewAnswer {
    NewAnswer { scope: [scope; 32], body_digest: [0; 32], status: 200, sealed_body: vec![1] }
}

async fn count(service: &Service, sql: &'static str) -> i64 {
    service.store.reader().await.unwrap().fetch_optional(sql, params![]).await.unwrap().unwrap().get("n").unwrap()
}

/// Verifications, events and answers there are, and entries of the workspace's intact audit chain about verifications and sessions.
async fn left(service: &Service, institution: InstitutionId) -> [i64; 4] {
    audit::verify(&mut service.store.reader().await.unwrap(), institution).await.unwrap();
    [
        count(service, "SELECT COUNT(*) AS n FROM verifications").await,
        count(service, "SELECT COUNT(*) AS n FROM events").await,
        count(service, "SELECT COUNT(*) AS n FROM idempotency").await,
        count(service, "SELECT COUNT(*) AS n FROM audit_log WHERE action IN ('verification.completed', 'session.fulfilled')").await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_objected_to_comes_to_nothing_and_harms_no_neighbour() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (service, shown) = (&issuer.service, Shown::new(&issuer.service).await);
        let [first, withdrawn, third, fourth] = [shown.share().await, shown.share().await, shown.share().await, shown.share().await];
        let mut items = Vec::new();
        // The first share twice; one that is withdrawn meanwhile; two shares under one key; one whose key was answered before.
        for (request, key) in [(&first.1, 1), (&first.1, 2), (&withdrawn.1, 3), (&third.1, 4), (&fourth.1, 4), (&fourth.1, 5)] {
            items.push(shown.prepare(request).await.answered(Some(answer(key))));
        }
        let (user, now, id) = (shown.user, service.clock.now(), withdrawn.0);
        shown.write(move |connection| async move { Ok(store::shares::revoke(connection, user, id, now).await.map(drop)?) }.boxed()).await;
        shown.write(move |connection| async move { Ok(store::idempotency::insert_each(connection, &[&answer(5)], now).await.map(drop)?) }.boxed()).await;
        let outcomes = became(write_together(service, items).await);
        let (taken, answered) = (Err(Objection::Taken), Err(Objection::Answered));
        assert_eq!(outcomes, [Ok(()), taken, taken, Ok(()), answered, answered], "{}", database.engine);
        // Two verifications with their events, their answers and the one from before, two entries.
        assert_eq!(left(service, shown.redeemer.institution).await, [2, 2, 3, 2], "{}", database.engine);
        assert_eq!(count(service, "SELECT COUNT(*) AS n FROM shares WHERE used_by IS NOT NULL AND sealed_content IS NULL").await, 2);
        let again = vec![shown.prepare(&fourth.1).await.answered(Some(answer(3)))];
        assert_eq!(became(write_together(service, again).await), [Ok(())], "neither the share nor the key of what came to nothing is used up");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_database_refuses_keeps_nobody_from_what_is_theirs() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (service, shown) = (&issuer.service, Shown::new(&issuer.service).await);
        let mut items = Vec::new();
        for _ in 0..4 {
            let (_, request) = shown.share().await;
            items.push(shown.prepare(&request).await.answered(None));
        }
        // Its identifier is that of its neighbour: the database takes one of them.
        items[2].record.verification.stored.id = items[1].record.verification.stored.id;
        let outcomes = write_together(service, items).await;
        let well: Vec<_> = outcomes.iter().map(|outcome| matches!(outcome, Ok(Ok(())))).collect();
        assert_eq!(well, [true, true, false, true], "{}", database.engine);
        assert!(matches!(outcomes[2], Err(StoreError::Duplicate(_))), "{}", database.engine);
        assert_eq!(left(service, shown.redeemer.institution).await, [3, 3, 0, 3], "{}", database.engine);
    }
}

/// A pending session, and what completes it with this mark.
async fn fulfilment(shown: &Shown, mark: &str) -> (SessionId, Acceptance) {
    let service = &shown.service;
    let (id, code) = service.with_random(|random| (SessionId::generate(service.clock.as_ref(), random), SessionCode::generate(random)));
    let session = NewSession {
        id,
        institution: shown.redeemer.institution,
        environment: shown.redeemer.environment,
        code_digest: service.sealer.digest(crate::sealing::Purpose::Code, code.symbols()),
        client_secret_digest: [0; 32],
        display_name: None,
        permissions: PermissionSet::all(),
        predicates: Vec::new(),
        expires_at: service.clock.now().plus_seconds(600),
        created_at: service.clock.now(),
    };
    shown.write(move |connection| async move { Ok(store::sessions::insert(connection, session).await?) }.boxed()).await;
    let (_, request) = shown.share().await;
    let acceptance = shown.prepare(&request).await.answered(None);
    (id, Acceptance { uses: Uses::Session(id, ("context".to_owned(), mark.to_owned())), ..acceptance })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_presentation_that_counted_before_leaves_its_session_open() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (service, shown) = (&issuer.service, Shown::new(&issuer.service).await);
        let (_, earlier) = fulfilment(&shown, "a").await;
        assert_eq!(became(write_together(service, vec![earlier]).await), [Ok(())]);
        let now = service.clock.now();
        let [(replayed, one), (done, two), (late, three)] = [fulfilment(&shown, "a").await, fulfilment(&shown, "b").await, fulfilment(&shown, "c").await];
        shown.write(move |connection| async move { Ok(store::sessions::decline(connection, late, None, now).await.map(drop)?) }.boxed()).await;
        let (_, request) = shown.share().await;
        let beside = shown.prepare(&request).await.answered(None);
        let outcomes = became(write_together(service, vec![one, two, three, beside]).await);
        assert_eq!(outcomes, [Err(Objection::Replayed), Ok(()), Err(Objection::Taken), Ok(())], "{}", database.engine);
        let mut reader = service.store.reader().await.unwrap();
        let mut states = Vec::new();
        for id in [replayed, done, late] {
            let session = store::sessions::find(&mut reader, id).await.unwrap().unwrap();
            states.push((session.state(service.clock.now()), session.verification.is_some()));
        }
        let expected = [(SessionState::Pending, false), (SessionState::Completed, true), (SessionState::Declined, false)];
        assert_eq!(states, expected, "{}", database.engine);
        drop(reader);
        assert_eq!(left(service, shown.redeemer.institution).await, [3, 3, 0, 3], "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_nothing_leaves_nobody_waiting() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (service, shown) = (&issuer.service, Shown::new(&issuer.service).await);
        let mut items = Vec::new();
        for _ in 0..3 {
            let (_, request) = shown.share().await;
            items.push(shown.prepare(&request).await.answered(None));
        }
        service.store.close().await;
        let writes = join_all(items.into_iter().map(|item| write(service, item))).await;
        assert!(writes.iter().all(Result::is_err), "{}", database.engine);
        assert_eq!(service.register.0.waiting(), 0, "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_that_write_the_same_in_any_order_write_it_once() {
    const SHARES: usize = 80;
    for database in databases().await {
        let (one, other) = (TestIssuer::start(&database).await, TestIssuer::start(&database).await);
        let shown = Shown::new(&one.service).await;
        let mut prepared = [Vec::new(), Vec::new()];
        for _ in 0..SHARES {
            let (_, request) = shown.share().await;
            for each in &mut prepared {
                each.push(shown.prepare(&request).await.answered(None));
            }
        }
        let mut writes = Vec::new();
        for (seed, (issuer, mut prepared)) in (1..).zip([&one, &other].into_iter().zip(prepared)) {
            prepared.shuffle(&mut StdRng::seed_from_u64(seed));
            for acceptance in prepared {
                let service = issuer.service.clone();
                writes.push(tokio::spawn(async move { write(&service, acceptance).await.unwrap() }));
            }
        }
        let outcomes: Vec<_> = join_all(writes).await.into_iter().map(Result::unwrap).collect();
        let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!((written, outcomes.len()), (SHARES, 2 * SHARES), "{}", database.engine);
        let all = i64::try_from(SHARES).unwrap();
        assert_eq!(left(&one.service, shown.redeemer.institution).await, [all, all, 0, all], "{}", database.engine);
    }
}
