//! What the rest of the issuer relies on in both engines.

use futures_util::future::join_all;
use passid_api::environment::Environment;

use super::testing::databases;
use super::{Connection, Store, StoreError};
use crate::params;

async fn insert(connection: &mut Connection, key: u8) -> Result<(), StoreError> {
    let sql = "INSERT INTO wallet_challenges (digest, device_key, expires_at) VALUES ($1, $2, 0)";
    connection.execute(sql, params![[key; 32], [0_u8; 32]]).await.map(drop)
}

async fn count(store: &Store) -> i64 {
    let mut reader = store.reader().await.unwrap();
    reader.fetch_optional("SELECT COUNT(*) AS n FROM wallet_challenges", params![]).await.unwrap().unwrap().get("n").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_transaction_leaves_nothing_and_harms_no_neighbour() {
    for database in databases().await {
        let store = database.open().await;
        let writes = (0..40_u8).map(|key| {
            store.write::<(), StoreError, _>(move |connection| {
                Box::pin(async move {
                    insert(connection, key).await?;
                    if key % 2 == 0 { Err(StoreError::Corrupt("on purpose")) } else { Ok(()) }
                })
            })
        });
        let failed = join_all(writes).await.into_iter().filter(Result::is_err).count();
        assert_eq!((failed, count(&store).await), (20, 20), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_one_transaction_is_its_own() {
    for database in databases().await {
        let store = database.open().await;
        let panicked = store
            .write::<(), StoreError, _>(|connection| {
                Box::pin(async move {
                    insert(connection, 1).await?;
                    panic!("on purpose")
                })
            })
            .await;
        assert!(matches!(panicked, Err(StoreError::Interrupted)), "{}", database.engine);
        store.write::<(), StoreError, _>(|connection| Box::pin(async move { insert(connection, 2).await })).await.unwrap();
        assert_eq!(count(&store).await, 1, "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_goes_on_when_its_caller_goes_away() {
    for database in databases().await {
        let store = database.open().await;
        let (started, begun) = tokio::sync::oneshot::channel();
        let (release, released) = tokio::sync::oneshot::channel::<()>();
        let writing = store.clone();
        let caller = tokio::spawn(async move {
            let work = writing.write::<(), StoreError, _>(move |connection| {
                Box::pin(async move {
                    insert(connection, 1).await?;
                    let _ = started.send(());
                    let _ = released.await;
                    Ok(())
                })
            });
            work.await
        });
        begun.await.unwrap();
        caller.abort();
        assert!(caller.await.is_err());
        release.send(()).unwrap();
        // The next write waits for the first, or runs beside it; either way the first one's row appears.
        while count(&store).await == 0 {
            store.write::<(), StoreError, _>(|_| Box::pin(async { Ok(()) })).await.unwrap();
        }
        assert_eq!(count(&store).await, 1, "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_key_is_told_from_other_failures() {
    for database in databases().await {
        let store = database.open().await;
        let write = || store.write::<(), StoreError, _>(|connection| Box::pin(async move { insert(connection, 1).await }));
        write().await.unwrap();
        assert!(matches!(write().await, Err(StoreError::Duplicate(_))), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_is_there_after_opening_again() {
    for database in databases().await {
        let store = database.open().await;
        store.write::<(), StoreError, _>(|connection| Box::pin(async move { insert(connection, 1).await })).await.unwrap();
        store.close().await;
        assert_eq!(count(&database.open().await).await, 1, "{}", database.engine);
        let late = store.write::<(), StoreError, _>(|connection| Box::pin(async move { insert(connection, 2).await })).await;
        assert!(late.is_err(), "{}: a closed database takes nothing", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_reads_back_and_null_is_not_empty() {
    for database in databases().await {
        let store = database.open().await;
        let mut reader = store.reader().await.unwrap();
        let sql = "SELECT CAST($1 AS TEXT) AS a, CAST($2 AS BIGINT) AS b, CAST($3 AS TEXT) AS c";
        let row = reader.fetch_optional(sql, params![Environment::Live, i64::MIN, Option::<String>::None]).await.unwrap().unwrap();
        assert_eq!(row.parse::<Environment>("a").unwrap(), Environment::Live);
        assert_eq!(row.get::<i64>("b").unwrap(), i64::MIN);
        assert_eq!(row.get::<Option<String>>("c").unwrap(), None);
        assert!(row.get::<i64>("missing").is_err());
    }
}
