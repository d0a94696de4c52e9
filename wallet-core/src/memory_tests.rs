//! After locking, the process's memory holds none of the wallet's keys: another process reads all of it and searches.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::deep_link;
use passid_api::time::{Clock, ManualClock, Timestamp};

use crate::consent::KeystoreApproval;
use crate::keystore::FileKeystore;
use crate::presentation::PresentationControl;
use crate::testing::{FakeIssuer, open_on_files, random};
use crate::vault::{Vault, VaultFiles};

const CHILD: &str = "memory_tests::the_child_that_locks";

#[derive(serde::Serialize, serde::Deserialize)]
struct Orders {
    directory: PathBuf,
    issuer: String,
    now: Timestamp,
    link: String,
}

/// Bytes that are in the child's memory and nowhere in its program: the search must find them.
fn marker() -> Vec<u8> {
    (0_u32..32).map(|index| u8::try_from(index * index * 7 % 251).unwrap()).collect()
}

#[tokio::test]
#[ignore = "started by the test below, with orders"]
async fn the_child_that_locks() {
    let Ok(orders) = std::env::var("PASSID_MEMORY_ORDERS") else { return };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    let marker = marker();
    let wallet = open_on_files(&orders.directory, &orders.issuer, orders.now, 77).await;
    let review = wallet.review(&orders.link).await.unwrap();
    wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), PresentationControl::default()).await.unwrap();
    wallet.close().await.unwrap();
    drop(wallet);
    let mut output = std::io::stdout();
    writeln!(output, "\nlocked").unwrap();
    output.flush().unwrap();
    // Until the searcher is done.
    std::io::stdin().read_to_string(&mut String::new()).unwrap();
    assert_eq!(marker.len(), 32);
}

/// Which of the needles are in the process's writable memory.
fn found(process: u32, needles: &[(&'static str, Vec<u8>)]) -> Vec<&'static str> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{process}/mem")).unwrap();
    let mut found = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let (start, end) = (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap());
        memory.seek(SeekFrom::Start(start)).unwrap();
        let mut bytes = Vec::new();
        // Some regions of the kernel's cannot be read.
        let _ = (&mut memory).take(end - start).read_to_end(&mut bytes);
        for (name, needle) in needles {
            if bytes.windows(needle.len()).any(|window| window == needle.as_slice()) {
                found.push(*name);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn after_locking_none_of_the_wallets_keys_is_in_memory() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_773_756_131).unwrap()));
    let issuer = FakeIssuer::start(clock.clone()).await;
    let wallet = open_on_files(directory.path(), &issuer.address, clock.now(), 1).await;
    wallet.register().await.unwrap();
    wallet.request_credential("lnk_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap(), "GB".parse().unwrap()).await.unwrap();
    let account = wallet.core.registered_account().await.unwrap();
    let secret = account.consent_lock(&wallet.core).open().unwrap().into_secret();
    let device_key = account.device_key.expose().to_vec();
    wallet.close().await.unwrap();
    let keystore = FileKeystore::new(directory.path(), Arc::new(random(1)));
    let key = Vault::key_of(&VaultFiles::new(directory.path()), &keystore);
    let secret = secret.to_bytes().to_vec();
    let needles = [("marker", marker()), ("holder secret", secret), ("database key", key.to_vec()), ("device key", device_key)];

    let session = issuer.session(PermissionSet::new([Permission::IncomeVerified]).unwrap());
    let link = deep_link(session.request_id, session.institution.id);
    let orders = Orders { directory: directory.path().to_owned(), issuer: issuer.address.clone(), now: clock.now(), link };
    let search = move || {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD, "--ignored", "--nocapture"])
            .env("PASSID_MEMORY_ORDERS", serde_json::to_string(&orders).unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let locked = BufReader::new(child.stdout.take().unwrap()).lines().any(|line| line.is_ok_and(|line| line == "locked"));
        assert!(locked, "the child locked its wallet");
        let found = found(child.id(), &needles);
        drop(child.stdin.take());
        child.wait().unwrap();
        found
    };
    let found = tokio::task::spawn_blocking(search).await.unwrap();
    assert!(found.contains(&"marker"), "the search finds what is there");
    assert!(found.iter().all(|name| *name == "marker"), "left in memory: {found:?}");
}
