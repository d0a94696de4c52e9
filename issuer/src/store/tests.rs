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

#[tokio::test(flavor = "multi_thread")]
async fn one_query_for_many_rows_does_what_one_for_each_would() {
    const INSERT: &str = "INSERT INTO wallet_challenges (digest, device_key, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING expires_at";
    const MOVE: &str =
        "WITH asked (challenge, moved) AS (VALUES ($1, $2)) UPDATE wallet_challenges SET expires_at = moved + $3 FROM asked WHERE digest = challenge";
    const REMOVE: &str = "DELETE FROM wallet_challenges WHERE digest IN (VALUES ($1)) AND expires_at > $2";
    for database in databases().await {
        let store = database.open().await;
        let work = store.write::<_, StoreError, _>(|connection| {
            Box::pin(async move {
                insert(connection, 3).await?;
                let rows = (0..5_u8).map(|key| params![[key; 32], [9_u8; 32], i64::from(key)]).collect();
                let inserted = connection.fetch_each(INSERT, rows, params![]).await?;
                let inserted: Result<Vec<i64>, _> = inserted.iter().map(|row| row.get("expires_at")).collect();
                let rows = vec![params![[0_u8; 32], 100_i64], params![[1_u8; 32], 200_i64], params![[77_u8; 32], 300_i64]];
                let moved = connection.execute_each(MOVE, rows, params![5_i64]).await?;
                let one = connection.execute_each(MOVE, vec![params![[2_u8; 32], 150_i64]], params![0_i64]).await?;
                let removed = connection.execute_each(REMOVE, vec![params![[0_u8; 32]], params![[1_u8; 32]], params![[2_u8; 32]]], params![105_i64]).await?;
                let none = connection.execute_each(REMOVE, Vec::new(), params![0_i64]).await?;
                Ok((inserted?, moved, one, removed, none))
            })
        });
        let (mut inserted, moved, one, removed, none) = work.await.unwrap();
        inserted.sort_unstable();
        assert_eq!((inserted, moved, one, removed, none), (vec![0, 1, 2, 4], 2, 1, 2, 0), "{}", database.engine);
        assert_eq!(count(&store).await, 3, "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nulls_and_texts_of_any_kind_go_into_many_rows() {
    const INSERT: &str = "INSERT INTO limit_names (a, b) VALUES ($1, $2)";
    for database in databases().await {
        let store = database.open().await;
        let work = store.write::<_, StoreError, _>(|connection| {
            Box::pin(async move {
                connection.execute("CREATE TABLE limit_names (a TEXT, b BYTEA)", params![]).await?;
                let rows = vec![
                    params![Option::<String>::None, Some(vec![0_u8, 255])],
                    params![Some("{\"a\",NULL} 'x' \\".to_owned()), Option::<Vec<u8>>::None],
                    params![Some(String::new()), Some(Vec::<u8>::new())],
                ];
                connection.execute_each(INSERT, rows, params![]).await?;
                let rows = connection.fetch_all("SELECT a, b FROM limit_names ORDER BY a IS NULL, a", params![]).await?;
                let read = |row: &crate::store::Row| Ok::<_, StoreError>((row.get::<Option<String>>("a")?, row.get::<Option<Vec<u8>>>("b")?));
                rows.iter().map(read).collect::<Result<Vec<_>, _>>()
            })
        });
        let rows = work.await.unwrap();
        let expected = vec![(Some(String::new()), Some(vec![])), (Some("{\"a\",NULL} 'x' \\".to_owned()), None), (None, Some(vec![0, 255]))];
        assert_eq!(rows, expected, "{}", database.engine);
        let uneven = store.write::<_, StoreError, _>(|connection| {
            Box::pin(async move { connection.execute_each(INSERT, vec![params!["x", vec![1_u8]], params!["x"]], params![]).await })
        });
        assert!(uneven.await.is_err(), "{}: rows of different lengths", database.engine);
    }
}
