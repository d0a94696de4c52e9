//! Versions of the lists in the store, on both engines.

use std::path::Path;

use super::update::{self, Loaded};
use super::{ScreeningError, UpdateError, follow, log};
use crate::chain::ChainError;
use crate::params;
use crate::store::testing::databases;
use crate::store::{self, StoreError};
use crate::testing::TestIssuer;

fn row(number: u32, name: &str) -> String {
    format!("{number},\"{name}\",\"individual\",\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n")
}

fn write(directory: &Path, rows: &[String]) {
    std::fs::write(directory.join("sdn.csv"), rows.concat()).unwrap();
}

async fn load(issuer: &TestIssuer, directory: &Path, accept_loss: bool) -> Result<Loaded, UpdateError> {
    update::load(&issuer.service.store, directory, accept_loss, "operator", issuer.service.clock.now()).await
}

fn found(issuer: &TestIssuer, name: &str) -> bool {
    !issuer.service.sanctions.screen(name).hits.is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_or_shrunken_list_leaves_the_version_in_force_and_every_server_takes_a_good_one() {
    for database in databases().await {
        let (issuer, second) = (TestIssuer::start(&database).await, TestIssuer::start(&database).await);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let rows: Vec<String> = (1..=20).map(|number| row(number, "EXAMPLE, Ada")).collect();
        assert!(matches!(load(&issuer, path, false).await, Err(UpdateError::List(ScreeningError::NothingFound(_)))), "{}", database.engine);
        write(path, &rows);
        let first = load(&issuer, path, false).await.unwrap();
        assert_eq!((first.version, first.unchanged, first.lists[0].changes.added.len()), (1, false, 20), "{}", database.engine);
        assert!(!found(&second, "Ada Example"));
        follow::follow(&second.service).await.unwrap();
        assert!(found(&second, "Ada Example"), "{}: without a restart", database.engine);
        assert!(load(&issuer, path, false).await.unwrap().unchanged);

        // Cut within a row, cut between two, another file, another encoding, another list only.
        write(path, &[rows[..19].concat(), rows[19][..30].to_owned()]);
        assert!(matches!(load(&issuer, path, true).await, Err(UpdateError::List(ScreeningError::BadList { line: 20, .. }))), "{}", database.engine);
        write(path, &rows[..17]);
        assert!(matches!(load(&issuer, path, false).await, Err(UpdateError::Loss(losses)) if losses[0].contains("17 entries")), "{}", database.engine);
        std::fs::write(path.join("sdn.csv"), "<!DOCTYPE html><title>Sign in</title>").unwrap();
        assert!(matches!(load(&issuer, path, true).await, Err(UpdateError::List(_))));
        let utf16: Vec<u8> = rows.concat().encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(path.join("sdn.csv"), utf16).unwrap();
        assert!(matches!(load(&issuer, path, true).await, Err(UpdateError::List(_))), "{}: UTF-16", database.engine);
        std::fs::remove_file(path.join("sdn.csv")).unwrap();
        std::fs::write(path.join("cons_prim.csv"), row(1, "EXAMPLE, Grace")).unwrap();
        assert!(matches!(load(&issuer, path, false).await, Err(UpdateError::Loss(losses)) if losses[0].contains("OFAC SDN")));
        std::fs::remove_file(path.join("cons_prim.csv")).unwrap();
        write(path, &rows[..18]);
        std::fs::write(path.join("list.json"), r#"{"published": "2026-01-02"}"#).unwrap();
        assert_eq!(load(&issuer, path, false).await.unwrap().lists[0].changes.removed.len(), 2, "{}: a tenth may go", database.engine);
        std::fs::write(path.join("list.json"), r#"{"published": "2026-01-01"}"#).unwrap();
        assert!(matches!(load(&issuer, path, false).await, Err(UpdateError::Loss(losses)) if losses[0].contains("older")), "{}", database.engine);

        write(path, &[row(1, "EXAMPLE, Grace")]);
        assert_eq!(load(&issuer, path, true).await.unwrap().version, 3, "{}: a loss that is meant", database.engine);
        for server in [&issuer, &second] {
            follow::follow(&server.service).await.unwrap();
            assert!(found(server, "Grace Example") && !found(server, "Ada Example"), "{}", database.engine);
        }
        let restarted = TestIssuer::start(&database).await;
        assert!(found(&restarted, "Grace Example"), "{}: a server begins with the version in force", database.engine);
        let mut reader = issuer.service.store.reader().await.unwrap();
        let kept = "SELECT COUNT(*) AS n FROM sanctions_lists WHERE content IS NOT NULL";
        assert_eq!(reader.fetch_optional(kept, params![]).await.unwrap().unwrap().get::<i64>("n").unwrap(), 2, "old contents go");
        let keys = issuer.service.keys.public_keys();
        assert_eq!(log::read(&mut reader, &keys, &[], |_| ()).await.unwrap().entries, 4, "three loaded, one confirmed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_updates_at_once_make_one_history_and_damage_is_noticed() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let directories: Vec<_> = (0..4).map(|_| tempfile::tempdir().unwrap()).collect();
        let loads = directories.iter().zip(1..).map(|(directory, number)| {
            write(directory.path(), &[row(number, "EXAMPLE, Ada")]);
            load(&issuer, directory.path(), true)
        });
        let done = futures_util::future::join_all(loads).await;
        let loaded = done.iter().filter(|done| done.is_ok()).count();
        assert!(loaded >= 1 && done.iter().all(|done| matches!(done, Ok(_) | Err(UpdateError::AnotherUpdate))), "{}: {done:?}", database.engine);
        let latest = store::sanctions::latest(&mut issuer.service.store.reader().await.unwrap()).await.unwrap().unwrap();
        assert_eq!(usize::try_from(latest.version).unwrap(), loaded, "{}: a number each", database.engine);
        let keys = issuer.service.keys.public_keys();
        let read = async || log::read(&mut issuer.service.store.reader().await.unwrap(), &keys, &[], |_| ()).await;
        assert_eq!(read().await.unwrap().entries, latest.version.unsigned_abs(), "{}", database.engine);

        let work = issuer.service.store.write::<_, StoreError, _>(|connection| {
            Box::pin(async move {
                connection.execute("UPDATE screening_log SET actor = 'somebody' WHERE sequence = 1", params![]).await?;
                connection.execute("UPDATE sanctions_lists SET content = $1", params![b"[]".to_vec()]).await
            })
        });
        work.await.unwrap();
        assert!(matches!(read().await, Err(ChainError::BrokenAt(1))), "{}", database.engine);
        assert!(follow::follow(&issuer.service).await.is_err(), "{}: a list that is not what was loaded is not used", database.engine);
        assert!(!found(&issuer, "Nobody At All"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_cut_off_the_log_are_missed_by_whoever_kept_a_checkpoint() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(log::checkpoint(service).await.unwrap(), None, "nothing to sign yet");
        let mut notes = Vec::new();
        for number in 1..=3 {
            write(directory.path(), &[row(number, "EXAMPLE, Ada")]);
            load(&issuer, directory.path(), true).await.unwrap();
            notes.push(log::checkpoint(service).await.unwrap().unwrap());
            assert_eq!(log::checkpoint(service).await.unwrap(), notes.last().cloned(), "nothing has grown since");
        }
        let keys = service.keys.public_keys();
        let read = async |kept: &[String]| log::read(&mut service.store.reader().await.unwrap(), &keys, kept, |_| ()).await;
        assert_eq!(read(&notes).await.unwrap(), log::Checked { entries: 3, checkpoints: 6 }, "{}", database.engine);

        let change = async |sql: &'static [&'static str]| {
            let work = service.store.write::<(), StoreError, _>(move |connection| {
                Box::pin(async move {
                    for sql in sql {
                        connection.execute(sql, params![]).await?;
                    }
                    Ok(())
                })
            });
            work.await.unwrap();
        };
        // Whoever has the database cuts off the last entry and mends the end.
        change(&[
            "DELETE FROM screening_log WHERE sequence = 3",
            "UPDATE screening_log_head SET sequence = 2, digest = (SELECT digest FROM screening_log WHERE sequence = 2)",
        ])
        .await;
        assert!(matches!(read(&[]).await, Err(ChainError::Truncated { have: 2, had: 3 })), "{}", database.engine);
        change(&["DELETE FROM screening_checkpoints WHERE sequence = 3"]).await;
        assert!(read(&[]).await.is_ok(), "the log itself shows nothing now");
        assert!(matches!(read(&notes[2..]).await, Err(ChainError::Truncated { have: 2, had: 3 })), "but the note kept elsewhere does");
        write(directory.path(), &[row(9, "EXAMPLE, Grace")]);
        load(&issuer, directory.path(), true).await.unwrap();
        assert!(matches!(read(&notes[2..]).await, Err(ChainError::Rewritten(3))), "{}", database.engine);
    }
}
