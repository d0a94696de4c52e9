//! `kill -9` under load, again and again, on the embedded database.

use std::collections::BTreeSet;

use passid_issuer::network;
use passid_tests::institution::Institution;
use passid_tests::receiver::Receiver;
use passid_tests::server::Server;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::mpsc;

use super::load;

/// How often the server is killed when `PASSID_CRASH_RUNS` does not say.
const RUNS: u64 = 200;
/// Requests under way at once.
const CLIENTS: usize = 8;

/// Each run lets some answers through, chosen by chance, kills the server in the midst of the rest, and starts it again on what it left.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_delivered_however_often_the_server_is_killed() {
    let runs = std::env::var("PASSID_CRASH_RUNS").ok().and_then(|text| text.parse().ok()).unwrap_or(RUNS);
    let directory = tempfile::tempdir().unwrap();
    let client = network::client().unwrap();
    let receiver = Receiver::start().await;
    let mut random = StdRng::seed_from_u64(9);
    let mut server = Server::start(directory.path(), &[]).await;
    let institution = Institution::onboard(client.clone(), server.url.clone(), "Meridian", StdRng::seed_from_u64(1)).await;
    institution.webhook(&receiver.url).await;

    let mut answered = BTreeSet::new();
    for _ in 0..runs {
        let enough: usize = random.random_range(1..60);
        let (answers, mut arrived) = mpsc::unbounded_channel();
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (client, base, institution, answers) = (client.clone(), server.url.clone(), institution.clone(), answers.clone());
                tokio::spawn(async move {
                    // Ends with the first request that gets no answer: the server is gone.
                    while let Some(verification) = load::verify(&client, &base, &institution, &load::key()).await {
                        if answers.send(verification).is_err() {
                            return;
                        }
                    }
                })
            })
            .collect();
        drop(answers);
        for _ in 0..enough {
            answered.insert(arrived.recv().await.expect("an answer"));
        }
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
        while let Some(verification) = arrived.recv().await {
            answered.insert(verification);
        }
        server = Server::start(directory.path(), &[]).await;
    }
    let received = receiver.wait_until(|received| load::all_reported(&answered, received)).await;
    load::check(&client, &server.url, &institution, &answered, &received).await;
    assert!(server.stop(), "asked to stop, it ends well");
}
