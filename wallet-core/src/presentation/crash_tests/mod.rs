//! The process dies at every place where something becomes durable or leaves the device; then the wallet is opened again.
//!
//! A child process (this test binary, started again) shares or declines and aborts at the n-th place, for every n until it gets through.

mod random;

use std::process::{Command, Stdio};
use std::sync::Arc;

use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::deep_link;
use passid_api::time::{Clock, ManualClock, Timestamp};

use super::*;
use crate::consent::KeystoreApproval;
use crate::crash::armed;
use crate::share::ShareOptions;
use crate::testing::{FakeIssuer, open_on_files as open};

const CHILD: &str = "presentation::crash_tests::the_child_that_dies";

fn permissions() -> PermissionSet {
    PermissionSet::new([Permission::IncomeVerified]).unwrap()
}

async fn approve(wallet: &Wallet, link: &str) -> Result<(), WalletError> {
    let review = wallet.review(link).await?;
    wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), PresentationControl::default()).await.map(|_| ())
}

async fn decline(wallet: &Wallet, link: &str) -> Result<(), WalletError> {
    let review = wallet.review(link).await?;
    wallet.decline(review.session, Some("no")).await
}

async fn share(wallet: &Wallet) -> Result<(), WalletError> {
    wallet.create_share(ShareOptions::new(permissions()), Arc::new(KeystoreApproval), PresentationControl::default()).await.map(|_| ())
}

/// What the child is told, in one environment variable.
#[derive(serde::Serialize, serde::Deserialize)]
struct Orders {
    directory: std::path::PathBuf,
    issuer: String,
    now: Timestamp,
    crash_at: u64,
    /// Of the child's randomness; no two alike.
    seed: u64,
    task: Task,
    /// The network fails at times: the task may end with an error.
    may_fail: bool,
}

/// What the child does.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
enum Task {
    /// Approves the request of this link.
    Approve(String),
    /// Declines it.
    Decline(String),
    /// Makes a share.
    Share,
    /// Finds out what became of an earlier child's attempts.
    Recover,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the tests below, with orders"]
async fn the_child_that_dies() {
    let Ok(orders) = std::env::var("PASSID_CRASH_ORDERS") else { return };
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    let wallet = open(&orders.directory, &orders.issuer, orders.now, orders.seed).await;
    armed::arm(orders.crash_at);
    let done = match &orders.task {
        Task::Approve(link) => approve(&wallet, link).await,
        Task::Decline(link) => decline(&wallet, link).await,
        Task::Share => share(&wallet).await,
        Task::Recover => wallet.resume_attempts().await.map(|_| ()),
    };
    assert!(done.is_ok() || orders.may_fail, "{done:?}");
}

/// Whether the child got through.
async fn child(orders: Orders) -> bool {
    let run = move || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", CHILD, "--ignored"]).env("PASSID_CRASH_ORDERS", serde_json::to_string(&orders).unwrap());
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success() || status.code().is_none(), "the child failed without dying: {status}");
        status.success()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// A closed wallet with a credential in this directory, its clock and its issuer.
async fn wallet_with_a_credential(directory: &std::path::Path) -> (Arc<ManualClock>, FakeIssuer) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_773_756_131).unwrap()));
    let issuer = FakeIssuer::start(clock.clone()).await;
    let wallet = open(directory, &issuer.address, clock.now(), 1).await;
    wallet.register().await.unwrap();
    wallet.request_credential("lnk_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap(), "GB".parse().unwrap()).await.unwrap();
    wallet.close().await.unwrap();
    (clock, issuer)
}

/// Lets a child die at every place, and has `look` look at what is left each time. Answers at how many places it died.
async fn die_everywhere(sessions: bool, decline: bool, look: impl AsyncFn(&Wallet, &FakeIssuer, Option<&str>, u64)) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let (clock, issuer) = wallet_with_a_credential(directory.path()).await;
    for crash_at in 0.. {
        let link = sessions.then(|| {
            let session = issuer.session(permissions());
            deep_link(session.request_id, session.institution.id)
        });
        let task = match link.clone() {
            Some(link) if decline => Task::Decline(link),
            Some(link) => Task::Approve(link),
            None => Task::Share,
        };
        let orders = Orders {
            directory: directory.path().to_owned(),
            issuer: issuer.address.clone(),
            now: clock.now(),
            crash_at,
            seed: 1_000 + crash_at,
            task,
            may_fail: false,
        };
        issuer.inside().effects.clear();
        if child(orders).await {
            return crash_at;
        }
        let wallet = open(directory.path(), &issuer.address, clock.now(), 2_000 + crash_at).await;
        assert_eq!(wallet.credentials().await.unwrap().len(), 1, "place {crash_at}: the credential is there");
        look(&wallet, &issuer, link.as_deref(), crash_at).await;
        assert_eq!(wallet.resume_attempts().await.unwrap(), [], "place {crash_at}: nothing is stuck");
        wallet.close().await.unwrap();
    }
    unreachable!("the child gets through in the end")
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_dies_a_request_is_answered_exactly_once() {
    let places = die_everywhere(true, false, async |wallet, issuer, link, place| {
        let link = link.unwrap();
        let resumed = wallet.resume_attempts().await.unwrap();
        let shared = resumed.iter().any(|attempt| attempt.outcome == ResumedOutcome::Shared);
        assert!(resumed.iter().all(|attempt| attempt.outcome != ResumedOutcome::Unknown), "place {place}");
        match issuer.effects() {
            1 => {
                let again = approve(wallet, link).await.unwrap_err();
                assert!(matches!(again.code(), "request_not_found" | "already_shared"), "place {place}: {again}");
            }
            0 => {
                assert!(!shared, "place {place}: said to be shared, and was not");
                approve(wallet, link).await.unwrap_or_else(|error| panic!("place {place}: cannot be answered any more: {error}"));
                assert_eq!(issuer.effects(), 1);
            }
            many => panic!("place {place}: {many} effects"),
        }
    })
    .await;
    assert!(places > 20, "only {places} places");
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_dies_a_share_is_made_once_and_its_code_is_not_lost() {
    let known = std::sync::atomic::AtomicUsize::new(0);
    let places = die_everywhere(false, false, async |wallet, issuer, _, place| {
        wallet.resume_attempts().await.unwrap();
        let shares = wallet.shares().await.unwrap();
        let made = shares.len() - known.swap(shares.len(), std::sync::atomic::Ordering::SeqCst);
        assert!(issuer.effects() <= 1, "place {place}");
        assert_eq!(made, issuer.effects(), "place {place}: every share the issuer made is in the wallet");
        assert!(shares.iter().all(|share| share.code.is_some()), "place {place}: with its code");
    })
    .await;
    assert!(places > 20, "only {places} places");
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_dies_declining_is_told_once_or_not_at_all() {
    let places = die_everywhere(true, true, async |wallet, issuer, link, place| {
        let link = link.unwrap();
        let session: passid_api::ids::SessionId = link["passid://verify-request?r=".len()..link.find('&').unwrap()].parse().unwrap();
        wallet.resume_attempts().await.unwrap();
        if issuer.effects() == 0 {
            wallet.decline(session, None).await.unwrap_or_else(|error| panic!("place {place}: {error}"));
        }
        assert_eq!(issuer.effects(), 1, "place {place}");
    })
    .await;
    assert!(places > 10, "only {places} places");
}
