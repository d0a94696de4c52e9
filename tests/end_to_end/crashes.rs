//! A server killed between doing something and saying so: a retry gets the answer, and nothing happens twice.

use std::io::Write;
use std::net::TcpStream;

use passid_issuer::params;
use passid_issuer::store::Store;
use passid_issuer::store::testing::databases;
use passid_tests::institution::Institution;
use passid_tests::server::{FREE_PORT, Server};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

async fn count(store: &Store, sql: &'static str) -> i64 {
    store.reader().await.unwrap().fetch_optional(sql, params![]).await.unwrap().unwrap().get("n").unwrap()
}

/// Sends a request and never reads the answer.
fn send(server: &Server, path: &str, key: &str, idempotency: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.url.socket_addrs(|| None).unwrap()[0]).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nhost: issuer\r\nx-institution-key: {key}\r\nidempotency-key: {idempotency}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_kill_9_gets_the_answer_and_nothing_happens_twice() {
    for database in databases().await {
        let directory = tempfile::tempdir().unwrap();
        let mut server = Server::launch_on(&database.url, FREE_PORT, directory.path(), &[]);
        let store = database.open().await;
        let client = passid_issuer::network::client().unwrap();
        let bank = Institution::onboard(client, server.url.clone(), "Bank", StdRng::seed_from_u64(77)).await;
        let key = bank.onboarded.keys.sandbox.secret.clone();
        // The documented token is made when it is first used, which must not count below.
        assert!(bank.verify("PASSID-SANDBOX-TIER1AAA").await.credential_valid, "{}", database.engine);

        let verify = r#"{"token":"PASSID-SANDBOX-TIER1AAA"}"#;
        let requests =
            [("/v1/sessions", "{}", "SELECT COUNT(*) AS n FROM sessions", 201), ("/v1/verify", verify, "SELECT COUNT(*) AS n FROM verifications", 200)];
        for (path, body, sql, status) in requests {
            let before = count(&store, sql).await;
            let unread = send(&server, path, &key, "lost", body);
            while count(&store, sql).await == before {
                tokio::task::yield_now().await;
            }
            server.kill();
            drop(unread);
            server = Server::launch_on(&database.url, FREE_PORT, directory.path(), &[]);
            let again = bank.at(server.url.clone());
            let body: Value = serde_json::from_str(body).unwrap();
            let mut answers = Vec::new();
            for _ in 0..2 {
                let answer = again.post(path, &body).header("idempotency-key", "lost").send().await.unwrap();
                assert_eq!(answer.status().as_u16(), status, "{} {path}", database.engine);
                assert_eq!(answer.headers()["idempotent-replayed"], "true", "{} {path}", database.engine);
                answers.push(answer.bytes().await.unwrap());
            }
            assert_eq!(answers[0], answers[1]);
            assert_eq!(count(&store, sql).await, before + 1, "{} {path}", database.engine);
            assert_eq!(count(&store, "SELECT COUNT(*) AS n FROM events").await, count(&store, "SELECT COUNT(*) AS n FROM verifications").await);
        }
        store.close().await;
    }
}
