//! Three servers on one PostgreSQL, killed in turn under load.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use passid_api::environment::Environment;
use passid_api::time::SystemClock;
use passid_issuer::credential::tree;
use passid_issuer::network;
use passid_issuer::sandbox::bank::{PROVIDER_ID, visitor};
use passid_issuer::store::testing::postgres;
use passid_tests::institution::Institution;
use passid_tests::receiver::Receiver;
use passid_tests::server::Server;
use passid_tests::world::open_wallet;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::{Mutex, Notify};
use url::Url;

use super::load;

/// Servers.
const SERVERS: usize = 3;
/// Requests under way at once.
const CLIENTS: usize = 6;
/// Answers between two kills.
const ANSWERS: usize = 40;

/// The address all servers are known under. Each listens on the same port of a loopback address of its own.
fn listening(index: usize, port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::new(127, 0, 0, u8::try_from(index + 1).unwrap()).into(), port)
}

/// A client for which the common name leads to one server, as a balancer that keeps to it would.
fn client_of(index: usize) -> reqwest::Client {
    network::builder().unwrap().resolve("localhost", listening(index, 0)).build().unwrap()
}

/// Goes on with the next server when one does not answer, under the same key.
async fn insist(clients: &[reqwest::Client], base: &Url, institution: &Institution, key: &str, first: usize) -> String {
    for turn in first.. {
        if let Some(verification) = load::verify(&clients[turn % SERVERS], base, institution, key).await {
            return verification;
        }
        tokio::task::yield_now().await;
    }
    unreachable!("a server answers in the end")
}

/// Issues credentials through one server until told to stop: each changes the tree. Counts those that were answered.
async fn issue(base: &Url, index: usize, directory: &Path, stop: &AtomicBool, issued: &AtomicUsize) {
    let client = client_of(index);
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let attempt = async {
            let wallet = open_wallet(&directory.join(format!("wallet-{index}-{round}")), base, Arc::new(SystemClock), client.clone()).await;
            wallet.register().await.ok()?;
            let link = wallet.link_bank(PROVIDER_ID, "Amara Osei").await.ok()?;
            let back = visitor::approve(&client, &link.authorization_url?, "amara").await.ok()?;
            client.get(back).send().await.ok()?;
            wallet.request_credential(link.link_id, "GB".parse().ok()?).await.ok()
        };
        issued.fetch_add(usize::from(attempt.await.is_some()), Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_killed_in_turn_lose_and_double_nothing() {
    let Some(database) = postgres().await else { return };
    let directory = tempfile::tempdir().unwrap();
    let store = database.open().await;
    let key = directory.path().join("master.key").to_str().unwrap().to_owned();
    let database_url = database.address();
    let data: Vec<_> = (0..SERVERS).map(|index| directory.path().join(format!("server-{index}"))).collect();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base: Url = format!("http://localhost:{port}").parse().unwrap();
    let arguments = ["--database", &database_url, "--master-key", &key, "--public-url", base.as_str(), "--sandbox-bank", "127.0.0.1:0"];
    let mut running = Vec::new();
    for (index, data) in data.iter().enumerate() {
        running.push(Server::start_at(&listening(index, port).to_string(), data, &arguments).await);
    }
    let clients: Vec<_> = (0..SERVERS).map(client_of).collect();
    let receiver = Receiver::start().await;
    let institution = Institution::onboard(clients[0].clone(), base.clone(), "Meridian", StdRng::seed_from_u64(1)).await;
    institution.webhook(&receiver.url).await;

    let stop = Arc::new(AtomicBool::new(false));
    let (count, progress) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let answers = Arc::new(Mutex::new(BTreeMap::<String, BTreeSet<String>>::new()));
    let verifying: Vec<_> = (0..CLIENTS)
        .map(|first| {
            let (clients, base, institution) = (clients.clone(), base.clone(), institution.clone());
            let (stop, count, answers, progress) = (Arc::clone(&stop), Arc::clone(&count), Arc::clone(&answers), Arc::clone(&progress));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let key = load::key();
                    let verification = insist(&clients, &base, &institution, &key, first).await;
                    answers.lock().await.entry(key).or_default().insert(verification);
                    count.fetch_add(1, Ordering::Relaxed);
                    progress.notify_one();
                }
            })
        })
        .collect();
    let issued = Arc::new(AtomicUsize::new(0));
    let issuing: Vec<_> = (0..SERVERS)
        .map(|index| {
            let (base, stop, issued, directory) = (base.clone(), Arc::clone(&stop), Arc::clone(&issued), directory.path().to_owned());
            tokio::spawn(async move { issue(&base, index, &directory, &stop, &issued).await })
        })
        .collect();

    for (index, data) in data.iter().enumerate() {
        let enough = count.load(Ordering::Relaxed) + ANSWERS;
        while count.load(Ordering::Relaxed) < enough || issued.load(Ordering::Relaxed) <= index {
            progress.notified().await;
        }
        running[index].kill();
        running[index] = Server::start_at(&listening(index, port).to_string(), data, &arguments).await;
    }
    stop.store(true, Ordering::Relaxed);
    for verifying in verifying {
        verifying.await.unwrap();
    }
    for issuing in issuing {
        issuing.await.unwrap();
    }
    let issued = issued.load(Ordering::Relaxed);

    // An answered request stands, and asking again under its key gives the same answer from any server.
    let answers = Arc::try_unwrap(answers).unwrap().into_inner();
    let answered: BTreeSet<String> = answers.values().flatten().cloned().collect();
    assert_eq!(answered.len(), answers.len(), "each request has one answer of its own");
    for (turn, (key, verifications)) in answers.iter().enumerate().take(20) {
        let again = load::verify(&clients[turn % SERVERS], &base, &institution, key).await;
        assert_eq!(again.as_ref(), verifications.first());
    }
    let received = receiver.wait_until(|received| load::all_reported(&answered, received)).await;
    load::check(&clients[0], &base, &institution, &answered, &received).await;

    // What was not answered, because its server was killed, was asked again under its key: no request was recorded twice.
    let mut reader = store.reader().await.unwrap();
    let sql = "SELECT COUNT(*) AS n FROM verifications";
    let recorded: i64 = reader.fetch_optional(sql, Vec::new()).await.unwrap().unwrap().get("n").unwrap();
    assert_eq!(usize::try_from(recorded).unwrap(), answers.len());

    // One chain of heads, and a leaf for each credential that was answered, at least.
    let heads = tree::check_chain(&mut reader, Environment::Sandbox).await.unwrap();
    let leaves = passid_issuer::store::trees::state(&mut reader, Environment::Sandbox).await.unwrap().size;
    assert!(issued > 0 && leaves >= issued as u64 && heads > leaves, "{issued} issued, {leaves} leaves, {heads} heads");
}
