//! The chain under concurrency, and every way to tamper with it.

use futures_util::future::join_all;

use passid_api::ids::InstitutionId;
use passid_api::institution::InstitutionView;
use passid_api::time::{Clock, Timestamp};

use super::{Action, ChainError, append, checkpoint, verify, verify_with_checkpoints};
use crate::params;
use crate::store::testing::databases;
use crate::store::{self, Store, StoreError};
use crate::testing::{TestIssuer, beginning};

fn now() -> Timestamp {
    beginning().now()
}

fn workspace(number: u64) -> InstitutionId {
    format!("ins_01arz3ndektsv4rrffq69g5f{number:02}").parse().unwrap()
}

async fn make_workspace(store: &Store, id: InstitutionId) {
    let view = InstitutionView { id, name: "Bank".to_owned(), live_enabled: false, created_at: now() };
    let made = store.write(move |connection| Box::pin(async move { store::institutions::insert(connection, &view).await }));
    made.await.unwrap();
}

async fn write(store: &Store, id: InstitutionId, subject: String) -> Result<(), StoreError> {
    store.write(move |connection| Box::pin(async move { append(connection, id, Action::KeyCreated, &subject, "operator", now()).await })).await
}

async fn check(store: &Store, id: InstitutionId) -> Result<u64, u64> {
    match verify(&mut store.reader().await.unwrap(), id).await {
        Ok(count) => Ok(count),
        Err(ChainError::BrokenAt(entry)) => Err(entry),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn appends_at_once_form_one_chain_per_workspace() {
    for database in databases().await {
        let store = database.open().await;
        for number in 0..3 {
            make_workspace(&store, workspace(number)).await;
        }
        let appends = (0..60).map(|number| write(&store, workspace(number % 3), format!("key_{number}")));
        assert!(join_all(appends).await.iter().all(Result::is_ok), "{}", database.engine);
        for number in 0..3 {
            assert_eq!(check(&store, workspace(number)).await, Ok(20), "{}", database.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_transaction_leaves_no_gap() {
    for database in databases().await {
        let store = database.open().await;
        make_workspace(&store, workspace(1)).await;
        write(&store, workspace(1), "key_1".to_owned()).await.unwrap();
        let undone = store.write::<(), _, _>(|connection| {
            Box::pin(async move {
                append(connection, workspace(1), Action::KeyCreated, "key_2", "operator", now()).await?;
                Err(StoreError::Interrupted)
            })
        });
        assert!(undone.await.is_err());
        write(&store, workspace(1), "key_3".to_owned()).await.unwrap();
        assert_eq!(check(&store, workspace(1)).await, Ok(2), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_tampered_with_is_found_at_its_place() {
    let tampering = [
        ("UPDATE audit_log SET actor = 'nobody' WHERE sequence = 3", 3),
        ("UPDATE audit_log SET subject = 'key_x' WHERE sequence = 1", 1),
        ("UPDATE audit_log SET action = 'key.revoked' WHERE sequence = 5", 5),
        ("UPDATE audit_log SET created_at = created_at - 1 WHERE sequence = 2", 2),
        ("DELETE FROM audit_log WHERE sequence = 4", 4),
        ("DELETE FROM audit_log WHERE sequence = 1", 1),
        ("DELETE FROM audit_log WHERE sequence = 6", 6),
        ("DELETE FROM audit_log", 1),
        ("DELETE FROM audit_heads", 1),
        ("UPDATE audit_log SET sequence = sequence + 10 WHERE sequence > 3", 4),
    ];
    for database in databases().await {
        let store = database.open().await;
        for (number, (sql, place)) in (0..).zip(tampering) {
            let id = workspace(number);
            make_workspace(&store, id).await;
            for entry in 1..=6 {
                write(&store, id, format!("key_{entry}")).await.unwrap();
            }
            assert_eq!(check(&store, id).await, Ok(6));
            store.write(move |connection| Box::pin(async move { connection.execute(sql, params![]).await })).await.unwrap();
            assert_eq!(check(&store, id).await, Err(place), "{}: {sql}", database.engine);
            for table in ["DELETE FROM audit_log", "DELETE FROM audit_heads"] {
                store.write(move |connection| Box::pin(async move { connection.execute(table, params![]).await })).await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_longer_than_a_page_is_checked_to_its_end() {
    for database in databases().await {
        let store = database.open().await;
        make_workspace(&store, workspace(1)).await;
        let many = store.write(|connection| {
            Box::pin(async move {
                for entry in 0..1_201 {
                    append(connection, workspace(1), Action::SessionCreated, &format!("req_{entry}"), "api key", now()).await?;
                }
                Ok::<_, StoreError>(())
            })
        });
        many.await.unwrap();
        assert_eq!(check(&store, workspace(1)).await, Ok(1_201), "{}", database.engine);
        let sql = "UPDATE audit_log SET actor = 'x' WHERE sequence = 1201";
        store.write(move |connection| Box::pin(async move { connection.execute(sql, params![]).await })).await.unwrap();
        assert_eq!(check(&store, workspace(1)).await, Err(1_201));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_cut_short_or_written_anew_is_found_by_whoever_kept_a_checkpoint() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (service, id) = (&issuer.service, workspace(1));
        let store = &service.store;
        make_workspace(store, id).await;
        assert_eq!(checkpoint::make(service, id).await.unwrap(), None);
        let mut notes = Vec::new();
        for entry in 0..4 {
            write(store, id, format!("key_{entry}")).await.unwrap();
            assert_eq!(checkpoint::make_due(service).await.unwrap(), 1);
            assert_eq!(checkpoint::make_due(service).await.unwrap(), 0, "nothing has grown since");
            notes.push(checkpoint::make(service, id).await.unwrap().unwrap());
        }
        let keys = service.keys.public_keys();
        let verify = async |kept: &[String]| verify_with_checkpoints(&mut store.reader().await.unwrap(), id, &keys, kept).await;
        assert!(matches!(verify(&[]).await, Ok((4, 4))), "{}", database.engine);

        // Whoever has the database cuts off the last entry and its checkpoints, and mends the head.
        for sql in
            ["DELETE FROM audit_log WHERE sequence = 4", "UPDATE audit_heads SET sequence = 3, digest = (SELECT digest FROM audit_log WHERE sequence = 3)"]
        {
            store.write(move |connection| Box::pin(async move { connection.execute(sql, params![]).await })).await.unwrap();
        }
        assert!(matches!(verify(&[]).await, Err(ChainError::Truncated { have: 3, had: 4 })), "{}", database.engine);
        let sql = "DELETE FROM audit_checkpoints WHERE sequence = 4";
        store.write(move |connection| Box::pin(async move { connection.execute(sql, params![]).await })).await.unwrap();
        assert!(matches!(verify(&notes[..3]).await, Ok((3, 6))), "the log itself shows nothing now");
        assert!(matches!(verify(&notes[3..]).await, Err(ChainError::Truncated { have: 3, had: 4 })), "but the note kept elsewhere does");

        write(store, id, "key_forged".to_owned()).await.unwrap();
        assert!(matches!(verify(&notes[3..]).await, Err(ChainError::Rewritten(4))), "{}", database.engine);
        let elsewhere = crate::store::testing::sqlite();
        let foreign = TestIssuer::start(&elsewhere).await;
        make_workspace(&foreign.service.store, id).await;
        write(&foreign.service.store, id, "key_0".to_owned()).await.unwrap();
        let forged = checkpoint::make(&foreign.service, id).await.unwrap().unwrap();
        assert!(matches!(verify(&[forged]).await, Err(ChainError::Checkpoint(_))), "another's signature counts for nothing");
    }
}
